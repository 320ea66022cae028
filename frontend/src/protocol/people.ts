import type { Answer } from "./failure";
import { ask } from "./rest";
import { ROLES, type Role } from "./session";
import { type Read, boolean, listOf, number, nothing, oneOf, orNull, record, text } from "./wire";

/** That an account is a patient, or cares for them. */
export interface Tie {
  patientId: string;
  issuer: string;
}

/** An account, as administrators are told it. */
export interface Account {
  username: string;
  displayName: string;
  role: Role;
  isActive: boolean;
  /** By its number; 0 is whoever runs the archive. */
  institution: number;
  /** Under which name studies name a referrer, folded as it is compared. */
  referrer: string;
  /** By which name single sign-on knows them. */
  ssoName: string;
  hasSecondFactor: boolean;
  lastLogin: Date | null;
  ties: Tie[];
}

/** What can be said of an account. */
export interface AccountForm {
  role: Role;
  displayName: string;
  institution: number;
  referrer: string;
  ssoName: string;
}

/** An account, and its new password where it was given one: told this once. */
export interface AccountMade {
  account: Account;
  password: string | null;
}

export interface Institution {
  number: number;
  name: string;
}

const tie: Read<Tie> = (value) => {
  const wire = record(value);
  return { patientId: text(wire["patient_id"]), issuer: text(wire["issuer"]) };
};

export const readAccount: Read<Account> = (value) => {
  const wire = record(value);
  return {
    username: text(wire["username"]),
    displayName: text(wire["display_name"]),
    role: oneOf(...ROLES)(wire["role"]),
    isActive: boolean(wire["is_active"]),
    institution: number(wire["institution"]),
    referrer: text(wire["referring_physician"]),
    ssoName: text(wire["sso_name"]),
    hasSecondFactor: boolean(wire["second_factor"]),
    lastLogin: orNull((at) => new Date(text(at)))(wire["last_login"]),
    ties: listOf(tie)(wire["ties"]),
  };
};

const made: Read<AccountMade> = (value) => ({ account: readAccount(value), password: orNull(text)(record(value)["initial_password"]) });

export const loadAccounts = (): Promise<Answer<Account[]>> => ask("/api/people", { read: (value) => listOf(readAccount)(record(value)["people"]) });

export const loadInstitutions = (): Promise<Answer<Institution[]>> =>
  ask("/api/institutions", {
    read: (value) =>
      listOf((told) => ({ number: number(record(told)["number"]), name: text(record(told)["name"]) }))(record(value)["institutions"]),
  });

const WIRE_NAMES = { role: "role", displayName: "display_name", institution: "institution", referrer: "referring_physician", ssoName: "sso_name" } as const;

/** A form, or a part of one, by the names of the API. */
function asWire(form: Partial<AccountForm>): Record<string, unknown> {
  const keys = Object.keys(form) as (keyof AccountForm)[];
  return Object.fromEntries(keys.map((key) => [WIRE_NAMES[key], form[key]]));
}

export const makeAccount = (username: string, form: Partial<AccountForm>): Promise<Answer<AccountMade>> =>
  ask("/api/people", { method: "POST", json: { username, ...asWire(form) }, read: made });

const whose = (username: string): string => `/api/people/${encodeURIComponent(username)}`;

/** From their next request on. */
export const changeAccount = (username: string, change: Partial<AccountForm>): Promise<Answer<Account>> =>
  ask(whose(username), { method: "PATCH", json: asWire(change), read: readAccount });

/** Close it, or open it again: whoever is signed in to a closed one is out at once. */
export const setOpen = (username: string, isOpen: boolean): Promise<Answer<Account>> =>
  ask(whose(username), { method: "PATCH", json: { is_active: isOpen }, read: readAccount });

/** A random one in place of the old one, which signs them out everywhere. */
export const renewPassword = (username: string): Promise<Answer<AccountMade>> =>
  ask(whose(username), { method: "PATCH", json: { new_password: true }, read: made });

/** This account is this patient; which ID stands in the body, and in no address. Without an issuer: of whichever gave it. */
export const tiePatient = (username: string, { patientId, issuer }: Tie): Promise<Answer<Account>> =>
  ask(`${whose(username)}/ties`, { method: "POST", json: { patient_id: patientId, ...(issuer !== "" && { issuer }) }, read: readAccount });

export const untiePatient = (username: string, { patientId, issuer }: Tie): Promise<Answer<undefined>> =>
  ask(`${whose(username)}/ties`, { method: "DELETE", json: { patient_id: patientId, issuer }, read: nothing });
