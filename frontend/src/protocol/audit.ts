import type { Answer } from "./failure";
import { ask } from "./rest";
import { type PersonName, readPersonName } from "./studies";
import { type Read, boolean, listOf, number, orNull, record, text } from "./wire";

export interface AuditStudy {
  uid: string;
  /** Whether it can be opened still. */
  isHere: boolean;
  description: string;
  /** YYYY-MM-DD */
  date: string | null;
  modalities: string[];
}

/** One act in the trail, as administrators are told it. */
export interface AuditEvent {
  id: number;
  at: string;
  /** person, system, nobody, or another kind of actor. */
  kind: string;
  account: string;
  name: string;
  role: string;
  means: string;
  apiKey: number | null;
  address: string;
  action: string;
  /** "ok", or how it did not work. */
  outcome: string;
  study: AuditStudy | null;
  patient: { id: string; name: PersonName } | null;
  details: [name: string, value: string][];
}

export interface AuditPage {
  events: AuditEvent[];
  next: string | null;
  actions: string[];
}

export interface AuditQuery {
  person?: string;
  patient?: string;
  study?: string;
  action?: string;
  outcome?: string;
  /** YYYY-MM-DD */
  from?: string;
  /** YYYY-MM-DD */
  to?: string;
  cursor?: string;
}

/** What a check of the chain found. */
export interface AuditVerdict {
  checkedAt: string;
  events: number;
  isWhole: boolean;
  isCut: boolean;
  isGuarded: boolean;
  lastHash: string;
  breaks: { event: number; what: string }[];
}

export interface AuditCheck {
  underWay: { checked: number; events: number } | null;
  last: AuditVerdict | null;
}

/** Somebody's look at a patient's own images. */
export interface Seen {
  id: number;
  at: string;
  isSelf: boolean;
  kind: string;
  name: string;
  role: string;
  action: string;
  study: AuditStudy | null;
}

export interface SeenPage {
  events: Seen[];
  next: string | null;
}

const study: Read<AuditStudy> = (value) => {
  const wire = record(value);
  return {
    uid: text(wire["uid"]),
    isHere: boolean(wire["is_here"]),
    description: text(wire["description"]),
    date: orNull(text)(wire["date"]),
    modalities: listOf(text)(wire["modalities"]),
  };
};

const patient: Read<{ id: string; name: PersonName }> = (value) => {
  const wire = record(value);
  return { id: text(wire["id"]), name: readPersonName(wire["name"]) };
};

const event: Read<AuditEvent> = (value) => {
  const wire = record(value);
  return {
    id: number(wire["id"]),
    at: text(wire["at"]),
    kind: text(wire["kind"]),
    account: text(wire["account"]),
    name: text(wire["name"]),
    role: text(wire["role"]),
    means: text(wire["means"]),
    apiKey: orNull(number)(wire["api_key"]),
    address: text(wire["address"]),
    action: text(wire["action"]),
    outcome: text(wire["outcome"]),
    study: orNull(study)(wire["study"]),
    patient: orNull(patient)(wire["patient"]),
    details: Object.entries(record(wire["details"])).map(([name, told]) => [name, text(told)]),
  };
};

export const readAuditPage: Read<AuditPage> = (value) => {
  const wire = record(value);
  return {
    events: listOf(event)(wire["events"]),
    next: orNull(text)(wire["next"]),
    actions: listOf(text)(wire["actions"]),
  };
};

const verdict: Read<AuditVerdict> = (value) => {
  const wire = record(value);
  return {
    checkedAt: text(wire["checked_at"]),
    events: number(wire["events"]),
    isWhole: boolean(wire["is_whole"]),
    isCut: boolean(wire["is_cut"]),
    isGuarded: boolean(wire["is_guarded"]),
    lastHash: text(wire["last_hash"]),
    breaks: listOf((each) => ({ event: number(record(each)["event"]), what: text(record(each)["what"]) }))(wire["breaks"]),
  };
};

export const readAuditCheck: Read<AuditCheck> = (value) => {
  const wire = record(value);
  const underWay = (each: unknown): { checked: number; events: number } => ({
    checked: number(record(each)["checked"]),
    events: number(record(each)["events"]),
  });
  return { underWay: orNull(underWay)(wire["under_way"]), last: orNull(verdict)(wire["last"]) };
};

export const readSeenPage: Read<SeenPage> = (value) => {
  const wire = record(value);
  const seen: Read<Seen> = (each) => {
    const one = record(each);
    return {
      id: number(one["id"]),
      at: text(one["at"]),
      isSelf: boolean(one["is_self"]),
      kind: text(one["kind"]),
      name: text(one["name"]),
      role: text(one["role"]),
      action: text(one["action"]),
      study: orNull(study)(one["study"]),
    };
  };
  return { events: listOf(seen)(wire["events"]), next: orNull(text)(wire["next"]) };
};

/** A page of the trail, the newest first. */
export const loadAudit = (query: AuditQuery, signal?: AbortSignal): Promise<Answer<AuditPage>> =>
  ask(`/api/audit?${told(query)}`, { read: readAuditPage, ...(signal && { signal }) });

/** Who looked at the person's own images. */
export const loadSeen = (cursor: string | null): Promise<Answer<SeenPage>> =>
  ask(cursor === null ? "/api/my-images/seen" : `/api/my-images/seen?cursor=${cursor}`, { read: readSeenPage });

export const loadAuditCheck = (): Promise<Answer<AuditCheck>> => ask("/api/audit/check", { read: readAuditCheck });

/** Have all of the chain checked; ask how far it is. */
export const beginAuditCheck = (): Promise<Answer<AuditCheck>> => ask("/api/audit/check", { method: "POST", read: readAuditCheck });

function told(query: AuditQuery): string {
  return new URLSearchParams(Object.entries(query).filter(([, value]) => Boolean(value))).toString();
}

/** Where all that is asked for can be saved, one FHIR AuditEvent a line, the oldest first. */
export function auditExportAddress({ person, study: uid, from, to, outcome }: AuditQuery): string {
  const given = new URLSearchParams({ _format: "application/fhir+ndjson" });
  if (person) given.set("agent", person);
  if (uid) given.set("entity", uid);
  if (outcome) given.set("outcome", outcome === "ok" ? "0" : "4");
  if (from) given.append("date", `ge${from}`);
  if (to) given.append("date", `le${to}`);
  return `/fhir/AuditEvent?${given.toString()}`;
}
