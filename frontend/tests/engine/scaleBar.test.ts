import { describe, expect, it } from "vitest";
import { scaleBar } from "../../src/engine/view/scaleBar";

const half = { rowMm: 0.5, columnMm: 0.5 };

describe("a scale bar", () => {
  it("is as long as it says", () => {
    // 0.76 CSS px a column of 0.5 mm: 1.52 px a millimetre; 120 px hold 78 mm, so 50.
    const bar = scaleBar(half, 1, 0.76, 120);
    expect(bar?.lengthMm).toBe(50);
    expect(bar?.lengthPx).toBeCloseTo(76);
  });

  it("takes 1, 2 or 5 of a decade, also below a millimetre", () => {
    expect(scaleBar(half, 1, 24, 120)?.lengthMm).toBe(2);
    expect(scaleBar({ rowMm: 0.01, columnMm: 0.01 }, 1, 5, 120)?.lengthMm).toBe(0.2);
    expect(scaleBar(half, 1, 0.5, 100)?.lengthMm).toBe(100);
  });

  it("is absent where one bar would be true for one direction alone", () => {
    expect(scaleBar({ rowMm: 1, columnMm: 0.5 }, 1, 1, 120)).toBeNull();
    expect(scaleBar({ rowMm: 1, columnMm: 0.5 }, 2, 1, 120)?.lengthMm).toBe(50);
  });

  it("is absent without a spacing", () => {
    expect(scaleBar(null, 1, 1, 120)).toBeNull();
    expect(scaleBar({ rowMm: 0, columnMm: 0 }, 1, 1, 120)).toBeNull();
  });
});
