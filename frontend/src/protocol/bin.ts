import type { Answer } from "./failure";
import { ask } from "./rest";
import { type PersonName, readPersonName } from "./studies";
import { type Read, listOf, nothing, number, oneOf, orNull, record, text } from "./wire";

/** Something that was deleted, and can be brought back until it is erased by itself. */
export interface BinEntry {
  id: number;
  level: "study" | "series" | "instance";
  study: string;
  name: PersonName;
  /** YYYY-MM-DD */
  date: string | null;
  description: string;
  seriesDescription: string;
  modalities: string[];
  numberOfInstances: number;
  /** Objects that are still in the bin. */
  left: number;
  sizeBytes: number;
  deletedAt: string;
  deletedBy: string;
  erasedAt: string;
  state: "binned" | "restoring";
  /** Why not all of it came back. */
  problem: string | null;
}

export interface BinPage {
  /** For how long the bin keeps what is put into it. */
  days: number;
  entries: BinEntry[];
  next: number | null;
}

const word = (value: unknown): string => orNull(text)(value) ?? "";

export const readBinEntry: Read<BinEntry> = (value) => {
  const wire = record(value);
  return {
    id: number(wire["id"]),
    level: oneOf("study", "series", "instance")(wire["level"]),
    study: text(wire["study"]),
    name: readPersonName(record(wire["patient"])["name"]),
    date: orNull(text)(wire["date"]),
    description: word(wire["description"]),
    seriesDescription: word(wire["series_description"]),
    modalities: listOf(text)(wire["modalities"] ?? []),
    numberOfInstances: number(wire["number_of_instances"]),
    left: number(wire["left"]),
    sizeBytes: number(wire["size_bytes"]),
    deletedAt: text(wire["deleted_at"]),
    deletedBy: text(wire["deleted_by"]),
    erasedAt: text(wire["erased_at"]),
    state: oneOf("binned", "restoring")(wire["state"]),
    problem: orNull((told) => text(record(told)["message"]))(wire["problem"]),
  };
};

export const readBinPage: Read<BinPage> = (value) => {
  const wire = record(value);
  return { days: number(wire["days"]), entries: listOf(readBinEntry)(wire["entries"]), next: orNull(number)(wire["next"]) };
};

export const loadBin = (cursor: number | null, signal?: AbortSignal): Promise<Answer<BinPage>> =>
  ask(cursor === null ? "/api/bin" : `/api/bin?cursor=${cursor}`, { read: readBinPage, ...(signal && { signal }) });

export const loadBinEntry = (id: number): Promise<Answer<BinEntry>> => ask(`/api/bin/${id}`, { read: readBinEntry });

export const putIntoBin = (study: string): Promise<Answer<BinEntry>> => ask("/api/bin", { method: "POST", json: { study }, read: readBinEntry });

export const restoreFromBin = (id: number): Promise<Answer<BinEntry>> => ask(`/api/bin/${id}/restore`, { method: "POST", read: readBinEntry });

/** For good. */
export const eraseFromBin = (id: number): Promise<Answer<undefined>> => ask(`/api/bin/${id}`, { method: "DELETE", read: nothing });
