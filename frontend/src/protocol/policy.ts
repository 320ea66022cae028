import type { Answer } from "./failure";
import { ask } from "./rest";
import { type PersonName, readPersonName } from "./studies";
import { type Read, boolean, listOf, nothing, number, oneOf, orNull, record, text } from "./wire";

/** A study that is not open to who asks: enough to tell the person in front of them from another, and no name. */
export interface LockedStudy {
  study: string;
  date: string | null;
  modalities: string[];
  institution: string;
  sex: string;
  birthYear: number | null;
}

const locked: Read<LockedStudy> = (value) => {
  const wire = record(value);
  const patient = record(wire["patient"]);
  return {
    study: text(wire["study"]),
    date: orNull(text)(wire["date"]),
    modalities: listOf(text)(wire["modalities"]),
    institution: text(wire["institution"]),
    sex: text(patient["sex"]),
    birthYear: orNull(number)(patient["birth_year"]),
  };
};

export type AskedBy = "patient_id" | "accession_number";

/** Locked studies of exactly this number, which goes in the body: no address has it. */
export const findLocked = (by: AskedBy, number: string): Promise<Answer<LockedStudy[]>> =>
  ask("/api/break-glass/search", { method: "POST", json: { [by]: number }, read: (value) => listOf(locked)(record(value)["studies"]) });

/** Open it for an hour. */
export const breakGlass = (study: string, reason: string): Promise<Answer<undefined>> => ask("/api/break-glass", { method: "POST", json: { study, reason }, read: nothing });

export type Finding = "justified" | "not_justified";

/** That somebody opened a locked study, and what was found when somebody looked at it. */
export interface GlassBreak {
  number: number;
  person: string;
  reason: string;
  study: string;
  description: string;
  date: string | null;
  patient: { name: PersonName; id: string } | null;
  institution: string;
  beganAt: string;
  endsAt: string;
  reviewedBy: string | null;
  reviewedAt: string | null;
  finding: Finding | null;
  note: string;
}

export const readGlassBreak: Read<GlassBreak> = (value) => {
  const wire = record(value);
  return {
    number: number(wire["number"]),
    person: text(wire["person"]),
    reason: text(wire["reason"]),
    study: text(wire["study"]),
    description: text(wire["description"]),
    date: orNull(text)(wire["date"]),
    patient: orNull((told) => ({ name: readPersonName(record(told)["name"]), id: text(record(told)["id"]) }))(wire["patient"]),
    institution: text(wire["institution"]),
    beganAt: text(wire["began_at"]),
    endsAt: text(wire["ends_at"]),
    reviewedBy: orNull(text)(wire["reviewed_by"]),
    reviewedAt: orNull(text)(wire["reviewed_at"]),
    finding: orNull(oneOf<Finding>("justified", "not_justified"))(wire["finding"]),
    note: text(wire["note"]),
  };
};

export interface GlassBreaks {
  toReview: number;
  entries: GlassBreak[];
  next: string | null;
}

export const loadGlassBreaks = (offset: string | null): Promise<Answer<GlassBreaks>> =>
  ask(offset === null ? "/api/break-glass" : `/api/break-glass?offset=${offset}`, {
    read: (value) => {
      const wire = record(value);
      return { toReview: number(wire["to_review"]), entries: listOf(readGlassBreak)(wire["entries"]), next: orNull(text)(wire["next"]) };
    },
  });

export const reviewGlassBreak = (number: number, finding: Finding, note: string): Promise<Answer<GlassBreak>> =>
  ask(`/api/break-glass/${number}`, { method: "PATCH", json: { finding, note }, read: readGlassBreak });

/** A grant or a tie by which studies are open. */
export interface Opening {
  kind: string;
  /** Of a grant: by it, it is closed. */
  number: number | null;
  group: string | null;
  toInstitution: string | null;
  study: string | null;
  patientId: string | null;
  referrer: string | null;
  institution: string | null;
  expiresAt: string | null;
  madeBy: string | null;
}

const nameOf = orNull((told: unknown) => text(record(told)["name"]));

const opening: Read<Opening> = (value) => {
  const wire = record(value);
  return {
    kind: text(wire["kind"]),
    number: orNull(number)(wire["number"]),
    group: nameOf(wire["group"]),
    toInstitution: nameOf(wire["to_institution"]),
    study: orNull(text)(wire["study"]),
    patientId: orNull((told) => text(record(told)["patient_id"]))(wire["patient"]),
    referrer: orNull(text)(wire["referring_physician"]),
    institution: nameOf(wire["institution"]),
    expiresAt: orNull(text)(wire["expires_at"]),
    madeBy: orNull(text)(wire["made_by"]),
  };
};

/** A way in which studies may be open, by its name in the one policy. */
export interface Way {
  reason: string;
  /** In the server's words, where this app has none. */
  words: string;
  opens: boolean;
  studies: number;
  by: Opening[];
}

export interface Sees {
  username: string;
  displayName: string;
  role: string;
  isActive: boolean;
  acts: string[];
  sees: boolean;
  studies: number;
  ways: Way[];
}

export const readSees: Read<Sees> = (value) => {
  const wire = record(value);
  return {
    username: text(wire["username"]),
    displayName: text(wire["display_name"]),
    role: text(wire["role"]),
    isActive: boolean(wire["is_active"]),
    acts: listOf(text)(wire["acts"]),
    sees: boolean(wire["sees"]),
    studies: number(wire["studies"]),
    ways: listOf((told) => {
      const way = record(told);
      return { reason: text(way["reason"]), words: text(way["words"]), opens: boolean(way["opens"]), studies: number(way["studies"]), by: listOf(opening)(way["by"]) };
    })(wire["ways"]),
  };
};

/** What is open to somebody, and why: of one study, or altogether. */
export const loadSees = (username: string, study = ""): Promise<Answer<Sees>> => {
  const whose = `/api/people/${encodeURIComponent(username)}/sees`;
  return ask(study === "" ? whose : `${whose}/${encodeURIComponent(study)}`, { read: readSees });
};

export interface GrantForm {
  person: string;
  what: "study" | "patient_id" | "referring_physician";
  named: string;
  expiresAt: string | null;
}

export const makeGrant = ({ person, what, named, expiresAt }: GrantForm): Promise<Answer<undefined>> =>
  ask("/api/grants", { method: "POST", json: { person, [what]: named, expires_at: expiresAt }, read: nothing });

export const closeGrant = (number: number): Promise<Answer<undefined>> => ask(`/api/grants/${number}`, { method: "DELETE", read: nothing });
