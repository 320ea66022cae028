import { type Told, converse } from "./allauth";
import { type Answer, answered, failed } from "./failure";
import { type Wire, isRecord } from "./wire";

export type SecondFactor = "totp" | "recovery_codes" | "webauthn";

/** Where signing in stands: done, or a second factor is still to be shown. */
export type SignInStep = { kind: "done" } | { kind: "second_factor"; ways: SecondFactor[] };

/** What the browser's credential store is asked with, as the server wrote it: binary as base64url. */
export type PasskeyOptions = Wire;

export const signInByPassword = (username: string, password: string): Promise<Answer<SignInStep>> =>
  step("auth/login", { username, password });

/** By a code of an authenticator app, or a recovery code: the server tells them apart. */
export const showSecondFactor = (code: string): Promise<Answer<SignInStep>> => step("auth/2fa/authenticate", { code });

export const askForPasskey = (use: "login" | "authenticate"): Promise<Answer<PasskeyOptions>> => passkeyOptions(`auth/webauthn/${use}`);

export const showPasskey = (use: "login" | "authenticate", credential: Wire): Promise<Answer<SignInStep>> =>
  step(`auth/webauthn/${use}`, { credential });

/** Where a sign-in stands that began elsewhere: the account may ask for a second factor. */
export async function askWhereSignInStands(): Promise<Answer<SignInStep>> {
  const answer = await converse("GET", "auth/session");
  return answer.ok ? readStep(answer.value) : answer;
}

/** The server answers 401 to a session that has ended: that is what was asked for. */
export async function signOut(): Promise<Answer<undefined>> {
  const answer = await converse("DELETE", "auth/session");
  return answer.ok ? answered(undefined) : answer;
}

export async function passkeyOptions(path: string): Promise<Answer<PasskeyOptions>> {
  const answer = await converse("GET", path);
  if (!answer.ok) return answer;
  const data = isRecord(answer.value.data) ? answer.value.data : {};
  const options = data["request_options"] ?? data["creation_options"];
  const inner = isRecord(options) ? options["publicKey"] : undefined;
  return isRecord(inner) ? answered(inner) : failed({ kind: "unreadable" });
}

async function step(path: string, json: unknown): Promise<Answer<SignInStep>> {
  const answer = await converse("POST", path, json);
  return answer.ok ? readStep(answer.value) : answer;
}

export function readStep({ status, data, meta }: Told): Answer<SignInStep> {
  if (status === 200 && meta["is_authenticated"] === true) return answered({ kind: "done" });
  const pending = flowsOf(data).find((flow) => flow["id"] === "mfa_authenticate" && flow["is_pending"] === true);
  if (pending) return answered({ kind: "second_factor", ways: waysOf(pending["types"]) });
  return failed({ kind: "refused", status, code: "sign_in_again", message: "", fields: {}, requestId: "" });
}

function flowsOf(data: unknown): Wire[] {
  const flows = isRecord(data) ? data["flows"] : undefined;
  return Array.isArray(flows) ? flows.filter(isRecord) : [];
}

const WAYS: readonly SecondFactor[] = ["totp", "recovery_codes", "webauthn"];
const waysOf = (types: unknown): SecondFactor[] => (Array.isArray(types) ? WAYS.filter((way) => types.includes(way)) : ["totp"]);
