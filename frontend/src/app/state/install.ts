import { signal } from "@preact/signals";

/** What a browser hands out that can put the app on the home screen (not in TypeScript's library). */
interface InstallPrompt extends Event {
  prompt: () => Promise<unknown>;
}

const prompt = signal<InstallPrompt | null>(null);

export type InstallWay = "ask" | "ios" | "none";

/** How this device puts the app on its home screen; none where it is there already, or cannot be. */
export function installWay(): InstallWay {
  if (matchMedia("(display-mode: standalone)").matches) return "none";
  if (prompt.value) return "ask";
  const isIos = /iPhone|iPad/.test(navigator.userAgent) || (navigator.userAgent.includes("Mac") && navigator.maxTouchPoints > 1);
  return isIos ? "ios" : "none";
}

export async function install(): Promise<void> {
  await prompt.value?.prompt();
  prompt.value = null;
}

/** Keep the browser's offer until the person asks for it. Called once, at the start. */
export function keepInstallOffer(): void {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    prompt.value = event as InstallPrompt;
  });
  addEventListener("appinstalled", () => (prompt.value = null));
}
