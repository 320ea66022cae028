/** Which levels to ask for, given what is looked at: a pure list, in order of importance. */

import { type Frame, type ImageFormat, frameKey } from "../model";
import { isHurried } from "../stack/travel";
import type { Purpose, Want } from "../tiles/requestQueue";
import type { FrameSink, Look } from "./source";

export interface LevelJob {
  readonly frame: Frame;
  readonly level: number;
}

type Known = Pick<FrameSink, "has" | "countOf" | "isWanted">;

/** So far ahead a reader who goes on will be in a moment. */
const NEAR = 3;

/** The frame that is looked at, on each stage; then outward on each, further ahead than behind. */
export function wantedOf(looks: readonly Look[], known: Known, guessed: (format: ImageFormat) => number): Want<LevelJob>[] {
  const list = new LevelList(known, guessed);
  for (const look of looks) {
    const frame = look.stack.frames[look.index];
    // A slice that is gone before its levels come is shown by its tile.
    if (frame !== undefined && !isHurried(look.speed)) list.add("visible", frame);
  }
  for (const look of looks) if (!look.alone && !isHurried(look.speed)) addAround(list, look);
  return list.wants;
}

/** Indexes around that of a look, the nearest first. */
export function* outward({ stack, index, direction, ahead, behind }: Look): Generator<Frame> {
  const forward = direction === 0 ? 1 : direction;
  for (let away = 1; away <= Math.max(ahead, behind); away += 1) {
    const next = away <= ahead ? stack.frames[index + forward * away] : undefined;
    const last = away <= behind ? stack.frames[index - forward * away] : undefined;
    if (next !== undefined) yield next;
    if (last !== undefined) yield last;
  }
}

function addAround(list: LevelList, look: Look): void {
  let place = 0;
  for (const frame of outward(look)) {
    list.add(place < NEAR ? "near" : "prefetch", frame);
    place += 1;
  }
}

class LevelList {
  readonly wants: Want<LevelJob>[] = [];
  #seen = new Set<string>();
  readonly #known: Known;
  readonly #guessed: (format: ImageFormat) => number;

  constructor(known: Known, guessed: (format: ImageFormat) => number) {
    this.#known = known;
    this.#guessed = guessed;
  }

  /** All levels that are not here; of a stream that is not known yet, as many as others of its kind have. */
  add(purpose: Purpose, frame: Frame): void {
    if (!this.#known.isWanted(frame)) return;
    const count = this.#known.countOf(frame) ?? this.#guessed(frame.format);
    for (let level = 0; level < count; level += 1) {
      const key = `${frameKey(frame)}/${level}`;
      if (this.#seen.has(key) || this.#known.has(frame, level)) continue;
      this.#seen.add(key);
      this.wants.push({ key, purpose, job: { frame, level } });
    }
  }
}
