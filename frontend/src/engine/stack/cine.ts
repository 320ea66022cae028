/** Which picture of a cine is due: no timer of its own, so that it can be tested and can wait for pictures. */

export const DEFAULT_RATE_HZ = 10;
export const RATES_HZ = { least: 1, most: 60 } as const;
/** After a pause longer than this (a tab in the background, a hold-up) the time is not made up for. */
const LONGEST_GAP_MS = 1000;
/** A due time is a sum of fractions: one that is met to this is met. */
const MET_MS = 1e-3;

export interface CinePace {
  /** Pictures a second, on average. */
  readonly rateHz: number;
  /** For how long each picture is shown beside the others, in any unit; null: for as long as any other. */
  readonly shares: readonly number[] | null;
  /** At either end it turns back, rather than begin anew. */
  readonly bounces: boolean;
}

export function limitRate(rateHz: number): number {
  return Math.min(RATES_HZ.most, Math.max(RATES_HZ.least, rateHz));
}

/** A place in a cine, and which way it goes on from there. */
export interface CinePlace {
  readonly index: number;
  readonly direction: 1 | -1;
}

export function placeAfter({ index, direction }: CinePlace, count: number, bounces: boolean): CinePlace {
  if (count < 2) return { index: 0, direction: 1 };
  if (!bounces) return { index: (index + 1) % count, direction: 1 };
  const turned = index + direction < 0 || index + direction >= count ? (-direction as 1 | -1) : direction;
  return { index: index + turned, direction: turned };
}

/** The places that come next, the nearest first. */
export function placesAfter(place: CinePlace, count: number, bounces: boolean, many: number): CinePlace[] {
  const places: CinePlace[] = [];
  let next = place;
  while (places.length < many) {
    next = placeAfter(next, count, bounces);
    places.push(next);
  }
  return places;
}

export class CineRun {
  #count: number;
  #bounces: boolean;
  #durationsMs: readonly number[];
  #place: CinePlace;
  #dueMs: number | null = null;
  #next: { readonly place: CinePlace; readonly dueMs: number } | null = null;

  constructor(count: number, from: number, pace: CinePace) {
    this.#count = count;
    this.#bounces = pace.bounces;
    this.#durationsMs = durationsOf(count, pace);
    this.#place = { index: from, direction: 1 };
  }

  get place(): CinePlace {
    return this.#place;
  }

  /**
   * The index of the picture that should be shown at this time; null where it is still the one that is. Where the
   * screen is slower than the cine, pictures are left out. The first call starts the run; `take` or `hold` must follow.
   */
  due(nowMs: number): number | null {
    if (this.#dueMs === null) {
      this.#dueMs = nowMs + this.#durationOf(this.#place);
      return null;
    }
    if (nowMs + MET_MS < this.#dueMs) return null;
    const isLate = nowMs - this.#dueMs > LONGEST_GAP_MS;
    let place = this.#place;
    let dueMs = isLate ? nowMs : this.#dueMs;
    do {
      place = placeAfter(place, this.#count, this.#bounces);
      dueMs += this.#durationOf(place);
    } while (dueMs <= nowMs + MET_MS);
    this.#next = { place, dueMs };
    return place.index;
  }

  /** What was due is shown. */
  take(): void {
    if (this.#next === null) return;
    ({ place: this.#place, dueMs: this.#dueMs } = this.#next);
    this.#next = null;
  }

  /** What is due is not here yet: the one after this is asked for again at once, and time counts from when it is shown. */
  hold(nowMs: number): void {
    this.#dueMs = nowMs;
    this.#next = null;
  }

  #durationOf({ index }: CinePlace): number {
    return this.#durationsMs[index] ?? this.#durationsMs[0] ?? LONGEST_GAP_MS;
  }
}

function durationsOf(count: number, { rateHz, shares }: CinePace): number[] {
  const meanMs = 1000 / limitRate(rateHz);
  const known = shares?.length === count ? shares : Array.from({ length: count }, () => 1);
  const mean = known.reduce((sum, share) => sum + share, 0) / Math.max(1, count);
  return known.map((share) => (meanMs * share) / mean);
}
