import { effect } from "@preact/signals";
import { lockSession, tellPresence } from "../../protocol/index";
import { held, knowledge, learnSession, person, veil } from "./session";

/** By these a hand is known. */
const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "touchmove"] as const;
const TOLD_EVERY_MS = 30_000;
const LATER_MS = 500; // the server's clock decides: it is asked when it has
const LONGEST_TIMER_MS = 2_000_000_000; // what a browser's timer can wait

/** When the server locks the session if nobody shows, on this page's clock; null where nobody is signed in. */
let locksAt: number | null = null;
let afterMs = 0;
let telling = false;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Somebody is there. Told to the server now and then, so that it locks the session only when nobody is. */
export function noteSomebody(): void {
  if (locksAt === null || telling || locksAt - Date.now() > afterMs - Math.min(TOLD_EVERY_MS, afterMs / 4)) return;
  telling = true;
  void tell();
}

async function tell(): Promise<void> {
  const from = Date.now();
  const answer = await tellPresence();
  telling = false;
  if (answer.ok && locksAt !== null) waitFrom(from + afterMs);
}

function waitFrom(at: number): void {
  locksAt = at;
  clearTimeout(timer);
  timer = setTimeout(() => void look(), Math.min(LONGEST_TIMER_MS, Math.max(0, at - Date.now()) + LATER_MS));
}

/** Time is up: hidden is all at once, if the server agrees or cannot be asked. Another window may have had somebody before it. */
async function look(): Promise<void> {
  if (locksAt === null || Date.now() < locksAt) return;
  if (!(await learnSession())) veil();
}

/** Lock it by hand. What is shown is hidden at once. */
export async function lockNow(): Promise<void> {
  veil();
  await lockSession();
  await learnSession();
}

/** Called once, at the start. */
export function watchIdleness(): void {
  for (const sign of SIGNS) addEventListener(sign, noteSomebody, { passive: true, capture: true });
  // A phone that slept did not count.
  document.addEventListener("visibilitychange", () => void look());
  effect(() => {
    const idle = knowledge.value.kind === "known" && held.value === null ? (person.value?.idle ?? null) : null;
    clearTimeout(timer);
    locksAt = null;
    if (idle === null) return;
    afterMs = idle.afterS * 1000;
    waitFrom(Date.now() + idle.locksInS * 1000);
  });
}
