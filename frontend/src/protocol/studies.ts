import type { Answer } from "./failure";
import { ask } from "./rest";
import { type Read, listOf, number, orNull, record, text } from "./wire";

/** A person's name in the three component groups of PS3.5 6.2.1, as `Family^Given^Middle^Prefix^Suffix`. */
export interface PersonName {
  alphabetic: string;
  ideographic: string;
  phonetic: string;
}

export interface Patient {
  name: PersonName;
  id: string;
  /** YYYY-MM-DD */
  birthDate: string | null;
  /** F, M, O or empty. */
  sex: string;
  /** As the standard writes it: 034Y, 005M. */
  age: string;
}

export interface StudyRow {
  uid: string;
  patient: Patient;
  /** YYYY-MM-DD */
  date: string | null;
  /** HH:MM:SS, of the place where it was made. */
  time: string | null;
  description: string;
  accessionNumber: string;
  modalities: string[];
  numberOfSeries: number;
  numberOfInstances: number;
  referringPhysician: string;
  institution: string;
  receivedAt: string;
  thumbnail: string;
}

export interface StudyPage {
  studies: StudyRow[];
  next: string | null;
  total: number | null;
  /** Where the list stands in the order of arrival: the cursor of the worklist's socket. */
  arrival: number;
}

export interface StudyQuery {
  search?: string;
  modalities?: readonly string[];
  from?: string;
  to?: string;
  cursor?: string;
  limit?: number;
  uids?: readonly string[];
}

const word = (value: unknown): string => orNull(text)(value) ?? "";

export const readPersonName: Read<PersonName> = (value) => {
  const wire = record(value);
  return {
    alphabetic: word(wire["alphabetic"]),
    ideographic: word(wire["ideographic"]),
    phonetic: word(wire["phonetic"]),
  };
};

export const readPatient: Read<Patient> = (value) => {
  const wire = record(value);
  return {
    name: readPersonName(wire["name"]),
    id: word(wire["id"]),
    birthDate: orNull(text)(wire["birth_date"]) || null,
    sex: word(wire["sex"]),
    age: word(wire["age"]),
  };
};

export const readStudyRow: Read<StudyRow> = (value) => {
  const wire = record(value);
  return {
    uid: text(wire["uid"]),
    patient: readPatient(wire["patient"]),
    date: orNull(text)(wire["date"]) || null,
    time: orNull(text)(wire["time"]) || null,
    description: word(wire["description"]),
    accessionNumber: word(wire["accession_number"]),
    modalities: listOf(text)(wire["modalities"]),
    numberOfSeries: number(wire["number_of_series"]),
    numberOfInstances: number(wire["number_of_instances"]),
    referringPhysician: word(wire["referring_physician"]),
    institution: word(wire["institution"]),
    receivedAt: word(wire["received_at"]),
    thumbnail: word(wire["thumbnail"]),
  };
};

export const readStudyPage: Read<StudyPage> = (value) => {
  const wire = record(value);
  return {
    studies: listOf(readStudyRow)(wire["studies"]),
    next: orNull(text)(wire["next"]),
    total: orNull(number)(wire["total"]),
    arrival: number(wire["arrival"]),
  };
};

/** A page of the studies that are open to the person, newest first. */
export const loadStudies = (query: StudyQuery, signal?: AbortSignal): Promise<Answer<StudyPage>> =>
  ask(`/api/studies?${toQuery(query)}`, { read: readStudyPage, ...(signal && { signal }) });

export function toQuery(query: StudyQuery): string {
  const given: Record<string, string | undefined> = {
    search: query.search,
    modality: query.modalities?.join(","),
    from: query.from,
    to: query.to,
    cursor: query.cursor,
    limit: query.limit?.toString(),
    uids: query.uids?.join(","),
  };
  const told = Object.entries(given).filter((pair): pair is [string, string] => Boolean(pair[1]));
  return new URLSearchParams(told).toString();
}
