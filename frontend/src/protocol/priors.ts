import type { Answer } from "./failure";
import { ask } from "./rest";
import { type Read, boolean, listOf, number, orNull, record, text } from "./wire";

/** Another study of the same patient, as far as a list tells of it. */
export interface Prior {
  uid: string;
  description: string;
  date: string | null;
  time: string | null;
  modalities: string[];
  numberOfInstances: number;
  thumbnail: string;
  sameBodyPart: boolean;
  sameModality: boolean;
}

const prior: Read<Prior> = (value) => {
  const wire = record(value);
  return {
    uid: text(wire["uid"]),
    description: text(wire["description"]),
    date: orNull(text)(wire["date"]) || null,
    time: orNull(text)(wire["time"]) || null,
    modalities: listOf(text)(wire["modalities"]),
    numberOfInstances: number(wire["number_of_instances"]),
    thumbnail: text(wire["thumbnail"]),
    sameBodyPart: boolean(wire["same_body_part"]),
    sameModality: boolean(wire["same_modality"]),
  };
};

export const readPriors: Read<Prior[]> = (value) => listOf(prior)(record(value)["priors"]);

/** The patient's other studies that are open to the person, the best to compare with first. */
export const fetchPriors = (studyUid: string, signal?: AbortSignal): Promise<Answer<Prior[]>> =>
  ask(`/view/studies/${encodeURIComponent(studyUid)}/priors`, { read: readPriors, ...(signal && { signal }) });
