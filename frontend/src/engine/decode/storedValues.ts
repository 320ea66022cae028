/** From what a decoder gives to stored values, in as few bytes as hold them. Pure. */

import type { DecodeJob } from "./messages";
import type { StoredValues } from "../values/range";

type Told = Pick<DecodeJob, "signed" | "bits" | "halvings">;

/** `decoded`: 16 bits a sample, whose sign is its own: a stream of unsigned numbers may be coded as signed ones. */
export function storedValues(decoded: Int16Array | Uint16Array, told: Told): StoredValues {
  const [least, most] = rangeOf(told);
  if (told.halvings === 0) return least < 0 ? new Int16Array(decoded) : unsigned(decoded, most);
  // A smaller level swings a little beyond the range of the frame's own numbers.
  const values = least < 0 ? new Int16Array(decoded.length) : most <= 255 ? new Uint8Array(decoded.length) : new Uint16Array(decoded.length);
  for (let place = 0; place < decoded.length; place += 1) {
    const value = decoded[place] ?? 0;
    values[place] = value < least ? least : value > most ? most : value;
  }
  return values;
}

function rangeOf({ signed, bits }: Told): [least: number, most: number] {
  return signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
}

function unsigned(decoded: Int16Array | Uint16Array, most: number): StoredValues {
  // Some write more than Bits Stored says: what is exact is not cut.
  const isNarrow = most <= 255 && decoded.every((value) => value >= 0 && value <= 255);
  return isNarrow ? new Uint8Array(decoded) : new Uint16Array(decoded);
}

/** A byte for each pixel from a bit for each, the lowest of a byte first. */
export function unpackedBits(bits: Uint8Array, pixels: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pixels);
  for (let pixel = 0; pixel < pixels; pixel += 1) bytes[pixel] = ((bits[pixel >> 3] ?? 0) >> (pixel & 7)) & 1;
  return bytes;
}
