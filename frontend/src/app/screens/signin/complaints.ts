import { type Failure, type SignInStep, askForPasskey, showPasskey } from "../../../protocol/index";
import { type Key, t } from "../../i18n/index";
import { presentPasskey } from "../../state/passkeys";

const BY_CODE: Readonly<Record<string, Key>> = {
  username_password_mismatch: "signIn.wrong",
  invalid_login: "signIn.wrong",
  too_many_login_attempts: "signIn.locked",
  incorrect_code: "signIn.codeWrong",
  sign_in_again: "signIn.again",
};

/** Why somebody was not let in, in words that tell what to do and nothing of which accounts exist. */
export function complaint(failure: Failure): string {
  if (failure.kind === "offline") return t("signIn.offline");
  if (failure.kind === "busy") return t("signIn.locked");
  const key = failure.kind === "refused" ? BY_CODE[failure.code] : undefined;
  return t(key ?? "signIn.failed");
}

/** How the service that was asked who they are sent them back; empty where they do not come from there. */
const BACK: Readonly<Record<string, Key>> = { unknown: "signIn.sso.unknown", failed: "signIn.sso.failed", cancelled: "signIn.sso.cancelled" };

export function ssoReturn(): { isBack: boolean; problem: string } {
  const query = new URLSearchParams(location.search);
  const how = query.has("error") ? "failed" : query.get("sso");
  const key = how === null ? undefined : BACK[how];
  return { isBack: how !== null, problem: key === undefined ? "" : t(key) };
}

export type ByPasskey = { kind: "step"; step: SignInStep } | { kind: "not"; problem: string };

/** Ask the server, then the device, then the server again. A person who changed their mind is told nothing. */
export async function byPasskey(use: "login" | "authenticate"): Promise<ByPasskey> {
  const options = await askForPasskey(use);
  if (!options.ok) return { kind: "not", problem: complaint(options.failure) };
  const presented = await presentPasskey(options.value);
  if (presented.kind === "cancelled") return { kind: "not", problem: "" };
  if (presented.kind === "impossible") return { kind: "not", problem: t("signIn.passkeyImpossible") };
  const answer = await showPasskey(use, presented.credential);
  if (answer.ok) return { kind: "step", step: answer.value };
  const unknown = answer.failure.kind === "refused" && !(answer.failure.code in BY_CODE);
  return { kind: "not", problem: unknown ? t("signIn.passkeyUnknown") : complaint(answer.failure) };
}
