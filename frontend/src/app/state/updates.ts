import { toast } from "../components/index";
import { t } from "../i18n/index";

/** How often an app that stays open asks whether there is a newer one. */
const ASK_EVERY_MS = 60 * 60 * 1000;

/** Keep the shell for offline, and say when a newer one is there. It never takes over by itself: nobody is cut off in mid-read. */
export async function keepShell(): Promise<void> {
  if (!("serviceWorker" in navigator) || import.meta.env.DEV) return;
  try {
    const registration = await navigator.serviceWorker.register("/sw.js", { scope: "/" });
    if (registration.waiting) offer(registration.waiting);
    registration.addEventListener("updatefound", () => watch(registration.installing));
    setInterval(() => void registration.update().catch(() => undefined), ASK_EVERY_MS);
  } catch {
    // Without one the app works, only not offline.
  }
}

function watch(worker: ServiceWorker | null): void {
  worker?.addEventListener("statechange", () => {
    // Without a controller this is the first one ever: there is nothing older to replace.
    if (worker.state === "installed" && navigator.serviceWorker.controller) offer(worker);
  });
}

function offer(worker: ServiceWorker): void {
  const takeOver = (): void => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    worker.postMessage("take-over");
  };
  toast({ text: t("update.ready"), action: { label: t("update.now"), perform: takeOver }, forMs: null });
}
