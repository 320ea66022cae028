/** Taps, double taps and the long press, from one finger that stays where it is. Pure. */

import type { Point } from "../model";

/** A finger that moves less than this stays. */
export const SLOP_PX = 8;
export const LONG_PRESS_MS = 450;
const TAP_MS = 350;
const DOUBLE_TAP_MS = 320;
const DOUBLE_TAP_PX = 32;

export function isBeyondSlop(from: Point, to: Point): boolean {
  return Math.hypot(to.x - from.x, to.y - from.y) > SLOP_PX;
}

export class TapRecogniser {
  #last: (Point & { timeMs: number }) | null = null;

  /** A finger left where it came down. */
  onTap(at: Point, downMs: number, upMs: number): "tap" | "doubleTap" | null {
    if (upMs - downMs > TAP_MS) {
      this.#last = null;
      return null;
    }
    const before = this.#last;
    const isSecond =
      before !== null &&
      upMs - before.timeMs <= DOUBLE_TAP_MS &&
      Math.hypot(at.x - before.x, at.y - before.y) <= DOUBLE_TAP_PX;
    this.#last = isSecond ? null : { x: at.x, y: at.y, timeMs: upMs };
    return isSecond ? "doubleTap" : "tap";
  }

  forget(): void {
    this.#last = null;
  }
}
