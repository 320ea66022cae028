/** How many pictures a second were really shown. Pure. */

const WINDOW_MS = 2000;

export class RateMeter {
  #shownMs: number[] = [];

  add(timeMs: number): void {
    this.#shownMs = [...this.#shownMs.filter((each) => timeMs - each <= WINDOW_MS), timeMs];
  }

  /** Pictures a second over the last two seconds; null before there is anything to tell. */
  rateHz(): number | null {
    const first = this.#shownMs[0];
    const last = this.#shownMs.at(-1);
    if (first === undefined || last === undefined || last - first < 300) return null;
    return ((this.#shownMs.length - 1) * 1000) / (last - first);
  }

  reset(): void {
    this.#shownMs = [];
  }
}
