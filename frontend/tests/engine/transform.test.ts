import { describe, expect, it } from "vitest";
import {
  UNTURNED,
  apply,
  fit,
  flip,
  imageToScreen,
  invert,
  oneToOne,
  panBy,
  turn,
  visiblePart,
  zoomAbout,
  zoomOf,
} from "../../src/engine/view/transform";

const viewport = { width: 390, height: 844 };
const ct = { columns: 512, rows: 512, aspect: 1 };
const fitted = fit(UNTURNED, ct, viewport);
const at = (view: typeof fitted, x: number, y: number, image = ct) => apply(imageToScreen(view, image, viewport), { x, y });

describe("a fitted image", () => {
  it("touches both sides and is centred", () => {
    expect(at(fitted, 0, 0)).toEqual({ x: 0, y: 227 });
    expect(at(fitted, 512, 512)).toEqual({ x: 390, y: 617 });
  });

  it("is drawn in true proportion where pixels are not square", () => {
    const flat = { columns: 512, rows: 256, aspect: 2 };
    const view = fit(UNTURNED, flat, viewport);
    expect(at(view, 512, 256, flat)).toEqual({ x: 390, y: 617 });
  });

  it("fits the turned image after a quarter turn", () => {
    const wide = { columns: 1000, rows: 500, aspect: 1 };
    const view = fit(turn(fit(UNTURNED, wide, viewport), 1), wide, viewport);
    // Now 500 wide and 1000 high: the width of 390 allows 0.78.
    expect(view.scale).toBeCloseTo(0.78);
  });
});

describe("zoom", () => {
  it("keeps the point under the fingers where it is", () => {
    const about = { x: 100, y: 300 };
    const before = apply(invert(imageToScreen(fitted, ct, viewport)), about);
    const near = zoomAbout(fitted, ct, viewport, 3, 2.5, about);
    const after = at(near, before.x, before.y);
    expect(after.x).toBeCloseTo(about.x, 9);
    expect(after.y).toBeCloseTo(about.y, 9);
    expect(near.fitted).toBe(false);
  });

  it("stops at 24 device pixels for one of the image, and at half the fitted size or one to one", () => {
    expect(zoomOf(zoomAbout(fitted, ct, viewport, 3, 1e6, { x: 1, y: 1 }), 3)).toBeCloseTo(24);
    const small = zoomAbout(fitted, ct, viewport, 3, 1e-6, { x: 1, y: 1 });
    expect(small.scale).toBeCloseTo(Math.min(fitted.scale / 2, 1 / 3));
  });

  it("one to one gives each column one device pixel", () => {
    expect(zoomOf(oneToOne(fitted, ct, viewport, 2), 2)).toBeCloseTo(1);
  });
});

it("panning stops before the image is lost", () => {
  const gone = panBy(fitted, ct, 1e6, -1e6);
  expect(gone.x).toBeCloseTo(195);
  expect(gone.y).toBeCloseTo(-195);
});

describe("turning and mirroring", () => {
  it("turns clockwise", () => {
    // The top left corner of the image comes to the top right.
    expect(at(turn(fitted, 1), 0, 0)).toEqual({ x: 390, y: 227 });
  });

  it("mirrors what is on the screen, whatever the turn", () => {
    for (const quarters of [0, 1, 2, 3]) {
      const turned = { ...turn(fitted, quarters), x: 30, y: 20 };
      const corner = at(turned, 0, 0);
      const across = at(flip(turned, "horizontal"), 0, 0);
      expect(across.x).toBeCloseTo(390 - corner.x, 9);
      expect(across.y).toBeCloseTo(corner.y, 9);
      const down = at(flip(turned, "vertical"), 0, 0);
      expect(down.x).toBeCloseTo(corner.x, 9);
      expect(down.y).toBeCloseTo(844 - corner.y, 9);
    }
  });

  it("comes back after four turns or two mirrorings", () => {
    const view = { ...fitted, x: 12, y: 5 };
    expect(turn(turn(turn(turn(view, 1), 1), 1), 1)).toEqual(view);
    expect(flip(flip(view, "vertical"), "vertical")).toEqual(view);
  });
});

it("knows which part of the image is on screen", () => {
  expect(visiblePart(fitted, ct, viewport)).toEqual({ x0: 0, y0: 0, x1: 512, y1: 512 });
  const near = zoomAbout(fitted, ct, viewport, 1, 4, { x: 195, y: 422 });
  const part = visiblePart(near, ct, viewport);
  expect(part?.x0).toBeCloseTo(192);
  expect(part?.x1).toBeCloseTo(320);
});
