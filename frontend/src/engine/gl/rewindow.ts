/**
 * From greys of one window to greys of another, for the moment until the server's own arrive. An approximation: a tile
 * has 256 greys, and what lay outside its window is lost.
 */

import type { GreyWindow } from "../model";

/** grey' = clamp(f(gain * f⁻¹(grey) + offset)): greys from 0 to 1; the functions bend it where a window is sigmoid. */
export interface Rewindow {
  readonly gain: number;
  readonly offset: number;
  readonly fromSigmoid: boolean;
  readonly toSigmoid: boolean;
}

export const SAME: Rewindow = { gain: 1, offset: 0, fromSigmoid: false, toSigmoid: false };
/** PS3.3 C.11.2.1.3.1: grey = 1 / (1 + exp(-4 (x - c) / w)). */
const SIGMOID_STEEPNESS = 4;

/** `inverse`: the greys are drawn upside down (MONOCHROME1), before and after. */
export function rewindow(from: GreyWindow | null, to: GreyWindow | null, inverse: boolean): Rewindow {
  if (from === null || to === null || isSame(from, to)) return SAME;
  const was = ramp(from);
  const is = ramp(to);
  const gain = was.width / is.width;
  const offset = (was.low - is.low) / is.width;
  return {
    gain,
    // 1 - (gain (1 - grey) + offset); the sigmoid is symmetric, so it holds for that as well.
    offset: inverse ? 1 - gain - offset : offset,
    fromSigmoid: from.function === "SIGMOID",
    toSigmoid: to.function === "SIGMOID",
  };
}

/** What the shader does, for the canvas fallback and for tests. */
export function regrey(grey: number, { gain, offset, fromSigmoid, toSigmoid }: Rewindow): number {
  const straight = fromSigmoid ? logit(grey) : grey;
  const moved = straight * gain + offset;
  return Math.min(1, Math.max(0, toSigmoid ? logistic(moved) : moved));
}

/** The value where a linear window's grey is 0 (a sigmoid's tangent is), and the way from there to 1. */
function ramp({ center, width, function: kind }: GreyWindow): { low: number; width: number } {
  // PS3.3 C.11.2.1.2.1: LINEAR runs from c - 0.5 - (w-1)/2 over w - 1; C.11.2.1.3.2: LINEAR_EXACT over w.
  if (kind === "LINEAR") {
    const span = Math.max(width - 1, 1e-6);
    return { low: center - 0.5 - span / 2, width: span };
  }
  return { low: center - width / 2, width };
}

function isSame(one: GreyWindow, other: GreyWindow): boolean {
  return one.center === other.center && one.width === other.width && one.function === other.function && one.lut === other.lut;
}

function logit(grey: number): number {
  const inside = Math.min(0.998, Math.max(0.002, grey));
  return 0.5 + Math.log(inside / (1 - inside)) / SIGMOID_STEEPNESS;
}

function logistic(straight: number): number {
  return 1 / (1 + Math.exp(-SIGMOID_STEEPNESS * (straight - 0.5)));
}
