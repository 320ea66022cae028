import { computed, effect, signal } from "@preact/signals";
import { route } from "../router";
import { person } from "./session";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** Preferences of this device, not of the person: kept when they leave, and they say nothing of them. */
const THEME_KEY = "lightbox-theme";
const CONTRAST_KEY = "lightbox-contrast";
const GROUNDS = { light: "#f7f8fa", dark: "#0e1116", reading: "#000000" } as const;

const isTheme = (value: string | null): value is Theme => (THEMES as readonly (string | null)[]).includes(value);
const kept = localStorage.getItem(THEME_KEY);

export const theme = signal<Theme>(isTheme(kept) ? kept : "system");
export const moreContrast = signal(localStorage.getItem(CONTRAST_KEY) === "more");

const systemIsDark = mediaSignal("(prefers-color-scheme: dark)");
const systemWantsContrast = mediaSignal("(prefers-contrast: more)");

/** Whether a media query holds, as it changes. */
export function mediaSignal(query: string) {
  const list = matchMedia(query);
  const holds = signal(list.matches);
  list.addEventListener("change", () => (holds.value = list.matches));
  return holds;
}

export function chooseTheme(next: Theme): void {
  theme.value = next;
  localStorage.setItem(THEME_KEY, next);
}

export function chooseContrast(more: boolean): void {
  moreContrast.value = more;
  localStorage.setItem(CONTRAST_KEY, more ? "more" : "system");
}

/** Reading is done in the dark; patients' screens are light unless they chose; else the choice, else the system's. */
const worn = computed<keyof typeof GROUNDS>(() => {
  if (route.value.name === "study") return "reading";
  if (theme.value !== "system") return theme.value;
  if (person.value?.role === "patient") return "light";
  return systemIsDark.value ? "dark" : "light";
});

/** Keep the page in the right colours. Called once, at the start. */
export function wearTheme(): void {
  effect(() => {
    const root = document.documentElement.dataset;
    root["theme"] = worn.value === "light" ? "light" : "dark";
    root["contrast"] = moreContrast.value || systemWantsContrast.value ? "more" : "plain";
    for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
      meta.content = GROUNDS[worn.value];
    }
  });
}
