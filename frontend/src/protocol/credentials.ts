import { type Told, converseSignedIn } from "./allauth";
import { type Answer, answered, failed } from "./failure";
import type { PasskeyOptions } from "./signIn";
import { type Read, type Wire, Unreadable, isRecord, listOf, number, orNull, record, text } from "./wire";

export type Authenticator =
  | { type: "totp"; addedAt: Date; usedAt: Date | null }
  | { type: "recovery_codes"; addedAt: Date; usedAt: Date | null; total: number; unused: number }
  | { type: "webauthn"; addedAt: Date; usedAt: Date | null; id: number; name: string };

/** A secret for an authenticator app that is not in force before a code made with it was shown. */
export interface TotpOffer {
  secret: string;
  url: string;
}

const moment: Read<Date> = (value) => new Date(number(value) * 1000);

export const readAuthenticator: Read<Authenticator> = (value) => {
  const wire = record(value);
  const times = { addedAt: moment(wire["created_at"]), usedAt: orNull(moment)(wire["last_used_at"]) };
  if (wire["type"] === "totp") return { type: "totp", ...times };
  if (wire["type"] === "webauthn") return { type: "webauthn", ...times, id: number(wire["id"]), name: text(wire["name"]) };
  if (wire["type"] !== "recovery_codes") throw new Unreadable("a kind of authenticator");
  return { type: "recovery_codes", ...times, total: number(wire["total_code_count"]), unused: number(wire["unused_code_count"]) };
};

export const loadAuthenticators = (): Promise<Answer<Authenticator[]>> => exchange("GET", "account/authenticators", undefined, ({ data }) => listOf(readAuthenticator)(data));

export const changePassword = (current: string, next: string): Promise<Answer<undefined>> =>
  exchange("POST", "account/password/change", { current_password: current, new_password: next }, () => undefined);

export const askForNewPasskey = (): Promise<Answer<PasskeyOptions>> =>
  exchange("GET", "account/authenticators/webauthn?passwordless", undefined, ({ data }) => record(record(record(data)["creation_options"])["publicKey"]));

export const addPasskey = (name: string, credential: Wire): Promise<Answer<undefined>> =>
  exchange("POST", "account/authenticators/webauthn", { name, credential }, () => undefined);

export const renamePasskey = (id: number, name: string): Promise<Answer<undefined>> => exchange("PUT", "account/authenticators/webauthn", { id, name }, () => undefined);

export const removePasskey = (id: number): Promise<Answer<undefined>> =>
  exchange("DELETE", "account/authenticators/webauthn", { authenticators: [id] }, () => undefined);

/** The server answers 404 where there is none yet, and brings a secret for one. */
export const offerTotp = (): Promise<Answer<TotpOffer>> =>
  exchange("GET", "account/authenticators/totp", undefined, ({ meta }) => ({ secret: text(meta["secret"]), url: text(meta["totp_url"]) }));

export const switchTotpOn = (code: string): Promise<Answer<undefined>> => exchange("POST", "account/authenticators/totp", { code }, () => undefined);

export const switchTotpOff = (): Promise<Answer<undefined>> => exchange("DELETE", "account/authenticators/totp", undefined, () => undefined);

const codes = ({ data }: Told): string[] => listOf(text)(record(data)["unused_codes"]);

/** The old ones are void from then on. */
export const makeRecoveryCodes = (): Promise<Answer<string[]>> => exchange("POST", "account/authenticators/recovery-codes", {}, codes);

/** The codes that are left, where they were not looked at before: else none, and new ones can be made. */
export const loadRecoveryCodes = (): Promise<Answer<string[]>> =>
  exchange("GET", "account/authenticators/recovery-codes", undefined, (told) => (isRecord(told.data) && told.data["unused_codes"] ? codes(told) : []));

async function exchange<T>(method: "GET" | "POST" | "PUT" | "DELETE", path: string, json: unknown, read: (told: Told) => T): Promise<Answer<T>> {
  const answer = await converseSignedIn(method, path, json);
  if (!answer.ok) return answer;
  try {
    return answered(read(answer.value));
  } catch {
    return failed({ kind: "unreadable" });
  }
}
