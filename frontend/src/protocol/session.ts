import type { Answer } from "./failure";
import { ask, renewTokenBy, useCsrfToken } from "./rest";
import { type Read, boolean, nothing, number, oneOf, orNull, record, text } from "./wire";

export const ROLES = ["administrator", "clinician", "referrer", "technologist", "patient"] as const;
export type Role = (typeof ROLES)[number];

export interface Person {
  username: string;
  displayName: string;
  role: Role;
  /** What they were told of links and have not looked at. */
  unseenNotices: number;
}

/** Whoever came by a link. */
export interface Guest {
  link: string;
  purpose: "show" | "receive";
  study: string | null;
  download: boolean;
  sender: string;
  expiresAt: string;
}

export interface Session {
  user: Person | null;
  guest: Guest | null;
  setupNeeded: boolean;
  version: string;
}

const person: Read<Person> = (value) => {
  const wire = record(value);
  return {
    username: text(wire["username"]),
    displayName: text(wire["display_name"]),
    role: oneOf(...ROLES)(wire["role"]),
    unseenNotices: number(wire["unseen_notices"]),
  };
};

const guest: Read<Guest> = (value) => {
  const wire = record(value);
  return {
    link: text(wire["link"]),
    purpose: oneOf("show", "receive")(wire["purpose"]),
    study: orNull(text)(wire["study"]),
    download: boolean(wire["download"]),
    sender: text(wire["sender"]),
    expiresAt: text(wire["expires_at"]),
  };
};

export const readSession: Read<Session> = (value) => {
  const wire = record(value);
  useCsrfToken(text(wire["csrf_token"]));
  return {
    user: orNull(person)(wire["user"]),
    guest: orNull(guest)(wire["guest"]),
    setupNeeded: boolean(wire["setup_needed"]),
    version: text(wire["version"]),
  };
};

/** Who the server takes us for; also brings the CSRF token. */
export const loadSession = (signal?: AbortSignal): Promise<Answer<Session>> =>
  ask("/api/session", { read: readSession, ...(signal && { signal }) });

renewTokenBy(async () => (await loadSession()).ok);

export interface SetupForm {
  token: string;
  username: string;
  password: string;
  displayName: string;
}

/** Make the first administrator by the one-time link. */
export const finishSetup = (form: SetupForm): Promise<Answer<undefined>> =>
  ask("/api/setup", {
    method: "POST",
    json: { token: form.token, username: form.username, password: form.password, display_name: form.displayName },
    read: nothing,
  });

/** Leave what a link opened: nothing of it is open to this browser any more. */
export const leaveStay = (): Promise<Answer<undefined>> => ask("/api/links/stay", { method: "DELETE", read: nothing });
