/** The scrubber's arithmetic: marks by load state, and from a place on the track to a slice and back. Pure. */

import { LOAD } from "../../../engine/index";

/** Neighbouring rows of the track in one state. */
export interface Run {
  readonly y: number;
  readonly height: number;
  /** LOAD of the engine. */
  readonly load: number;
}

/**
 * One mark for each row of the track, runs joined. Where several slices share a row it tells the least of them: a mark
 * must not promise what one of its slices has not.
 */
export function runsOf(loads: Uint8Array, rows: number): Run[] {
  const runs: { y: number; height: number; load: number }[] = [];
  if (loads.length === 0) return runs;
  for (let y = 0; y < rows; y += 1) {
    const load = leastIn(loads, (y * loads.length) / rows, ((y + 1) * loads.length) / rows);
    const last = runs.at(-1);
    if (last?.load === load) last.height += 1;
    else runs.push({ y, height: 1, load });
  }
  return runs;
}

function leastIn(loads: Uint8Array, from: number, to: number): number {
  let least: number = LOAD.exact;
  const first = Math.floor(from);
  for (let slice = first; slice < Math.max(to - 1e-9, first + 1e-9); slice += 1) {
    least = Math.min(least, loads[slice] ?? LOAD.exact);
  }
  return least;
}

/** The slice at a place of the track: its first row is the first slice, its last row the last. */
export function indexAt(y: number, height: number, count: number): number {
  if (count <= 1 || height <= 0) return 0;
  const share = Math.min(1, Math.max(0, y / height));
  return Math.min(count - 1, Math.floor(share * count));
}

/** The middle of a slice's part of the track, from 0 to 1. */
export function shareOf(index: number, count: number): number {
  return count <= 1 ? 0.5 : (index + 0.5) / count;
}
