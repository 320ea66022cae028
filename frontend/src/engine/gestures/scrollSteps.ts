/** From a finger's way in pixels to slices: what is left over is kept for the next movement. Pure. */

/** On a short stack a slice takes this much of the finger's way; on a long one the whole surface is the whole stack. */
const MOST_PX = 36;
const LEAST_PX = 5;

export function pixelsPerSlice(slices: number, surfaceHeight: number): number {
  if (slices <= 1) return MOST_PX;
  return Math.min(MOST_PX, Math.max(LEAST_PX, (surfaceHeight * 0.8) / slices));
}

export class ScrollSteps {
  #rest = 0;

  /** Whole slices in this way and what was left before. */
  take(deltaPx: number, perSlice: number): number {
    this.#rest += deltaPx / perSlice;
    const whole = Math.trunc(this.#rest) + 0; // no negative zero
    this.#rest -= whole;
    return whole;
  }

  reset(): void {
    this.#rest = 0;
  }
}
