import { describe, expect, it } from "vitest";
import { type CinePace, CineRun, placesAfter } from "../../src/engine/stack/cine";
import { Travel } from "../../src/engine/stack/travel";

const even = (rateHz: number, more: Partial<CinePace> = {}): CinePace => ({ rateHz, shares: null, bounces: false, ...more });

/** The pictures that are shown, by the times at which they come. */
function played(run: CineRun, fromMs: number, toMs: number, everyMs: number): [timeMs: number, index: number][] {
  const shown: [number, number][] = [];
  for (let now = fromMs; now <= toMs; now += everyMs) {
    const index = run.due(now);
    if (index === null) continue;
    run.take();
    shown.push([Math.round(now), index]);
  }
  return shown;
}

describe("the run of a cine", () => {
  it.each([10, 15, 24, 30, 48])("keeps %i pictures a second on a screen of 60 Hz", (rate) => {
    const shown = played(new CineRun(1000, 0, even(rate)), 0, 10_000, 1000 / 60);
    expect(shown.at(-1)?.[1]).toBeCloseTo(rate * 10, -0.5);
    expect(shown.length).toBeGreaterThan(rate * 9);
  });

  it("leaves pictures out where the screen is slower than the cine", () => {
    const run = new CineRun(100, 0, even(60));
    run.due(0);
    expect(run.due(100)).toBe(6);
  });

  it("does not make up for a tab that slept", () => {
    const run = new CineRun(100, 0, even(10));
    run.due(0);
    expect(run.due(60_000)).toBe(1);
    run.take();
    expect(run.due(60_050)).toBeNull();
    expect(run.due(60_100)).toBe(2);
  });

  it("waits for a picture that is not here, and counts on from it", () => {
    const run = new CineRun(100, 0, even(10));
    run.due(0);
    expect(run.due(100)).toBe(1);
    run.hold(100);
    expect(run.due(117)).toBe(1);
    run.take();
    expect(run.due(150)).toBeNull();
    expect(run.due(217)).toBe(2);
  });

  it("shows each picture for as long as its share says", () => {
    // PS3.3 C.7.6.5.1.2, as the digest tells it: 40, 120 and 80 ms are 12.5 pictures a second.
    const run = new CineRun(3, 0, even(12.5, { shares: [40, 120, 80] }));
    expect(played(run, 0, 480, 10)).toEqual([[40, 1], [160, 2], [240, 0], [280, 1], [400, 2], [480, 0]]);
  });

  it("keeps the shares at another speed", () => {
    const run = new CineRun(3, 0, even(25, { shares: [40, 120, 80] }));
    expect(played(run, 0, 120, 5)).toEqual([[20, 1], [80, 2], [120, 0]]);
  });

  it("has no use for shares that are not one for each picture", () => {
    expect(played(new CineRun(4, 0, even(10, { shares: [1, 2] })), 0, 400, 10).map(([at]) => at)).toEqual([100, 200, 300, 400]);
  });

  it("turns back at the ends, without showing them twice", () => {
    const run = new CineRun(3, 1, even(10, { bounces: true }));
    expect(played(run, 0, 700, 100).map(([, index]) => index)).toEqual([2, 1, 0, 1, 2, 1, 0]);
  });

  it("begins anew at the end", () => {
    expect(played(new CineRun(3, 1, even(10)), 0, 400, 100).map(([, index]) => index)).toEqual([2, 0, 1, 2]);
  });

  it("says what comes next, for whoever fetches it", () => {
    const next = (index: number, direction: 1 | -1, bounces: boolean): number[] =>
      placesAfter({ index, direction }, 4, bounces, 5).map((place) => place.index);
    expect(next(2, 1, false)).toEqual([3, 0, 1, 2, 3]);
    expect(next(2, 1, true)).toEqual([3, 2, 1, 0, 1]);
    expect(next(1, -1, true)).toEqual([0, 1, 2, 3, 2]);
    expect(placesAfter({ index: 0, direction: 1 }, 1, true, 2).map((place) => place.index)).toEqual([0, 0]);
  });

  it("holds to rates that can be shown", () => {
    expect(played(new CineRun(10, 0, even(0)), 0, 3000, 10).map(([at]) => at)).toEqual([1000, 2000, 3000]);
  });
});

describe("travel through a stack", () => {
  it("knows the direction and the speed, and that the reader stands", () => {
    const travel = new Travel();
    for (let now = 0; now <= 1000; now += 50) travel.step(-1, now);
    expect(travel.direction(1000)).toBe(-1);
    expect(travel.speed(1000)).toBeCloseTo(20, 0);
    expect(travel.speed(1200)).toBe(0);
    expect(travel.direction(1200)).toBe(-1);
    expect(travel.direction(10_000)).toBe(0);
  });

  it("goes on where a page that is busy drawing hears of several steps at once", () => {
    const travel = new Travel();
    for (let now = 0; now <= 1000; now += 200) travel.step(4, now);
    expect(travel.speed(1000)).toBeCloseTo(20, 0);
  });

  it("has no speed by single steps, or by a jump after a rest", () => {
    const travel = new Travel();
    travel.step(1, 0);
    travel.step(1, 200);
    expect(travel.speed(200)).toBe(0);
    travel.step(250, 2000);
    expect(travel.speed(2000)).toBe(0);
  });
});
