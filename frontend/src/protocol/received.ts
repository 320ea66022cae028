import type { Answer } from "./failure";
import { ask } from "./rest";
import { type NewShare, readNewShare } from "./shares";
import { type PersonName, readPersonName } from "./studies";
import { type Read, listOf, nothing, number, oneOf, orNull, record, text } from "./wire";

/** What came of one study by one upload link: it waits until somebody says whose it is. */
export interface Received {
  number: number;
  study: string;
  /** As its files say. */
  patient: { name: PersonName; id: string; birthDate: string | null; sex: string };
  description: string;
  date: string | null;
  modalities: string[];
  objects: number;
  sizeBytes: number;
  receivedAt: Date;
  state: "waiting" | "taking_in" | "done";
  /** Of its objects, when it was taken in. */
  refused: number;
  problem: string | null;
  /** Null where the link is gone. */
  link: { recipient: string; sender: string } | null;
}

export const readReceived: Read<Received> = (value) => {
  const wire = record(value);
  const patient = record(wire["patient"]);
  return {
    number: number(wire["number"]),
    study: text(wire["study"]),
    patient: { name: readPersonName(patient["name"]), id: text(patient["id"]), birthDate: orNull(text)(patient["birth_date"]), sex: text(patient["sex"]) },
    description: text(wire["description"]),
    date: orNull(text)(wire["date"]),
    modalities: listOf(text)(wire["modalities"]),
    objects: number(wire["objects"]),
    sizeBytes: number(wire["size_bytes"]),
    receivedAt: new Date(text(wire["received_at"])),
    state: oneOf("waiting", "taking_in", "done")(wire["state"]),
    refused: number(wire["refused"]),
    problem: orNull(text)(wire["problem"]),
    link: orNull((told) => ({ recipient: text(record(told)["recipient"]), sender: text(record(told)["sender"]) }))(wire["link"]),
  };
};

export const loadReceived = (signal?: AbortSignal): Promise<Answer<Received[]>> =>
  ask("/api/received", { read: (value) => listOf(readReceived)(record(value)["studies"]), ...(signal && { signal }) });

/** Take it in: as the patient of this study, or as its files say. */
export const matchReceived = (received: number, study: string | null): Promise<Answer<Received>> =>
  ask(`/api/received/${received}/match`, { method: "POST", json: { study }, read: readReceived });

export const rejectReceived = (received: number): Promise<Answer<undefined>> => ask(`/api/received/${received}`, { method: "DELETE", read: nothing });

export interface UploadLinkForm {
  hours: number;
  recipient: string;
  quotaBytes: number;
}

/** A link by which somebody without an account sends studies in; it opens with a PIN. */
export const makeUploadLink = (form: UploadLinkForm): Promise<Answer<NewShare>> =>
  ask("/api/upload-links", { method: "POST", json: { hours: form.hours, recipient: form.recipient, quota_bytes: form.quotaBytes }, read: readNewShare });
