import { describe, expect, it } from "vitest";
import { indexAt, runsOf, shareOf } from "../../src/app/screens/viewer/ticks";

const loads = (...all: number[]) => Uint8Array.from(all);

describe("the marks of the scrubber", () => {
  it("join neighbours of one state", () => {
    expect(runsOf(loads(0, 2, 2, 1), 8)).toEqual([
      { y: 0, height: 2, load: 0 },
      { y: 2, height: 4, load: 2 },
      { y: 6, height: 2, load: 1 },
    ]);
  });

  it("tell the least of the slices that share a row", () => {
    expect(runsOf(loads(2, 2, 2, 0, 1, 1), 3)).toEqual([
      { y: 0, height: 1, load: 2 },
      { y: 1, height: 1, load: 0 },
      { y: 2, height: 1, load: 1 },
    ]);
  });

  it("cover the whole track, for any number of slices", () => {
    for (const count of [1, 2, 7, 160, 333, 5000]) {
      const runs = runsOf(new Uint8Array(count).map((_, slice) => slice % 3), 613);
      expect(runs.reduce((sum, { height }) => sum + height, 0)).toBe(613);
    }
    expect(runsOf(loads(), 100)).toEqual([]);
  });
});

describe("a place on the track", () => {
  it("is a slice, from the first at the top to the last at the bottom", () => {
    expect([indexAt(-5, 600, 160), indexAt(0, 600, 160), indexAt(599.9, 600, 160), indexAt(900, 600, 160)]).toEqual([0, 0, 159, 159]);
    expect(indexAt(10, 0, 160)).toBe(0);
    expect(indexAt(10, 600, 1)).toBe(0);
  });

  it("finds the slice whose mark lies there", () => {
    for (const count of [2, 3, 160, 1000]) {
      for (const index of [0, 1, Math.floor(count / 2), count - 1]) {
        expect(indexAt(shareOf(index, count) * 613, 613, count)).toBe(index);
      }
    }
  });
});
