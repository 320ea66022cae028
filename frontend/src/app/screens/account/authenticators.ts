import { signal } from "@preact/signals";
import type { Answer, Failure } from "../../../protocol/index";
import { type Authenticator, loadAuthenticators } from "../../../protocol/later";
import { toast } from "../../components/index";
import { forgetOnLeaving, learnSession, person } from "../../state/session";
import { tellFailure } from "../../words/failures";

type Of<Type extends Authenticator["type"]> = Extract<Authenticator, { type: Type }>;

/** What opens the account besides the password; null until it is known. */
export const authenticators = signal<readonly Authenticator[] | null>(null);

export const passkeys = (): Of<"webauthn">[] => (authenticators.value ?? []).filter((each) => each.type === "webauthn");
export const totp = (): Of<"totp"> | undefined => authenticators.value?.find((each) => each.type === "totp");
export const recoveryCodes = (): Of<"recovery_codes"> | undefined => authenticators.value?.find((each) => each.type === "recovery_codes");

export async function learnAuthenticators(): Promise<void> {
  const answer = await loadAuthenticators();
  if (answer.ok) authenticators.value = answer.value;
  else complain(answer.failure);
}

/** Say in passing what did not work; nothing where the person themselves called it off. */
export function complain(failure: Failure): void {
  if (failure.kind === "aborted") return;
  const told = tellFailure(failure);
  toast({ text: `${told.title}. ${told.what}`, tone: "danger" });
}

/** After a change: what there is now, and whether it worked. */
export async function settled<T>(answer: Answer<T>, done?: string): Promise<boolean> {
  if (!answer.ok) {
    complain(answer.failure);
    return false;
  }
  if (done !== undefined) toast({ text: done });
  await learnAuthenticators();
  if (person.value !== null) void learnSession(); // what is still asked of the account may have changed
  return true;
}

forgetOnLeaving(() => (authenticators.value = null));
