/** What values a frame holds: for a window made of them, and for a probe. */

import type { FrameStream } from "../frames/stream";
import type { GreyWindow } from "../model";
import { PLACES, modalityValues, placeOf, storedAt } from "./modality";

export type StoredValues = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Int16Array<ArrayBuffer>;

export interface ValueRange {
  readonly low: number;
  readonly high: number;
}

type Told = Pick<FrameStream, "modality" | "signed" | "padding">;

/** What share of the values an automatic window leaves out at either end: a few hot pixels must not darken all. */
const LEFT_OUT = 0.005;

/** The least and the greatest value of interest, padding left aside; null where nothing else is. */
export function rangeOf(values: StoredValues, stream: Told): ValueRange | null {
  return shareRange(values, stream, 0);
}

/** The window over most of the values of a frame, without the outermost of them. */
export function autoWindow(values: StoredValues, stream: Told): GreyWindow | null {
  const range = shareRange(values, stream, LEFT_OUT);
  if (range === null) return null;
  const { low, high } = range;
  if (Number.isInteger(low) && Number.isInteger(high)) {
    return { center: (low + high + 1) / 2, width: high - low + 1, function: "LINEAR" };
  }
  return { center: (low + high) / 2, width: high - low || 1, function: "LINEAR_EXACT" };
}

function shareRange(values: StoredValues, stream: Told, leftOut: number): ValueRange | null {
  const counts = countsOf(values, stream);
  const { numbers } = modalityValues(stream);
  const places = [...counts.keys()]
    .filter((place) => (counts[place] ?? 0) > 0)
    .sort((one, other) => (numbers[one] ?? 0) - (numbers[other] ?? 0));
  const total = places.reduce((sum, place) => sum + (counts[place] ?? 0), 0);
  if (total === 0) return null;
  const low = at(places, counts, total * leftOut);
  const high = at(places.reverse(), counts, total * leftOut);
  return { low: numbers[low] ?? 0, high: numbers[high] ?? 0 };
}

function countsOf(values: StoredValues, { padding, signed }: Told): Uint32Array {
  const counts = new Uint32Array(PLACES);
  for (const value of values) counts[placeOf(value)] = (counts[placeOf(value)] ?? 0) + 1;
  if (padding !== null) {
    for (let place = 0; place < PLACES; place += 1) {
      const stored = storedAt(place, signed);
      if (stored >= padding[0] && stored <= padding[1]) counts[place] = 0;
    }
  }
  return counts;
}

function at(places: readonly number[], counts: Uint32Array, share: number): number {
  let seen = 0;
  for (const place of places) {
    seen += counts[place] ?? 0;
    if (seen > share) return place;
  }
  return places.at(-1) ?? 0;
}
