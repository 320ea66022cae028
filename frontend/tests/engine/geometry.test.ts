import { describe, expect, it } from "vitest";
import { type Line, crossing } from "../../src/engine/geometry/crossing";
import { type Plane, centreOf, distanceMm, nearestSlice, planeOf, sameWay, toImage, toPatient } from "../../src/engine/geometry/plane";
import type { Vector } from "../../src/engine/geometry/vectors";

const AXIAL = [1, 0, 0, 0, 1, 0];
const SAGITTAL = [0, 1, 0, 0, 0, -1];
const CORONAL = [1, 0, 0, 0, 0, -1];

function plane(position: Vector, orientation: readonly number[], more: Partial<Parameters<typeof planeOf>[0]> = {}): Plane {
  const made = planeOf({ position, orientation, spacingMm: [1, 1], columns: 200, rows: 200, ...more });
  if (made === null) throw new Error("no plane");
  return made;
}

describe("the plane of an image", () => {
  it("maps pixels to millimetres as the equation of C.7.6.2.1.1 does: the first pixel's centre is the position", () => {
    const image = plane([-10, 20, 30], SAGITTAL, { spacingMm: [2, 0.5] });
    expect(toPatient(image, { x: 0.5, y: 0.5 })).toEqual([-10, 20, 30]);
    // Ten columns to the right are 5 mm to the back, three rows down are 6 mm to the feet.
    expect(toPatient(image, { x: 10.5, y: 3.5 })).toEqual([-10, 25, 24]);
  });

  it("maps back what it mapped", () => {
    const tilted = plane([3, -7, 11], [0.8, 0.6, 0, 0, 0, -1], { spacingMm: [0.7, 0.9] });
    const there = toPatient(tilted, { x: 41.25, y: 7.75 });
    const back = toImage(tilted, there);
    expect(back.x).toBeCloseTo(41.25, 9);
    expect(back.y).toBeCloseTo(7.75, 9);
    expect(distanceMm(tilted, there)).toBeCloseTo(0, 9);
  });

  it("is none where the header says nonsense", () => {
    const parts = { position: [0, 0, 0] as const, spacingMm: [1, 1] as const, columns: 8, rows: 8 };
    expect(planeOf({ ...parts, orientation: [0, 0, 0, 0, 1, 0] })).toBeNull();
    expect(planeOf({ ...parts, orientation: [1, 0, 0, 1, 0, 0] })).toBeNull();
    expect(planeOf({ ...parts, orientation: AXIAL, spacingMm: [0, 1] })).toBeNull();
    expect(planeOf({ ...parts, orientation: [] })).toBeNull();
  });

  it("tells parallel planes from others, and which way they look", () => {
    const axial = plane([0, 0, 0], AXIAL);
    expect(sameWay(axial, plane([0, 0, 50], AXIAL))).toBe(1);
    expect(sameWay(axial, plane([0, 0, 50], [-1, 0, 0, 0, 1, 0]))).toBe(-1);
    expect(sameWay(axial, plane([0, 0, 0], CORONAL))).toBe(0);
    const gantry = (20 * Math.PI) / 180;
    expect(sameWay(axial, plane([0, 0, 0], [1, 0, 0, 0, Math.cos(gantry), Math.sin(gantry)]))).toBe(0);
  });
});

describe("the nearest slice", () => {
  const stack = [0, 5, 10, 15].map((z) => plane([-100, -100, z], AXIAL));

  it("is the one whose plane is nearest, in millimetres", () => {
    expect(nearestSlice(stack, [40, 3, 11])).toEqual({ index: 2, distanceMm: 1 });
    expect(nearestSlice(stack, centreOf(plane([-30, -30, 7], AXIAL, { columns: 60, rows: 60 })))?.index).toBe(1);
  });

  it("is the last one beyond the end, and tells how far away that is", () => {
    expect(nearestSlice(stack, [0, 0, 40])).toEqual({ index: 3, distanceMm: 25 });
  });

  it("is none where no slice has a place", () => {
    expect(nearestSlice([null, null], [0, 0, 0])).toBeNull();
    expect(nearestSlice([null, stack[3] ?? null], [0, 0, 0])?.index).toBe(1);
  });
});

describe("a reference line", () => {
  const ends = (line: Line | null): number[] => {
    if (line === null) throw new Error("no line");
    const [one, other] = line.from.x < line.to.x ? [line.from, line.to] : [line.to, line.from];
    return [one.x, one.y, other.x, other.y].map((value) => Math.round(value * 1000) / 1000);
  };

  it("is where an axial slice cuts a coronal one", () => {
    const axial = plane([-99.5, -99.5, 40], AXIAL);
    // The coronal image's first pixel lies at z = 99.5: z = 40 is 59.5 rows below its centre.
    const coronal = plane([-99.5, 0, 99.5], CORONAL);
    expect(ends(crossing(axial, coronal))).toEqual([0, 60, 200, 60]);
  });

  it("moves with the slice", () => {
    const coronal = plane([-99.5, 0, 99.5], CORONAL);
    const rows = [40, 39, 38].map((z) => ends(crossing(plane([-99.5, -99.5, z], AXIAL), coronal))[1]);
    expect(rows).toEqual([60, 61, 62]);
  });

  it("is as long as the image that cuts, where that is smaller", () => {
    const small = plane([-19.5, -99.5, 40], AXIAL, { columns: 40 });
    expect(ends(crossing(small, plane([-99.5, 0, 99.5], CORONAL)))).toEqual([80, 60, 120, 60]);
  });

  it("is none between parallel planes, and where the one ends before it meets the other", () => {
    const coronal = plane([-99.5, 0, 99.5], CORONAL);
    expect(crossing(plane([-99.5, 10, 99.5], CORONAL), coronal)).toBeNull();
    expect(crossing(plane([-99.5, -99.5, 300], AXIAL), coronal)).toBeNull();
    expect(crossing(plane([-99.5, 5, 40], AXIAL), coronal)).toBeNull();
    expect(crossing(plane([-99.5, -60, 40], AXIAL, { rows: 50 }), coronal)).toBeNull();
  });

  it("lies on both planes, however they are tilted", () => {
    const one = plane([-80, -60, 10], [0.9, 0.1, Math.sqrt(0.18), -0.1, Math.sqrt(0.99), 0], { spacingMm: [0.7, 0.7] });
    const other = plane([-10, -90, 90], [0.2, Math.sqrt(0.96), 0, 0, 0, -1], { spacingMm: [1.3, 0.9] });
    const line = crossing(one, other);
    if (line === null) throw new Error("no line");
    for (const end of [line.from, line.to]) {
      const point = toPatient(other, end);
      expect(distanceMm(one, point)).toBeCloseTo(0, 6);
      const inOne = toImage(one, point);
      expect(Math.min(inOne.x, inOne.y, end.x, end.y)).toBeGreaterThan(-1e-6);
      expect(Math.max(inOne.x, inOne.y, end.x, end.y)).toBeLessThan(200 + 1e-6);
    }
  });

  it("stands upright where a sagittal slice cuts an axial one", () => {
    const axial = plane([-99.5, -99.5, 0], AXIAL);
    const sagittal = plane([30, -99.5, 99.5], SAGITTAL);
    const line = crossing(sagittal, axial);
    expect(line?.from.x).toBeCloseTo(130, 6);
    expect(line?.to.x).toBeCloseTo(130, 6);
  });
});
