import type { Answer } from "./failure";
import { ask } from "./rest";
import { type Patient, readPatient } from "./studies";
import { type TileGot, parseAppliedWindow } from "./tiles";
import { type Read, type Wire, boolean, listOf, number, orNull, record, text } from "./wire";

export type WindowFunction = "LINEAR" | "LINEAR_EXACT" | "SIGMOID";

export interface DigestWindow {
  center: number;
  width: number;
  function: WindowFunction;
  /** The file's own name for it. */
  name: string;
}

export interface DigestRegion {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
  dx_mm: number | null;
  dy_mm: number | null;
}

/** A kind of image within a series: what a viewer must know before it has a pixel. */
export interface DigestFormat {
  rows: number;
  columns: number;
  levels256: number;
  levels512: number;
  colour: boolean;
  /** Whether the lowest value is shown white. */
  inverse: boolean;
  bitsStored: number;
  photometric: string;
  /** Height of a pixel over its width. */
  aspect: number;
  /** From row to row and from column to column. */
  pixelSpacingMm: readonly [number, number] | null;
  spacingSource: string | null;
  /** ImageOrientationPatient: six direction cosines. */
  orientation: number[] | null;
  patientOrientation: string[] | null;
  windows: DigestWindow[];
  unit: string;
  lossy: { ratio: number | null; method: string } | null;
  view: { position: string; laterality: string } | null;
  ultrasoundRegions: DigestRegion[] | null;
}

export interface DigestInstance {
  uid: string;
  numberOfFrames: number;
  /** Place in the series's formats. */
  format: number;
  positionMm: number | null;
  instanceNumber: number | null;
  /** Frames a second of a clip that says so. */
  rateHz: number | null;
  /** For how long each frame of a clip is shown, where they are not all alike. */
  frameTimesMs: number[] | null;
}

export interface DigestDocument {
  /** Its SOP Instance UID. */
  uid: string;
  kind: "report" | "pdf";
}

export interface DigestSeries {
  uid: string;
  number: number | null;
  description: string;
  modality: string;
  bodyPart: string;
  laterality: string;
  thumbnail: string | null;
  /** Why nothing of it can be shown, as a code; null where something can. */
  cannotShow: string | null;
  /** What of it is read rather than looked at. */
  documents: DigestDocument[];
  /** Positions of series that share one are comparable; empty where none is told. */
  frameOfReference: string;
  /**
   * Centres of the first pixels of all frames, in order, patient millimetres, as runs: [count, x, y, z, dx, dy, dz] goes
   * on by one step, [1, x, y, z] is one alone, [count] are some whose place is unknown. null where none is known.
   */
  positions: number[][] | null;
  formats: DigestFormat[];
  instances: DigestInstance[];
}

/** One image of a hanging: where it is in the digest, and at which edge of its pane the chest wall belongs. */
export interface Hung {
  series: number;
  instance: number;
  chestWall: "left" | "right" | null;
}

/** Images that belong side by side, row by row. */
export interface Hanging {
  name: string;
  rows: Hung[][];
}

export interface DigestStudy {
  uid: string;
  description: string;
  date: string | null;
  time: string | null;
  accessionNumber: string;
  modalities: string[];
  patient: Patient;
  referringPhysician: string;
  institution: string;
}

/** The quick preview of what is shown first: it came along, and need not be asked for. */
export interface DigestOpening {
  instance: string;
  /** From 1. */
  frame: number;
  image: Blob;
  window: TileGot["window"];
}

/** All that is needed to draw the first picture of a study and to lay out its series. */
export interface Digest {
  study: DigestStudy;
  /** What to show first; the frame counts from 1. */
  first: { series: number; instance: number; frame: number } | null;
  /** null where it takes longer than the digest. */
  opening: DigestOpening | null;
  /** null where nothing is known that the order of the series does not say. */
  hanging: Hanging | null;
  series: DigestSeries[];
}

const word = (value: unknown): string => orNull(text)(value) ?? "";

const pair: Read<readonly [number, number]> = (value) => {
  const [one, other] = listOf(number)(value);
  return [number(one), number(other)];
};

const FUNCTIONS: readonly WindowFunction[] = ["LINEAR", "LINEAR_EXACT", "SIGMOID"];

/** LINEAR is what a function that is not known here comes to (PS3.3 C.11.2.1.3): it is no reason to show nothing. */
const windowFunction = (value: unknown): WindowFunction => FUNCTIONS.find((known) => known === value) ?? "LINEAR";

export const readWindow: Read<DigestWindow> = (value) => {
  const wire = record(value);
  return {
    center: number(wire["center"]),
    width: number(wire["width"]),
    function: windowFunction(wire["function"]),
    name: word(wire["name"]),
  };
};

const region: Read<DigestRegion> = (value) => {
  const wire = record(value);
  return {
    x0: number(wire["x0"]),
    y0: number(wire["y0"]),
    x1: number(wire["x1"]),
    y1: number(wire["y1"]),
    dx_mm: orNull(number)(wire["dx_mm"]),
    dy_mm: orNull(number)(wire["dy_mm"]),
  };
};

const lossy = (value: unknown): DigestFormat["lossy"] => {
  const wire: Wire = record(value);
  return { ratio: orNull(number)(wire["ratio"]), method: word(wire["method"]) };
};

