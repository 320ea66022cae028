import { describe, expect, it } from "vitest";
import { filterOf } from "../../src/engine/gl/canvasPainter";
import { SAME, regrey, rewindow } from "../../src/engine/gl/rewindow";
import { draggedWindow, rounded } from "../../src/engine/hand";
import type { GreyWindow, WindowFunction } from "../../src/engine/model";

/** PS3.3 C.11.2.1.2.1 and C.11.2.1.3, written as the standard does: value to grey from 0 to 1. */
function show(value: number, { center, width, function: kind }: GreyWindow): number {
  if (kind === "SIGMOID") return 1 / (1 + Math.exp((-4 * (value - center)) / width));
  if (kind === "LINEAR_EXACT") return Math.min(1, Math.max(0, (value - center) / width + 0.5));
  return Math.min(1, Math.max(0, (value - (center - 0.5)) / (width - 1) + 0.5));
}

const grey = (center: number, width: number, kind: WindowFunction = "LINEAR"): GreyWindow => ({ center, width, function: kind });

describe("a tile shown through another window", () => {
  it.each([
    [grey(40, 400), grey(60, 250)],
    [grey(40, 400), grey(-20, 900)],
    [grey(0.5, 1.2, "LINEAR_EXACT"), grey(0.4, 0.7, "LINEAR_EXACT")],
    [grey(40, 400, "SIGMOID"), grey(60, 300, "SIGMOID")],
    [grey(40, 400), grey(60, 300, "SIGMOID")],
  ])("has the greys that the server would give, within the tile's own range", (from, to) => {
    for (const share of [0.1, 0.3, 0.5, 0.7, 0.9]) {
      const value = from.center + (share - 0.5) * from.width * 0.9;
      expect(regrey(show(value, from), rewindow(from, to, false))).toBeCloseTo(show(value, to), 3);
      // MONOCHROME1: both are drawn upside down.
      expect(regrey(1 - show(value, from), rewindow(from, to, true))).toBeCloseTo(1 - show(value, to), 3);
    }
  });

  it("is left alone where a window is not known or is the same", () => {
    expect(rewindow(null, grey(1, 2), false)).toBe(SAME);
    expect(rewindow(grey(1, 2), grey(1, 2), false)).toBe(SAME);
  });

  it("is made of canvas filters where there is no shader", () => {
    expect(filterOf(SAME, false)).toBe("none");
    expect(filterOf(SAME, true)).toBe("invert(1)");
    const filter = filterOf(rewindow(grey(40, 400), grey(40, 200), false), false);
    const [, brightness, contrast] = /brightness\(([\d.]+)\) contrast\(([\d.]+)\)/.exec(filter)?.map(Number) ?? [];
    const drawn = (0.6 * (brightness ?? 0) - 0.5) * (contrast ?? 0) + 0.5;
    expect(drawn).toBeCloseTo(regrey(0.6, rewindow(grey(40, 400), grey(40, 200), false)), 6);
  });
});

describe("dragging a window", () => {
  it("widens to the right and darkens downwards, in proportion to its width", () => {
    const moved = draggedWindow(grey(40, 280), 10, 20);
    expect([moved.width, moved.center]).toEqual([290, 60]);
  });

  it("never makes a width that the standard forbids", () => {
    expect(draggedWindow(grey(40, 4), -1e6, 0).width).toBe(1);
    expect(draggedWindow(grey(0, 0.1, "LINEAR_EXACT"), -1e6, 0).width).toBeGreaterThan(0);
  });

  it("is rounded to what can be read", () => {
    expect(rounded(grey(40.4, 399.7))).toMatchObject({ center: 40, width: 400 });
    expect(rounded(grey(0.12345, 0.98765, "LINEAR_EXACT"))).toMatchObject({ center: 0.123, width: 0.988 });
  });
});
