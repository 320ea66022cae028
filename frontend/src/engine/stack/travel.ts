/** Where in the stack the reader is going, and how fast: decides what is fetched ahead. Pure. */

/** After this long without a step the reader stands. */
export const STANDS_AFTER_MS = 160;
/** A page that is busy drawing hears of several steps at once, and late: within so long they are one movement. */
const STALLS_FOR_MS = 500;
/** The direction is remembered longer: a reader who paused goes on the same way more often than not. */
const REMEMBERS_MS = 4000;
/** Faster than this a slice is gone before its full level comes: the quick preview does. */
const HURRY_SLICES_PER_S = 12;

export function isHurried(slicesPerS: number): boolean {
  return slicesPerS > HURRY_SLICES_PER_S;
}

export class Travel {
  #direction: -1 | 0 | 1 = 0;
  #speed = 0;
  #lastMs = -Infinity;

  step(slices: number, timeMs: number): void {
    const elapsed = timeMs - this.#lastMs;
    const now = Math.abs(slices) / Math.max(elapsed / 1000, 1 / 120);
    if (elapsed <= STANDS_AFTER_MS) this.#speed = this.#speed * 0.6 + now * 0.4;
    else this.#speed = Math.abs(slices) > 1 && elapsed <= STALLS_FOR_MS ? now : 0;
    this.#direction = slices > 0 ? 1 : -1;
    this.#lastMs = timeMs;
  }

  /** Slices a second. */
  speed(timeMs: number): number {
    return timeMs - this.#lastMs > STANDS_AFTER_MS ? 0 : this.#speed;
  }

  direction(timeMs: number): -1 | 0 | 1 {
    return timeMs - this.#lastMs > REMEMBERS_MS ? 0 : this.#direction;
  }

  reset(): void {
    this.#direction = 0;
    this.#speed = 0;
    this.#lastMs = -Infinity;
  }
}
