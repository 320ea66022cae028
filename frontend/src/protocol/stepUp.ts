import { type Answer, answered, failed } from "./failure";
import { converseSignedIn } from "./allauth";
import { ask } from "./rest";
import { type PasskeyOptions, passkeyOptions } from "./signIn";
import { type Read, type Wire, listOf, number, oneOf, record } from "./wire";

/** A refusal's code that means: say once more who you are, then ask again. */
export const NOT_FRESH = "not_fresh";

export const WAYS = ["webauthn", "totp", "recovery_codes", "password"] as const;
/** How a person can show again that it is they. */
export type Way = (typeof WAYS)[number];

export interface StepUp {
  /** For so long the server asks nothing; 0 where it would ask at once. */
  freshForS: number;
  ways: Way[];
}

export const readStepUp: Read<StepUp> = (value) => {
  const wire = record(value);
  return { freshForS: number(wire["fresh_for_s"]), ways: listOf(oneOf(...WAYS))(wire["ways"]) };
};

export const loadStepUp = (): Promise<Answer<StepUp>> => ask("/api/step-up", { read: readStepUp });

export const confirmByPassword = (password: string): Promise<Answer<undefined>> => confirm("auth/reauthenticate", { password });

/** By a code of an authenticator app, or a recovery code: the server tells them apart. */
export const confirmByCode = (code: string): Promise<Answer<undefined>> => confirm("auth/2fa/reauthenticate", { code });

export const askToConfirmByPasskey = (): Promise<Answer<PasskeyOptions>> => passkeyOptions("auth/webauthn/reauthenticate");

export const confirmByPasskey = (credential: Wire): Promise<Answer<undefined>> => confirm("auth/webauthn/reauthenticate", { credential });

async function confirm(path: string, json: unknown): Promise<Answer<undefined>> {
  const answer = await converseSignedIn("POST", path, json);
  if (!answer.ok) return answer;
  return answer.value.status === 200 ? answered(undefined) : failed({ kind: "unreadable" });
}
