import { type Answer, answered, failed } from "./failure";
import { ask, failureOf, send } from "./rest";
import { type Read, listOf, number, oneOf, record, text } from "./wire";

/** What may be chosen beside the Basic Application Level Confidentiality Profile (PS3.15 E.3). */
export const RETAINED = [
  "retain_patient_characteristics",
  "retain_device_identity",
  "retain_institution_identity",
  "clean_descriptors",
  "clean_structured_content",
  "clean_graphics",
  "retain_safe_private",
  "retain_uids",
] as const;
/** Of dates: taken out, all moved by one number of days, or as they are. */
export const DATES = ["removed", "retain_modified_dates", "retain_full_dates"] as const;
export type Retained = (typeof RETAINED)[number];
export type Dates = (typeof DATES)[number];

const REASONS = ["burned_in", "photograph", "ultrasound", "video", "report", "capture", "unknown"] as const;
const LEFT_OUT = ["document", "raw_data", "private_class"] as const;
export type LookReason = (typeof REASONS)[number];
export type LeftOut = (typeof LEFT_OUT)[number];

/** An object at which a person has to look before a copy of it leaves. */
export interface LookImage {
  uid: string;
  numberOfFrames: number;
  /** 0 of what has no pixels. */
  rows: number;
  columns: number;
}

export interface Look {
  series: string;
  description: string;
  modality: string;
  device: string;
  reasons: LookReason[];
  images: LookImage[];
}

export interface ExportTold {
  /** Of the standard, by which identities are taken out. */
  edition: string;
  objects: number;
  leftOut: { what: LeftOut; count: number }[];
  looks: Look[];
}

/** Regions to black out: of all images of the series that have this size, or of one; x, y, width, height in its pixels. */
export interface ExportEdit {
  series: string;
  /** "" of all. */
  instance: string;
  rows: number;
  columns: number;
  regions: (readonly [number, number, number, number])[];
}

export interface ExportForm {
  options: readonly string[];
  project: string;
  seen: readonly string[];
  edits: readonly ExportEdit[];
}

const image: Read<LookImage> = (value) => {
  const wire = record(value);
  return { uid: text(wire["uid"]), numberOfFrames: number(wire["frames"]), rows: number(wire["rows"]), columns: number(wire["columns"]) };
};

export const readLook: Read<Look> = (value) => {
  const wire = record(value);
  return {
    series: text(wire["series"]),
    description: text(wire["description"]),
    modality: text(wire["modality"]),
    device: text(wire["device"]),
    reasons: listOf(oneOf(...REASONS))(wire["reasons"]),
    images: listOf(image)(wire["images"]),
  };
};

export const readExport: Read<ExportTold> = (value) => {
  const wire = record(value);
  return {
    edition: text(wire["edition"]),
    objects: number(wire["objects"]),
    leftOut: Object.entries(record(wire["left_out"])).map(([what, count]) => ({ what: oneOf(...LEFT_OUT)(what), count: number(count) })),
    looks: listOf(readLook)(wire["to_look_at"]),
  };
};

const deidentified = (study: string): string => `/api/studies/${study}/deidentified`;

/** What there is to export, and what a person has to look at first. */
export const loadExport = (study: string, signal?: AbortSignal): Promise<Answer<ExportTold>> => ask(deidentified(study), { read: readExport, ...(signal && { signal }) });

/** Where the copies without identities can be fetched from, by this person, for two minutes. */
export const makeExport = (study: string, form: ExportForm): Promise<Answer<string>> =>
  ask(deidentified(study), {
    method: "POST",
    json: { options: form.options, project: form.project, seen: form.seen, edits: form.edits.map((edit) => ({ ...edit, frames: null })) },
    read: (value) => text(record(value)["download"]),
  });

/** The kept files as one zip (PS3.18 8.7.3). */
export const originalsAddress = (study: string): string => `/dicom-web/studies/${study}?accept=${encodeURIComponent("application/zip")}`;

/** How many bytes that zip has, without having it; or why it is not to be had. */
export async function weighOriginals(study: string, signal?: AbortSignal): Promise<Answer<number>> {
  const response = await send(originalsAddress(study), "HEAD", signal ? { signal } : {});
  if (!(response instanceof Response)) return failed(response);
  return response.ok ? answered(Number(response.headers.get("Content-Length") ?? 0)) : failed(await failureOf(response));
}

/** An object as a picture no larger than this many pixels, or as a page. */
export function lookAddress(study: string, series: string, uid: string, frame: number | null, mostPx: number): string {
  const object = `/dicom-web/studies/${study}/series/${series}/instances/${uid}`;
  return frame === null ? `${object}/rendered` : `${object}/frames/${frame}/rendered?viewport=${mostPx},${mostPx}`;
}
