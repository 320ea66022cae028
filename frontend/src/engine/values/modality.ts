/** From stored values to values of interest (PS3.3 C.11.1), number for number as viewer/imaging/modality.py. */

import type { FrameStream, ModalityTable, Rescale } from "../frames/stream";

/** How many stored values a table has a place for: each number of 16 bits. */
export const PLACES = 1 << 16;
const HIGHEST_SIGNED = 0x7fff;

/** A value of interest for each stored value, at the place that `placeOf` gives it. */
export interface ModalityValues {
  readonly numbers: Float64Array;
  /** The server reckons with this many bits where a sum is no whole number: 32, or else 64. */
  readonly isSingle: boolean;
}

/** Stored values below zero follow those above, as two's complement has them. */
export function placeOf(stored: number): number {
  return stored & (PLACES - 1);
}

export function storedAt(place: number, signed: boolean): number {
  return signed && place > HIGHEST_SIGNED ? place - PLACES : place;
}

export function modalityValue({ modality }: Pick<FrameStream, "modality">, stored: number): number {
  return ruleOf(modality)(stored);
}

export function modalityValues({ modality, signed }: Pick<FrameStream, "modality" | "signed">): ModalityValues {
  const valueOf = ruleOf(modality);
  const numbers = new Float64Array(PLACES);
  for (let place = 0; place < PLACES; place += 1) numbers[place] = valueOf(storedAt(place, signed));
  return { numbers, isSingle: modality.kind === "rescale" && !isWhole(modality) };
}

function ruleOf(modality: FrameStream["modality"]): (stored: number) => number {
  return modality.kind === "table" ? lookUp(modality) : rescaled(modality);
}

/** PS3.3 C.11.1.1: before the first and after the last it is the nearest. */
function lookUp({ first, entries }: ModalityTable): (stored: number) => number {
  const last = entries.length - 1;
  return (stored) => entries[Math.min(last, Math.max(0, stored - first))] ?? 0;
}

function rescaled(rescale: Rescale): (stored: number) => number {
  if (isWhole(rescale)) return (stored) => stored * rescale.slope + rescale.intercept;
  const slope = Math.fround(rescale.slope);
  const intercept = Math.fround(rescale.intercept);
  // A product or a sum of two singles, had in double and then rounded, is what single arithmetic gives.
  return (stored) => Math.fround(Math.fround(stored * slope) + intercept);
}

function isWhole({ slope, intercept }: Rescale): boolean {
  return Number.isInteger(slope) && Number.isInteger(intercept);
}
