/** A flick that runs the stack and slows. Pure: it is asked how far it went since it was asked before. */

/** The speed falls to 1/e in this time. */
const TIME_CONSTANT_MS = 420;
/** Slower than this it stands, px/ms. */
const STANDSTILL = 0.03;
const FASTEST = 6;

export class Momentum {
  #velocity: number;
  #timeMs: number;

  /** Velocity in px/ms. */
  constructor(velocity: number, timeMs: number) {
    this.#velocity = Math.max(-FASTEST, Math.min(FASTEST, velocity));
    this.#timeMs = timeMs;
  }

  get isOver(): boolean {
    return Math.abs(this.#velocity) < STANDSTILL;
  }

  /** Pixels since the last call, by the integral of an exponential fall. */
  advance(timeMs: number): number {
    const elapsed = Math.max(0, timeMs - this.#timeMs);
    const before = this.#velocity;
    this.#timeMs = timeMs;
    this.#velocity = before * Math.exp(-elapsed / TIME_CONSTANT_MS);
    return (before - this.#velocity) * TIME_CONSTANT_MS;
  }
}

/** Speeds below this are a finger that stopped, px/ms. */
export const FLING_FROM = 0.25;