const view = (value: unknown): DigestFormat["view"] => {
  const wire: Wire = record(value);
  return { position: word(wire["position"]), laterality: word(wire["laterality"]) };
};

const format: Read<DigestFormat> = (value) => {
  const wire = record(value);
  return {
    rows: number(wire["rows"]),
    columns: number(wire["columns"]),
    levels256: number(wire["levels_256"]),
    levels512: number(wire["levels_512"]),
    colour: boolean(wire["colour"]),
    inverse: boolean(wire["inverse"]),
    bitsStored: number(wire["bits_stored"]),
    photometric: word(wire["photometric"]),
    aspect: number(wire["aspect"]),
    pixelSpacingMm: orNull(pair)(wire["pixel_spacing_mm"]),
    spacingSource: orNull(text)(wire["spacing_source"]),
    orientation: orNull(listOf(number))(wire["orientation"]),
    patientOrientation: orNull(listOf(text))(wire["patient_orientation"]),
    windows: listOf(readWindow)(wire["windows"]),
    unit: word(wire["unit"]),
    lossy: orNull(lossy)(wire["lossy"]),
    view: orNull(view)(wire["view"]),
    ultrasoundRegions: orNull(listOf(region))(wire["ultrasound_regions"]),
  };
};

/** A list rather than an object on the wire, so that a thousand slices stay small. */
const instance: Read<DigestInstance> = (value) => {
  const [uid, frames, place, positionMm, instanceNumber, rateHz, frameTimesMs] = listOf((each) => each)(value);
  return {
    uid: text(uid),
    numberOfFrames: number(frames),
    format: number(place),
    positionMm: orNull(number)(positionMm),
    instanceNumber: orNull(number)(instanceNumber),
    rateHz: orNull(number)(rateHz),
    frameTimesMs: orNull(listOf(number))(frameTimesMs),
  };
};

const document: Read<DigestDocument> = (value) => {
  const [uid, kind] = listOf(text)(value);
  return { uid: text(uid), kind: kind === "pdf" ? "pdf" : "report" };
};

const series: Read<DigestSeries> = (value) => {
  const wire = record(value);
  return {
    uid: text(wire["uid"]),
    number: orNull(number)(wire["number"]),
    description: word(wire["description"]),
    modality: word(wire["modality"]),
    bodyPart: word(wire["body_part"]),
    laterality: word(wire["laterality"]),
    thumbnail: orNull(text)(wire["thumbnail"]),
    cannotShow: orNull(text)(wire["cannot_show"]),
    documents: listOf(document)(wire["documents"]),
    frameOfReference: word(wire["frame_of_reference"]),
    positions: orNull(listOf(listOf(number)))(wire["positions"]),
    formats: listOf(format)(wire["formats"]),
    instances: listOf(instance)(wire["instances"]),
  };
};

const study: Read<DigestStudy> = (value) => {
  const wire = record(value);
  return {
    uid: text(wire["uid"]),
    description: word(wire["description"]),
    date: orNull(text)(wire["date"]) || null,
    time: orNull(text)(wire["time"]) || null,
    accessionNumber: word(wire["accession_number"]),
    modalities: listOf(text)(wire["modalities"]),
    patient: readPatient(wire["patient"]),
    referringPhysician: word(wire["referring_physician"]),
    institution: word(wire["institution"]),
  };
};

const first = (value: unknown): Digest["first"] => {
  const wire = record(value);
  return { series: number(wire["series"]), instance: number(wire["instance"]), frame: number(wire["frame"]) };
};

const opening: Read<DigestOpening> = (value) => {
  const wire = record(value);
  return {
    instance: text(wire["instance"]),
    frame: number(wire["frame"]),
    image: new Blob([bytesOf(text(wire["jpeg"]))], { type: "image/jpeg" }),
    window: parseAppliedWindow(orNull(text)(wire["window"])),
  };
};

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const letters = atob(base64);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = letters.charCodeAt(at); // the first picture waits for it: a call for each takes twice to three times as long
  return bytes;
}

const hung: Read<Hung> = (value) => {
  const wire = record(value);
  const wall = wire["chest_wall"];
  return { series: number(wire["series"]), instance: number(wire["instance"]), chestWall: wall === "left" || wall === "right" ? wall : null };
};

const hanging = (value: unknown): Hanging => {
  const wire = record(value);
  return { name: text(wire["name"]), rows: listOf(listOf(hung))(wire["rows"]) };
};

export const readDigest: Read<Digest> = (value) => {
  const wire = record(value);
  return {
    study: study(wire["study"]),
    first: orNull(first)(wire["first"]),
    opening: orNull(opening)(wire["opening"]),
    hanging: orNull(hanging)(wire["hanging"]),
    series: listOf(series)(wire["series"]),
  };
};

/** Where it is; the server's page and the service worker ask for it under the same address, to the letter. */
export const digestAddress = (studyUid: string): string => `/view/studies/${encodeURIComponent(studyUid)}/digest?opening=1`;

export const fetchDigest = (studyUid: string, signal?: AbortSignal): Promise<Answer<Digest>> =>
  ask(digestAddress(studyUid), { read: readDigest, ...(signal && { signal }) });
