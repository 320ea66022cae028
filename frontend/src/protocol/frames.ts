/** Levels of a frame's stream: the envelope in which they come, whether by HTTP or through the socket. */

import type { WindowFunction } from "./digest";
import { type Answer, answered, failed } from "./failure";
import { failureOf } from "./rest";
import { type Read, Unreadable, type Wire, boolean, listOf, number, oneOf, orNull, record, text } from "./wire";

interface Table {
  kind: "table";
  first: number;
  bits: number;
  entries: Uint16Array;
}

interface Window {
  center: number;
  width: number;
  function: WindowFunction;
}

/** What is told with level 0: how stored values become greys, in the words of the standard. */
export interface StreamTold {
  codec: "htj2k" | "jpeg";
  /** Each as the whole image in this size; the last is exact. `bytes` is what it adds to those before it. */
  levels: { columns: number; rows: number; bytes: number }[];
  columns: number;
  rows: number;
  samples: 1 | 3;
  signed: boolean;
  bits: number;
  modality: { kind: "rescale"; slope: number; intercept: number } | Table;
  padding: readonly [number, number] | null;
  inverse: boolean;
  look: Window | Table | null;
  windows: { window: Window; name: string }[];
  tables: { table: Table; name: string }[];
  overlay: Uint8Array<ArrayBuffer> | null;
}

export interface LevelGot {
  instance: string;
  /** From 1. */
  frame: number;
  level: number;
  stream: StreamTold | null;
  /** Of the whole level's payload. */
  crc32: number;
  payload: Uint8Array<ArrayBuffer>;
  /** Where the payload begins in the whole one, and how long that is; null where it is whole. */
  part: readonly [offset: number, bytes: number] | null;
}

export interface LevelAsked {
  instance: string;
  frame: number;
  level: number;
}

/** What is meant by the bytes of a level: raised by the server when the same address would give others. */
const VERSION = 1;
const LENGTH_BYTES = 4;

export function levelUrl({ instance, frame, level }: LevelAsked): string {
  return `/view/instances/${instance}/frames/${frame}/levels/${level}?v=${VERSION}`;
}

/** Its first levels, in one answer. */
export function firstLevelsUrl({ instance, frame }: Omit<LevelAsked, "level">): string {
  return `/view/instances/${instance}/frames/${frame}/levels?v=${VERSION}`;
}

export async function fetchLevel(asked: LevelAsked, signal: AbortSignal): Promise<Answer<LevelGot>> {
  try {
    const response = await fetch(levelUrl(asked), { credentials: "same-origin", signal });
    if (!response.ok) return failed(await failureOf(response));
    return answered(readEnvelope(await response.arrayBuffer()));
  } catch (error) {
    if (signal.aborted) return failed({ kind: "aborted" });
    return failed({ kind: error instanceof Unreadable ? "unreadable" : "offline" });
  }
}

/** Length of the header (u32, little endian), the header as JSON, the payload. Throws Unreadable. */
export function readEnvelope(envelope: ArrayBuffer): LevelGot {
  if (envelope.byteLength < LENGTH_BYTES) throw new Unreadable("an envelope");
  const length = new DataView(envelope).getUint32(0, true);
  const start = LENGTH_BYTES + length;
  if (start > envelope.byteLength) throw new Unreadable("a whole header");
  const header = record(parsed(new Uint8Array(envelope, LENGTH_BYTES, length)));
  return {
    instance: text(header["instance"]),
    frame: number(header["frame"]),
    level: number(header["level"]),
    stream: orNull(readStream)(header["stream"]),
    crc32: number(header["crc32"]),
    payload: new Uint8Array(envelope, start),
    part: orNull(pair)(header["part"]),
  };
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new Unreadable("JSON");
  }
}

export const readStream: Read<StreamTold> = (value) => {
  const wire = record(value);
  return {
    codec: oneOf("htj2k", "jpeg")(wire["codec"]),
    levels: listOf(size)(wire["levels"]),
    columns: number(wire["columns"]),
    rows: number(wire["rows"]),
    samples: number(wire["samples"]) === 1 ? 1 : 3,
    signed: boolean(wire["signed"]),
    bits: number(wire["bits"]),
    modality: modality(wire["modality"]),
    padding: orNull(pair)(wire["padding"]),
    inverse: boolean(wire["inverse"]),
    look: orNull(look)(wire["look"]),
    windows: listOf(named)(wire["windows"]),
    tables: listOf(namedTable)(wire["luts"]),
    overlay: orNull(base64)(wire["overlay"]),
  };
};

const size: Read<StreamTold["levels"][number]> = (value) => {
  const wire = record(value);
  return { columns: number(wire["columns"]), rows: number(wire["rows"]), bytes: number(wire["bytes"]) };
};

const pair: Read<readonly [number, number]> = (value) => {
  const [one, other] = listOf(number)(value);
  return [number(one), number(other)];
};

/** None means that stored values are those of interest. */
const modality: Read<StreamTold["modality"]> = (value) => {
  const wire: Wire = value === null ? { slope: 1, intercept: 0 } : record(value);
  if ("lut" in wire) return table(wire["lut"]);
  return { kind: "rescale", slope: number(wire["slope"]), intercept: number(wire["intercept"]) };
};

const window: Read<Window> = (value) => {
  const wire = record(value);
  return {
    center: number(wire["center"]),
    width: number(wire["width"]),
    function: oneOf("LINEAR", "LINEAR_EXACT", "SIGMOID")(wire["function"]),
  };
};

const look: Read<Window | Table> = (value) => {
  const wire = record(value);
  return "lut" in wire ? table(wire["lut"]) : window(wire["window"]);
};

const named: Read<StreamTold["windows"][number]> = (value) => ({ window: window(value), name: name(record(value)["name"]) });

const namedTable: Read<StreamTold["tables"][number]> = (value) => ({
  table: table(value),
  name: name(record(value)["name"] ?? record(value)["explanation"]),
});

const name = (value: unknown): string => orNull(text)(value) ?? "";

const table: Read<Table> = (value) => {
  const wire = record(value);
  const bytes = base64(wire["entries"]);
  const entries =
    oneOf("uint8", "uint16")(wire["number"]) === "uint8" ? Uint16Array.from(bytes) : littleEndian16(bytes);
  if (entries.length === 0) throw new Unreadable("a table with entries");
  return { kind: "table", first: number(wire["first"]), bits: number(wire["bits"]), entries };
};

function littleEndian16(bytes: Uint8Array<ArrayBuffer>): Uint16Array {
  const view = new DataView(bytes.buffer);
  return Uint16Array.from({ length: bytes.length >> 1 }, (_, place) => view.getUint16(place * 2, true));
}

const base64: Read<Uint8Array<ArrayBuffer>> = (value) => {
  try {
    return Uint8Array.from(atob(text(value)), (character) => character.charCodeAt(0));
  } catch {
    throw new Unreadable("base64");
  }
};
