/** How fast a finger moved just before it left. Pure. */

interface Place {
  readonly at: number;
  readonly timeMs: number;
}

/** Only the last of the movement counts: a finger that rested before it left flings nothing. */
const WINDOW_MS = 100;

export class VelocityTracker {
  #places: Place[] = [];

  add(at: number, timeMs: number): void {
    this.#places.push({ at, timeMs });
    this.#places = this.#places.filter((place) => timeMs - place.timeMs <= WINDOW_MS);
  }

  /** Pixels a millisecond, at this time. */
  velocity(timeMs: number): number {
    const recent = this.#places.filter((place) => timeMs - place.timeMs <= WINDOW_MS);
    const first = recent[0];
    const last = recent.at(-1);
    if (first === undefined || last === undefined || last.timeMs - first.timeMs < 8) return 0;
    return (last.at - first.at) / (last.timeMs - first.timeMs);
  }
}
