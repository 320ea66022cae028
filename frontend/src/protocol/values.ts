import { type DigestWindow, readWindow } from "./digest";
import type { Answer } from "./failure";
import { ask } from "./rest";
import { type Read, boolean, listOf, number, orNull, record, text } from "./wire";

export interface FrameAsked {
  instance: string;
  /** From 1. */
  frame: number;
}

/** What one pixel holds: columns and rows from 0. */
export interface PixelValue {
  column: number;
  row: number;
  /** The modality value; null on padding and of colours. */
  value: number | null;
  unit: string;
  /** sRGB, 0 to 255. */
  colour: readonly [number, number, number] | null;
  isPadding: boolean;
  /** By body weight, g/ml; null where the file does not say all that it takes. */
  suv: number | null;
  /** Of the middle of the pixel, LPS. */
  positionMm: readonly [number, number, number] | null;
}

export interface DigestLut {
  /** The file's own name for it. */
  name: string;
  /** The values that it spreads out, the ends included. */
  first: number;
  last: number;
}

/** All that the file brings to show a frame by, in its order. */
export interface Looks {
  windows: DigestWindow[];
  voiLuts: DigestLut[];
}

/** A part of an image in pixels, the ends not included. */
export interface Part {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

const three: Read<readonly [number, number, number]> = (value) => {
  const [one, two, last] = listOf(number)(value);
  return [number(one), number(two), number(last)];
};

export const readPixelValue: Read<PixelValue> = (value) => {
  const wire = record(value);
  return {
    column: number(wire["column"]),
    row: number(wire["row"]),
    value: orNull(number)(wire["value"]),
    unit: text(wire["unit"]),
    colour: orNull(three)(wire["colour"]),
    isPadding: boolean(wire["padding"]),
    suv: orNull(number)(wire["suv"]),
    positionMm: orNull(three)(wire["position_mm"]),
  };
};

const lut: Read<DigestLut> = (value) => {
  const wire = record(value);
  return { name: text(wire["name"]), first: number(wire["first"]), last: number(wire["last"]) };
};

export const readLooks: Read<Looks> = (value) => {
  const wire = record(value);
  return { windows: listOf(readWindow)(wire["windows"]), voiLuts: listOf(lut)(wire["voi_luts"]) };
};

const pathOf = ({ instance, frame }: FrameAsked): string => `/view/instances/${instance}/frames/${frame}`;

/** A value is asked for once: a finger that moved on asks for another. */
export const fetchValue = (of: FrameAsked, column: number, row: number, signal: AbortSignal): Promise<Answer<PixelValue>> =>
  ask(`${pathOf(of)}/value?x=${column}&y=${row}`, { read: readPixelValue, signal, retries: 0 });

export const fetchAutoWindow = (of: FrameAsked, { x0, y0, x1, y1 }: Part, signal: AbortSignal): Promise<Answer<DigestWindow>> =>
  ask(`${pathOf(of)}/auto-window?part=${x0},${y0},${x1},${y1}`, { read: readWindow, signal });

export const fetchLooks = (of: FrameAsked, signal: AbortSignal): Promise<Answer<Looks>> =>
  ask(`${pathOf(of)}/looks`, { read: readLooks, signal });
