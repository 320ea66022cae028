import { type Answer, answered } from "./failure";
import { ask } from "./rest";
import { type Read, listOf, nothing, number, oneOf, orNull, record, text } from "./wire";

/** A file on its way in, in pieces (pacs/api/uploads.py has the contract). */
export interface Upload {
  id: string;
  name: string;
  sizeBytes: number;
  receivedBytes: number;
  state: "receiving" | "reading" | "done" | "stopped";
  chunkBytes: number;
  /** What tells this file from another of the same name and size. */
  head: { bytes: number; sha256: string } | null;
  problem: { code: string; message: string } | null;
  verdictCount: number;
  counts: Counts;
  verdicts: Verdict[];
}

export const VERDICTS = ["stored", "duplicate", "rejected", "skipped"] as const;
export type VerdictKind = (typeof VERDICTS)[number];
export type Counts = Readonly<Record<VerdictKind, number>>;

export interface Verdict {
  name: string;
  verdict: VerdictKind;
  reason: string | null;
  message: string;
  study: string | null;
}

const verdict: Read<Verdict> = (value) => {
  const wire = record(value);
  return {
    name: text(wire["name"]),
    verdict: oneOf(...VERDICTS)(wire["verdict"]),
    reason: orNull(text)(wire["reason"]),
    message: orNull(text)(wire["message"]) ?? "",
    study: orNull(text)(wire["study"]),
  };
};

const counts: Read<Counts> = (value) => {
  const wire = record(value);
  const of = (name: VerdictKind): number => orNull(number)(wire[name]) ?? 0;
  return { stored: of("stored"), duplicate: of("duplicate"), rejected: of("rejected"), skipped: of("skipped") };
};

const head: Read<NonNullable<Upload["head"]>> = (value) => {
  const wire = record(value);
  return { bytes: number(wire["bytes"]), sha256: text(wire["sha256"]) };
};

const problem: Read<NonNullable<Upload["problem"]>> = (value) => {
  const wire = record(value);
  return { code: text(wire["code"]), message: text(wire["message"]) };
};

export const readUpload: Read<Upload> = (value) => {
  const wire = record(value);
  return {
    id: text(wire["id"]),
    name: text(wire["name"]),
    sizeBytes: number(wire["size_bytes"]),
    receivedBytes: number(wire["received_bytes"]),
    state: oneOf("receiving", "reading", "done", "stopped")(wire["state"]),
    chunkBytes: number(wire["chunk_bytes"]),
    head: orNull(head)(wire["head"]),
    problem: orNull(problem)(wire["problem"]),
    verdictCount: number(wire["verdict_count"]),
    counts: counts(wire["counts"]),
    verdicts: orNull(listOf(verdict))(wire["verdicts"]) ?? [],
  };
};

const ROOT = "/api/uploads";
const at = (id: string, rest = ""): string => `${ROOT}/${encodeURIComponent(id)}${rest}`;

export const beginUpload = (name: string, sizeBytes: number): Promise<Answer<Upload>> =>
  ask(ROOT, { method: "POST", json: { name, size_bytes: sizeBytes }, read: readUpload });

/** The person's own unfinished ones. */
export const listUploads = (): Promise<Answer<Upload[]>> => ask(ROOT, { read: (value) => listOf(readUpload)(record(value)["uploads"]) });

/** The next bytes, from where the upload stands. Another standing comes back as the upload's, not as a failure. */
export async function sendPiece(upload: Upload, piece: Blob, stop: AbortSignal): Promise<Answer<Upload>> {
  const headers = { "Upload-Offset": String(upload.receivedBytes), "Content-Type": "application/octet-stream" };
  const answer = await ask(at(upload.id), { method: "PATCH", body: piece, headers, signal: stop, read: readUpload });
  if (answer.ok || answer.failure.kind !== "refused" || answer.failure.status !== 409) return answer;
  const stands = answer.failure.fields["received_bytes"];
  return typeof stands === "number" ? answered({ ...upload, receivedBytes: stands, verdicts: [] }) : answer;
}

/** How it stands, with the verdicts from number `from` on. */
export const askUpload = (id: string, from: number): Promise<Answer<Upload>> => ask(at(id, `?from=${from}`), { read: readUpload });

export const readOn = (id: string): Promise<Answer<Upload>> => ask(at(id, "/retry"), { method: "POST", read: readUpload });

export const giveUp = (id: string): Promise<Answer<undefined>> => ask(at(id), { method: "DELETE", read: nothing });
