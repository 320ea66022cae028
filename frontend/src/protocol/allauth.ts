import { type Answer, type Failure, answered, failed } from "./failure";
import { failureOf, send } from "./rest";
import { type Wire, isRecord } from "./wire";

/** The sign-in service's own API: its 401 is a step of a conversation, not the end of a session. */
const ROOT = "/_allauth/browser/v1/";

export interface Told {
  status: number;
  data: unknown;
  meta: Wire;
}

/** A refusal's code that means: say once more who you are, then ask again. */
export const REAUTHENTICATE = "reauthenticate";

type Method = "GET" | "POST" | "PUT" | "DELETE";

/** One exchange. 200, 401 and 404 carry what the caller has to look at; everything else is a failure. */
export async function converse(method: Method, path: string, json?: unknown): Promise<Answer<Told>> {
  const response = await send(ROOT + path, method, json === undefined ? {} : { json });
  if (!(response instanceof Response)) return failed(response);
  const { status } = response;
  if (status === 429 || status === 403 || status >= 500) return failed(await failureOf(response));
  const body: unknown = await response.json().catch(() => null);
  if (!isRecord(body)) return failed({ kind: "unreadable" });
  if (status === 400 || status === 409) return failed(refusal(status, body["errors"]));
  return answered({ status, data: body["data"], meta: isRecord(body["meta"]) ? body["meta"] : {} });
}

function refusal(status: number, errors: unknown): Failure {
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  const error = isRecord(first) ? first : {};
  const word = (name: string): string => (typeof error[name] === "string" ? error[name] : "");
  return { kind: "refused", status, code: word("code"), message: word("message"), fields: { parameter: word("param") }, requestId: "" };
}

/** For what only a person who is signed in may ask: 401 then means to sign in, or only to say once more who one is. */
export async function converseSignedIn(method: Method, path: string, json?: unknown): Promise<Answer<Told>> {
  const answer = await converse(method, path, json);
  if (!answer.ok || answer.value.status !== 401) return answer;
  if (answer.value.meta["is_authenticated"] !== true) return failed({ kind: "signed_out" });
  return failed({ kind: "refused", status: 401, code: REAUTHENTICATE, message: "", fields: {}, requestId: "" });
}
