/** What the screen is like: asked of the browser, kept as signals. */

import { type ReadonlySignal, signal } from "@preact/signals";

function matches(query: string): ReadonlySignal<boolean> {
  const list = matchMedia(query);
  const now = signal(list.matches);
  list.addEventListener("change", () => (now.value = list.matches));
  return now;
}

/** Tools beside the picture; else a bar at the bottom, under the thumb. A phone on its side is wide, too. */
export const isWide = matches("(min-width: 700px)");
/** A phone on its side: the picture needs all the height there is, and the series wait to be asked. */
export const isLow = matches("(max-height: 500px)");
/** What points is a mouse or the like, not a finger. */
export const isMouse = matches("(pointer: fine)");
export const reducedMotion = matches("(prefers-reduced-motion: reduce)");

const MEBIBYTE = 1024 * 1024;
/** CSS pixels: what is narrower than this, held either way, is a phone. */
const WIDEST_PHONE = 600;
/** Frames, tiles and their textures, together: a browser ends a tab that takes too much, on a phone soon. */
const BUDGETS = { phone: { frames: 60, tiles: 36 }, large: { frames: 160, tiles: 96 } } as const;

function budgets(): { readonly frames: number; readonly tiles: number } {
  return Math.min(screen.width, screen.height) < WIDEST_PHONE ? BUDGETS.phone : BUDGETS.large;
}

/** Frames' own values, and their textures. */
export function frameBudgetBytes(): number {
  return budgets().frames * MEBIBYTE;
}

/** Tiles and their textures. */
export function tileBudgetBytes(): number {
  return budgets().tiles * MEBIBYTE;
}
