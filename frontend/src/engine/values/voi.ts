/** From values of interest to 256 greys (PS3.3 C.11.2), number for number as viewer/imaging/voi.py. */

import type { VoiTable } from "../frames/stream";
import type { GreyWindow } from "../model";
import type { ModalityValues } from "./modality";

const WHITE = 255;
/** e to this is still a number. */
const EXPONENT_BOUND = 700;

export type Greys = Uint8Array<ArrayBuffer>;
type Round = (value: number) => number;

const double: Round = (value) => value;

export function greysOf(values: ModalityValues, by: GreyWindow | VoiTable): Greys {
  return "kind" in by ? throughTable(values, by) : throughWindow(values, by);
}

/** PS3.3 C.11.2.1.2.1, C.11.2.1.3.1 and C.11.2.1.3.2, rounded to the nearest. */
function throughWindow({ numbers, isSingle }: ModalityValues, window: GreyWindow): Greys {
  const round = isSingle ? Math.fround : double;
  const shareOf = window.function === "SIGMOID" ? sigmoid(window, round) : ramp(window, round);
  // Of a sigmoid the server reckons in double whatever the values are.
  const last = window.function === "SIGMOID" ? double : round;
  const greys = new Uint8Array(numbers.length);
  for (let place = 0; place < numbers.length; place += 1) {
    const grey = last(last(shareOf(numbers[place] ?? 0) * WHITE) + 0.5);
    greys[place] = grey <= 0 ? 0 : grey >= WHITE ? WHITE : Math.trunc(grey);
  }
  return greys;
}

function ramp({ center, width, function: kind }: GreyWindow, round: Round): Round {
  const middle = round(kind === "LINEAR" ? center - 0.5 : center);
  const span = kind === "LINEAR" ? width - 1 : width;
  // A LINEAR window of width 1 is a threshold: black up to the centre - 0.5, white above.
  if (span <= 0) return (value) => (value > middle ? 1 : 0);
  const divisor = round(span);
  return (value) => round(round(round(value - middle) / divisor) + 0.5);
}

function sigmoid({ center, width }: GreyWindow, round: Round): Round {
  const middle = round(center);
  const steepness = round(-4 / width);
  return (value) => {
    const exponent = round(round(value - middle) * steepness);
    return 1 / (1 + Math.exp(Math.min(EXPONENT_BOUND, Math.max(-EXPONENT_BOUND, exponent))));
  };
}

/** PS3.3 C.11.2.1.1: what is below or above the table has its first or last entry. */
function throughTable({ numbers }: ModalityValues, { first, bits, entries }: VoiTable): Greys {
  const most = 2 ** bits - 1;
  const half = Math.floor(most / 2);
  const shown = Uint8Array.from(entries, (entry) => Math.min(WHITE, Math.floor((entry * WHITE + half) / most)));
  const last = shown.length - 1;
  const greys = new Uint8Array(numbers.length);
  for (let place = 0; place < numbers.length; place += 1) {
    const entry = nearestEven(numbers[place] ?? 0) - first;
    greys[place] = shown[Math.min(last, Math.max(0, entry))] ?? 0;
  }
  return greys;
}

/** A half goes to the even neighbour. */
function nearestEven(value: number): number {
  const up = Math.round(value);
  return up - value === 0.5 && up % 2 !== 0 ? up - 1 : up;
}
