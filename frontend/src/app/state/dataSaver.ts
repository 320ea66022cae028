/** Whether this device saves data, and how much the viewer has used. */

import { computed, signal } from "@preact/signals";
import { forgetOnLeaving } from "./session";

/** A preference of the device, not of the person: kept when they leave, and it says nothing of them. */
const KEY = "lightbox-data-saver";

/** Not all browsers tell (Network Information API); on a phone it is the system's own data saver. */
interface Connection extends EventTarget {
  readonly saveData?: boolean;
}

const { connection } = navigator as Navigator & { readonly connection?: Connection };
const systemSaves = signal(connection?.saveData === true);
connection?.addEventListener("change", () => (systemSaves.value = connection.saveData === true));

const kept = localStorage.getItem(KEY);
const chosen = signal<boolean | null>(kept === "on" ? true : kept === "off" ? false : null);

export const savesData = computed(() => chosen.value ?? systemSaves.value);

export function chooseDataSaver(on: boolean): void {
  chosen.value = on;
  localStorage.setItem(KEY, on ? "on" : "off");
}

/** Of pictures, since the page was loaded or somebody else signed in. */
export const usedBytes = signal(0);

export const countUsed = (bytes: number): void => {
  usedBytes.value += bytes;
};

const OF_PICTURES = /\/(view|dicom-web)\//;

/** What comes by HTTP is counted as it came over the line: nothing where the browser had it. */
export function watchUse(): void {
  if (typeof PerformanceObserver === "undefined") return;
  new PerformanceObserver((list) => {
    let bytes = 0;
    for (const entry of list.getEntries()) {
      if (entry instanceof PerformanceResourceTiming && OF_PICTURES.test(entry.name)) bytes += entry.transferSize;
    }
    if (bytes > 0) countUsed(bytes);
  }).observe({ type: "resource", buffered: true });
}

watchUse();
forgetOnLeaving(() => (usedBytes.value = 0));
