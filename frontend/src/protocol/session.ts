import type { Answer } from "./failure";
import { WAYS, type Way } from "./stepUp";
import { ask, renewTokenBy, useCsrfToken } from "./rest";
import { type Read, boolean, listOf, nothing, number, oneOf, orNull, record, text } from "./wire";

export const ROLES = ["administrator", "clinician", "referrer", "technologist", "patient"] as const;
export type Role = (typeof ROLES)[number];

export interface Person {
  username: string;
  displayName: string;
  role: Role;
  /** What they may do, as the server names it. */
  acts: string[];
  /** What they were told of links and have not looked at. */
  unseenNotices: number;
  /** Until when they may go on without a second factor, where they need one and have none. */
  secondFactorDueAt: Date | null;
  /** In how many seconds the session is locked if nobody shows, and how many each sign of somebody gives. */
  idle: { locksInS: number; afterS: number } | null;
  /** Whether there are studies that are not open to them, which they may open in an emergency. */
  mayBreakGlass: boolean;
  /** What they opened so, and when each is locked again by this device's clock. */
  opened: { study: string; until: number }[];
}

/** What is asked of a person: to show that it is they, or to add a second factor. */
const REASONS = ["locked", "second_factor"] as const;

/** Whose session opens nothing before they did what is asked of them. */
export interface Held {
  username: string;
  reason: (typeof REASONS)[number];
  /** By which ways they can say that it is they; null before the server was asked. */
  ways: Way[] | null;
}

/** Whoever came by a link. */
export interface Guest {
  link: string;
  purpose: "show" | "receive";
  study: string | null;
  deidentified: boolean;
  download: boolean;
  sender: string;
  expiresAt: string;
}

export interface Session {
  user: Person | null;
  guest: Guest | null;
  held: Held | null;
  /** What people call the service through which they may sign in too. */
  sso: string | null;
  setupNeeded: boolean;
  version: string;
}

const idle: Read<Person["idle"]> = (value) => {
  const wire = record(value);
  return { locksInS: number(wire["locks_in_s"]), afterS: number(wire["after_s"]) };
};

const opened: Read<Person["opened"][number]> = (value) => {
  const wire = record(value);
  return { study: text(wire["study"]), until: Date.now() + number(wire["ends_in_s"]) * 1000 };
};

const person: Read<Person> = (value) => {
  const wire = record(value);
  return {
    username: text(wire["username"]),
    displayName: text(wire["display_name"]),
    role: oneOf(...ROLES)(wire["role"]),
    acts: listOf(text)(wire["acts"]),
    unseenNotices: number(wire["unseen_notices"]),
    secondFactorDueAt: orNull((at) => new Date(text(at)))(wire["second_factor_due_at"]),
    idle: orNull(idle)(wire["idle"]),
    mayBreakGlass: wire["may_break_glass"] === true,
    opened: listOf(opened)(wire["glass_breaks"]),
  };
};

const guest: Read<Guest> = (value) => {
  const wire = record(value);
  return {
    link: text(wire["link"]),
    purpose: oneOf("show", "receive")(wire["purpose"]),
    study: orNull(text)(wire["study"]),
    deidentified: boolean(wire["deidentified"]),
    download: boolean(wire["download"]),
    sender: text(wire["sender"]),
    expiresAt: text(wire["expires_at"]),
  };
};

const held: Read<Held> = (value) => {
  const wire = record(value);
  return { username: text(wire["username"]), reason: oneOf(...REASONS)(wire["reason"]), ways: listOf(oneOf(...WAYS))(wire["ways"]) };
};

export const readSession: Read<Session> = (value) => {
  const wire = record(value);
  useCsrfToken(text(wire["csrf_token"]));
  return {
    user: orNull(person)(wire["user"]),
    guest: orNull(guest)(wire["guest"]),
    held: orNull(held)(wire["held"]),
    sso: orNull(text)(wire["sso"]),
    setupNeeded: boolean(wire["setup_needed"]),
    version: text(wire["version"]),
  };
};

/** Who the server takes us for; also brings the CSRF token. */
export const loadSession = (signal?: AbortSignal): Promise<Answer<Session>> =>
  ask("/api/session", { read: readSession, ...(signal && { signal }) });

renewTokenBy(async () => (await loadSession()).ok);

/** The address of the service that is asked who the person is. */
export const beginSso = (): Promise<Answer<string>> => ask("/api/sso", { method: "POST", read: (value) => text(record(value)["address"]) });

/** Somebody is there. */
export const tellPresence = (): Promise<Answer<undefined>> => ask("/api/session/presence", { method: "POST", read: nothing });

/** From now on the session opens nothing before its person shows that it is they. */
export const lockSession = (): Promise<Answer<undefined>> => ask("/api/session/lock", { method: "POST", read: nothing });

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
