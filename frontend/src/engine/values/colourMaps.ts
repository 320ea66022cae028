/**
 * Colours for greys: the well-known palettes of PS3.6 annex B. Each channel is written as its runs: a first value, and
 * then by how much it rises, so many times.
 */

import type { ColourMap } from "./colourMapNames";

type Mapped = Exclude<ColourMap, "grey">;
/** Pairs of rise and count; what follows the last rises no more. */
type Runs = readonly number[];

const RUNS: Readonly<Record<Mapped, readonly [red: Runs, green: Runs, blue: Runs]>> = {
  hotIron: [
    [2, 127, 1, 1],
    [0, 128, 2, 126, 3, 1],
    [0, 191, 4, 63, 3, 1],
  ],
  pet: [
    [0, 63, 1, 1, 2, 42, 1, 1, 2, 42, 1, 1, 2, 42],
    [2, 31, 3, 1, 2, 30, 3, 1, -2, 32, -1, 1, -2, 31, -1, 1, 2, 126, 3, 1],
    [1, 1, 2, 127, -3, 1, -4, 63, 4, 20, 5, 1, 4, 20, 5, 1, 4, 20, 5, 1],
  ],
  hotMetalBlue: [
    [
      0, 85, 3, 8, 2, 1, 3, 8, 2, 1, 3, 1, 2, 2, 3, 1, 2, 2, 3, 1, 2, 1, 3, 1, 2, 2, 3, 1, 2, 2, 3, 1, 2, 1, 3, 8,
      2, 1, 3, 16, 2, 1, 3, 8, 4, 2, 3, 1, 4, 5, 3, 1, 4, 5, 3, 1, 4, 2,
    ],
    [
      0, 119, 2, 4, 1, 1, 2, 7, 1, 1, 2, 8, 1, 1, 2, 7, 1, 1, 2, 8, 1, 1, 2, 7, 1, 1, 2, 8, 1, 1, 2, 7, 1, 1, 2,
      8, 1, 1, 2, 7, 1, 1, 2, 8, 1, 1, 2, 7, 1, 1, 2, 8, 1, 1, 2, 7, 1, 1, 2, 6, 1, 1, 2, 5, 1, 1, 2, 5, 1, 1, 2,
      2,
    ],
    [
      2, 8, 1, 1, 2, 33, 1, 1, 2, 16, 1, 1, 2, 33, 1, 1, 2, 8, -3, 8, -2, 1, -3, 8, -6, 4, -5, 1, -6, 7, -5, 1,
      -6, 4, -3, 8, -2, 1, -3, 8, 0, 17, 3, 8, 2, 1, 3, 16, 2, 1, 3, 16, 2, 1, 3, 16, 2, 1, 3, 10, 4, 1, 3, 3, 4,
      1, 3, 3, 4, 1, 3, 3, 4, 1, 3, 2,
    ],
  ],
  pet20Step: [
    [
      0, 12, 96, 1, 0, 12, -48, 1, 0, 24, 32, 1, 0, 12, 16, 1, 0, 12, 16, 1, 0, 12, 16, 1, 0, 11, -80, 1, 0, 25,
      32, 1, 0, 12, -16, 1, 0, 11, 160, 1, 0, 12, -16, 1, 0, 37, -16, 1, 0, 12, -16, 1, 0, 12, 79, 1,
    ],
    [
      0, 25, 48, 1, 0, 24, 32, 1, 0, 12, 16, 1, 0, 12, 16, 1, 0, 12, 16, 1, 0, 11, -32, 1, 0, 12, 48, 1, 0, 12,
      48, 1, 0, 12, 32, 1, 0, 24, -16, 1, 0, 12, -32, 1, 0, 12, -32, 1, 0, 11, -48, 1, 0, 12, -48, 1, 0, 12, -48,
      1, 0, 12, 255, 1,
    ],
    [
      0, 12, 80, 1, 0, 25, 32, 1, 0, 11, 16, 1, 0, 12, 48, 1, 0, 12, 16, 1, 0, 12, 32, 1, 0, 11, -176, 1, 0, 25,
      32, 1, 0, 12, -16, 1, 0, 11, 16, 1, 0, 12, 16, 1, 0, 12, -32, 1, 0, 12, -64, 1, 0, 50, 255, 1,
    ],
  ],
};

const LEVELS = 256;

/** RGBA of the 256 greys; null where greys stay greys. */
export function paletteOf(map: ColourMap): Uint8Array<ArrayBuffer> | null {
  if (map === "grey") return null;
  const palette = new Uint8Array(LEVELS * 4).fill(255);
  for (const [channel, runs] of RUNS[map].entries()) {
    for (const [grey, value] of risen(runs).entries()) palette[grey * 4 + channel] = value;
  }
  return palette;
}

function risen(runs: Runs): number[] {
  const values = [0];
  for (let run = 0; run < runs.length; run += 2) {
    const [rise = 0, count = 0] = runs.slice(run, run + 2);
    for (let step = 0; step < count; step += 1) values.push((values.at(-1) ?? 0) + rise);
  }
  while (values.length < LEVELS) values.push(values.at(-1) ?? 0);
  return values;
}
