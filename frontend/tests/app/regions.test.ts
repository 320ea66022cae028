import { describe, expect, it } from "vitest";
import { stepped } from "../../src/app/screens/export/drawing";
import { MOST_REGIONS, type Marks, NO_MARKS, added, boxBetween, boxInTheMiddle, changed, editsOf, isFull, moved, regionsIn, removed, sized, undone } from "../../src/app/screens/export/regions";

const SIZE = { rows: 100, columns: 200 };
const REGION = { series: "1.2", instance: "", ...SIZE, x: 10, y: 20, width: 30, height: 40 };
const IMAGE = { series: "1.2", uid: "1.2.1", ...SIZE };

const withRegions = (...regions: (typeof REGION)[]): Marks => regions.reduce(added, NO_MARKS);

describe("a region", () => {
  it("lies between the corners, whichever was first, in whole pixels that cover what was drawn over", () => {
    expect(boxBetween({ x: 50.7, y: 80.2 }, { x: 10.2, y: 20.9 }, SIZE)).toEqual({ x: 10, y: 20, width: 41, height: 61 });
  });

  it("ends at the edges of the image", () => {
    expect(boxBetween({ x: -40, y: 90 }, { x: 500, y: 400 }, SIZE)).toEqual({ x: 0, y: 90, width: 200, height: 10 });
    expect(moved(REGION, -50, 500, SIZE)).toMatchObject({ x: 0, y: 60, width: 30, height: 40 });
    expect(sized(REGION, 500, -500, SIZE)).toMatchObject({ x: 10, y: 20, width: 190, height: 2 });
  });

  it("is none where only a tap was", () => {
    expect(boxBetween({ x: 10, y: 10 }, { x: 10.4, y: 10.4 }, SIZE)).toBeNull();
  });

  it("begins within the image for whoever has no pointer, and goes by arrows", () => {
    const box = { ...REGION, id: 1, ...boxInTheMiddle(SIZE) };
    expect(box).toMatchObject({ x: 60, y: 40, width: 80, height: 20 });
    expect(stepped(box, "ArrowRight", false)).toMatchObject({ x: 62, y: 40 });
    expect(stepped(box, "ArrowUp", true)).toMatchObject({ width: 80, height: 19 });
    expect(stepped(box, "Enter", false)).toBeNull();
  });
});

describe("what is drawn", () => {
  it("is taken back step by step", () => {
    const drawn = withRegions(REGION, { ...REGION, x: 100 });
    const after = removed(changed(drawn, 1, { x: 0, y: 0, width: 5, height: 5 }), 2);
    expect(after.regions).toMatchObject([{ id: 1, x: 0 }]);
    expect(undone(after).regions).toHaveLength(2);
    expect(undone(undone(after)).regions[0]).toMatchObject({ x: 10 });
    expect(undone(undone(undone(undone(after)))).regions).toEqual([]);
    expect(undone(NO_MARKS)).toBe(NO_MARKS);
  });

  it("has nothing to take back where a region was only touched", () => {
    const drawn = withRegions(REGION);
    expect(changed(drawn, 1, REGION)).toBe(drawn);
  });

  it("never gives a number twice, so that what is undone is not mistaken for what is new", () => {
    const again = added(removed(withRegions(REGION), 1), REGION);
    expect(again.regions[0]?.id).toBe(2);
  });

  it("is black in all images of the series that have this size, or in one", () => {
    const drawn = withRegions(REGION, { ...REGION, instance: "1.2.1" });
    expect(regionsIn(drawn, IMAGE)).toHaveLength(2);
    expect(regionsIn(drawn, { ...IMAGE, uid: "1.2.2" })).toHaveLength(1);
    expect(regionsIn(drawn, { ...IMAGE, rows: 99 })).toEqual([]);
    expect(regionsIn(drawn, { ...IMAGE, series: "1.3" })).toEqual([]);
  });

  it("is told to the server together for the same images", () => {
    const edits = editsOf(withRegions(REGION, { ...REGION, x: 100 }, { ...REGION, instance: "1.2.1" }));
    expect(edits).toEqual([
      { series: "1.2", instance: "", ...SIZE, regions: [[10, 20, 30, 40], [100, 20, 30, 40]] },
      { series: "1.2", instance: "1.2.1", ...SIZE, regions: [[10, 20, 30, 40]] },
    ]);
  });

  it("is no more than the server takes", () => {
    const many = withRegions(...Array.from({ length: MOST_REGIONS }, () => REGION));
    expect(isFull(many, REGION)).toBe(true);
    expect(isFull(many, { ...REGION, instance: "1.2.1" })).toBe(false);
  });
});
