import { describe, expect, it } from "vitest";
import { isComplete, lensFor, quadsOf } from "../../src/engine/scene";
import { ladderOf } from "../../src/engine/tiles/ladder";
import type { Tile } from "../../src/engine/tiles/tile";
import { tileKey } from "../../src/engine/tiles/tile";
import { UNTURNED, apply, fit, imageToScreen, invert } from "../../src/engine/view/transform";
import { ctStack, imageFormat } from "./builders";

const format = imageFormat(1000, 1000);
const [frame] = ctStack(1, format).frames;
const [quick, half, full] = ladderOf(format);
if (frame === undefined || quick === undefined || half === undefined || full === undefined) throw new Error("no frame");
const whole = { x0: 0, y0: 0, x1: 1000, y1: 1000 };

const tile = (rung: typeof quick, x = 0, y = 0, windowKey = "own"): Tile => {
  const place = { rung, x, y };
  return { key: tileKey(frame, place), place, picture: { width: 1, height: 1, close: () => undefined }, windowKey, window: null };
};
const four = (windowKey = "own") => [tile(full, 0, 0, windowKey), tile(full, 1, 0, windowKey), tile(full, 0, 1, windowKey), tile(full, 1, 1, windowKey)];
const places = (quads: ReturnType<typeof quadsOf>) => quads.map((quad) => quad.tile.place.rung.place);

describe("what is drawn", () => {
  it("is every level that is here, the wanted one on top, while that has gaps", () => {
    const tiles = [tile(full), tile(quick), tile(half)];
    expect(places(quadsOf(frame, tiles, full, whole, null))).toEqual([0, 1, 2]);
    expect(places(quadsOf(frame, [tile(full), tile(quick)], half, whole, null))).toEqual([0, 2]);
  });

  it("is the wanted level alone once that covers what is seen", () => {
    expect(places(quadsOf(frame, [tile(quick), ...four()], full, whole, null))).toEqual([2, 2, 2, 2]);
    const corner = { x0: 0, y0: 0, x1: 300, y1: 300 };
    expect(places(quadsOf(frame, [tile(quick), tile(full)], full, corner, null))).toEqual([2]);
  });

  it("is complete only when all of it has the window that was chosen", () => {
    const window = { center: 1, width: 2, function: "LINEAR" } as const;
    expect(isComplete(frame, four(), full, whole, null)).toBe(true);
    expect(isComplete(frame, four().slice(1), full, whole, null)).toBe(false);
    expect(isComplete(frame, four(), full, whole, window)).toBe(false);
    expect(isComplete(frame, four("1,2,LINEAR"), full, whole, window)).toBe(true);
  });
});

describe("the magnifier", () => {
  const viewport = { width: 400, height: 800 };
  const view = fit(UNTURNED, format, viewport);

  it("shows what is under the finger, above the finger", () => {
    const at = { x: 210, y: 400 };
    const place = lensFor(at, view, frame, viewport, 2);
    if (place === null) throw new Error("no lens");
    expect(place.centre.y).toBeLessThan(at.y - 60);
    const under = apply(invert(imageToScreen(view, format, viewport)), at);
    const shown = apply(place.lens.matrix, under);
    expect(shown.x / 2).toBeCloseTo(place.centre.x);
    expect(shown.y / 2).toBeCloseTo(place.centre.y);
    expect(place.zoom).toBeCloseTo(view.scale * 2 * 2.4);
    expect(place.part.x0).toBeLessThan(under.x);
    expect(place.part.x1).toBeGreaterThan(under.x);
  });

  it("lies below a finger at the top, and never beyond the sides", () => {
    const place = lensFor({ x: 3, y: 210 }, view, frame, viewport, 1);
    expect(place?.centre.x).toBeGreaterThanOrEqual(68);
    expect(lensFor({ x: 200, y: 100 }, view, frame, viewport, 1)?.centre.y).toBeGreaterThan(100);
  });
});
