import { signal } from "@preact/signals";
import { type Answer, NOT_FRESH, REAUTHENTICATE, failed, loadStepUp } from "../../protocol/index";
import { forgetOnLeaving } from "./session";

/** Set while the person is asked to show that it is they; called with whether they did. */
export const confirming = signal<((isConfirmed: boolean) => void) | null>(null);

/** Do what reaches far, or guards the account: where the server first wants to know that it is still the same person, ask, and do it again. */
export async function guarded<T>(act: () => Promise<Answer<T>>): Promise<Answer<T>> {
  const answer = await act();
  if (answer.ok || answer.failure.kind !== "refused" || !ASKS.has(answer.failure.code)) return answer;
  return (await confirmed()) ? act() : failed({ kind: "aborted" });
}

/** Before what cannot be asked for twice, as a download that the browser makes by itself. False where the person calls it off. */
export async function isFresh(): Promise<boolean> {
  const answer = await loadStepUp();
  return (answer.ok && answer.value.freshForS >= ENOUGH_S) || confirmed();
}

const ASKS = new Set([NOT_FRESH, REAUTHENTICATE]);
const ENOUGH_S = 15; // the request is still to come

async function confirmed(): Promise<boolean> {
  confirming.value?.(false); // one question at a time
  const isConfirmed = await new Promise<boolean>((resolve) => (confirming.value = resolve));
  confirming.value = null;
  return isConfirmed;
}

forgetOnLeaving(() => confirming.value?.(false));
