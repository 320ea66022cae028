import { type Answer, type Failure, answered, failed } from "./failure";
import { type Read, isRecord } from "./wire";

export interface Ask<T> {
  method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Sent as application/json. */
  json?: unknown;
  /** Sent as it is, with `headers`. */
  body?: Blob | ArrayBuffer;
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
  /** How often a GET is asked again when the network or a busy server failed it; 2 unless told. */
  retries?: number;
  read: Read<T>;
}

type Sent = Pick<Ask<unknown>, "json" | "body" | "headers" | "signal">;

const SAFE = new Set(["GET", "HEAD"]);
const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 8_000;

let csrfToken = "";
let onSignedOut: () => void = () => undefined;
let renewToken: () => Promise<boolean> = () => Promise.resolve(false);

/** The token that unsafe verbs bring; it comes from the session and changes with it. */
export function useCsrfToken(token: string): void {
  csrfToken = token;
}

/** What to do when any answer says that nobody is signed in any more. */
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener;
}

/** How to get a new CSRF token when the server refused the one at hand. */
export function renewTokenBy(renew: () => Promise<boolean>): void {
  renewToken = renew;
}

/** Ask the server; every way it can go wrong comes back as a value, never as an exception. */
export async function ask<T>(path: string, how: Ask<T>): Promise<Answer<T>> {
  const method = how.method ?? "GET";
  const retries = SAFE.has(method) ? (how.retries ?? 2) : 0;
  for (let attempt = 0; ; attempt++) {
    const answer = await askOnce(path, method, how);
    if (answer.ok || attempt >= retries || !isWorthRetrying(answer.failure)) return answer;
    if (!(await wait(waitMs(attempt, answer.failure), how.signal))) return failed({ kind: "aborted" });
  }
}

async function askOnce<T>(path: string, method: string, how: Ask<T>): Promise<Answer<T>> {
  const response = await send(path, method, how);
  if (response instanceof Response) return understand(response, how);
  return failed(response);
}

/** The answer as it came; a CSRF token that grew old is renewed, and the request sent once more. */
export async function send(path: string, method: string, how: Sent): Promise<Response | Failure> {
  const response = await fetchOnce(path, method, how);
  if (response instanceof Response && response.status === 403 && !SAFE.has(method) && (await isForgeryRefusal(response))) {
    if (await renewToken()) return fetchOnce(path, method, how);
  }
  return response;
}

async function fetchOnce(path: string, method: string, how: Sent): Promise<Response | Failure> {
  const headers = new Headers({ Accept: "application/json", ...how.headers });
  if (how.json !== undefined) headers.set("Content-Type", "application/json");
  if (!SAFE.has(method)) headers.set("X-CSRFToken", csrfToken);
  const body = how.json === undefined ? (how.body ?? null) : JSON.stringify(how.json);
  try {
    return await fetch(path, { method, headers, body, signal: how.signal ?? null, credentials: "same-origin" });
  } catch {
    return { kind: how.signal?.aborted ? "aborted" : "offline" };
  }
}

/** Whether it was the token that was refused, not the person: our own refusal says so, Django's page has no code. */
async function isForgeryRefusal(response: Response): Promise<boolean> {
  const told = await toldBy(response.clone());
  return told.code === "" || told.fields["act"] === "cross_site";
}

async function understand<T>(response: Response, how: Ask<T>): Promise<Answer<T>> {
  if (!response.ok) return failed(await failureOf(response));
  try {
    const isEmpty = response.status === 204 || how.method === "HEAD";
    return answered(how.read(isEmpty ? undefined : await response.json()));
  } catch (error) {
    if (how.signal?.aborted) return failed({ kind: "aborted" });
    return failed({ kind: error instanceof TypeError ? "offline" : "unreadable" });
  }
}

interface Told {
  code: string;
  message: string;
  fields: Readonly<Record<string, unknown>>;
  requestId: string;
}

async function toldBy(response: Response): Promise<Told> {
  const body: unknown = await response.json().catch(() => null);
  const error = isRecord(body) && isRecord(body["error"]) ? body["error"] : {};
  const word = (name: string): string => (typeof error[name] === "string" ? error[name] : "");
  return {
    code: word("code"),
    message: word("message"),
    fields: isRecord(error["fields"]) ? error["fields"] : {},
    requestId: word("request_id"),
  };
}

export async function failureOf(response: Response): Promise<Failure> {
  const { status } = response;
  if (status === 401) {
    onSignedOut();
    return { kind: "signed_out" };
  }
  // 408: the network stood still for so long that the server stopped waiting (RFC 9110 15.5.9).
  if (status === 408 || status === 429 || status === 503) return { kind: "busy", retryAfterS: retryAfterS(response) };
  const told = await toldBy(response);
  if (status >= 500 && status !== 507) return { kind: "server", status, requestId: told.requestId };
  return { kind: "refused", status, ...told };
}

function retryAfterS(response: Response): number {
  const seconds = Number(response.headers.get("Retry-After") ?? "1");
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : 1;
}

const isWorthRetrying = (failure: Failure): boolean =>
  failure.kind === "offline" || failure.kind === "busy" || (failure.kind === "server" && failure.status !== 500);

function waitMs(attempt: number, failure: Failure): number {
  const asked = failure.kind === "busy" ? failure.retryAfterS * 1000 : 0;
  const backoff = FIRST_WAIT_MS * 2 ** attempt * (0.75 + Math.random() / 2);
  return Math.min(LONGEST_WAIT_MS, Math.max(asked, backoff));
}

/** True when the time has passed, false when it was cut short. */
export function wait(ms: number, signal?: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve(false);
      return;
    }
    const stop = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve(true);
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** Wait, but no longer than until the network is back: a phone that comes out of a tunnel does not wait for the clock. */
export function waitOrOnline(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      window.removeEventListener("online", end);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    window.addEventListener("online", end);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}
