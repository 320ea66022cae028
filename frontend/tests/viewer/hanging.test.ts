import { describe, expect, it } from "vitest";
import { UNTURNED } from "../../src/engine/view/transform";
import { edgeLetters } from "../../src/engine/index";
import { fitBeside, poseOf, wholePxPerMm } from "../../src/app/screens/viewer/hanging";
import { format } from "./builders";

const breast = (laterality: string, patientOrientation: string[] | null, more = {}) =>
  format({
    rows: 400,
    columns: 300,
    orientation: null,
    patientOrientation,
    view: { position: "CC", laterality },
    pixelSpacingMm: [0.1, 0.1],
    spacingSource: "At detector",
    ...more,
  });

describe("a breast in its pane", () => {
  const right = { chestWall: "right" } as const;
  const left = { chestWall: "left" } as const;

  it("is left as it came where the chest wall is where it belongs", () => {
    expect(poseOf(right, breast("R", ["P", "L"]))).toEqual({ wall: "right", turns: 0, flipped: false });
    expect(poseOf(left, breast("L", ["A", "R"]))).toEqual({ wall: "left", turns: 0, flipped: false });
    expect(poseOf(left, breast("L", ["A", "FR"]))).toEqual({ wall: "left", turns: 0, flipped: false });
  });

  it("is mirrored where it came the other way round, and its letters stay true", () => {
    const format = breast("R", ["A", "L"]);
    const pose = poseOf(right, format);
    expect(pose).toEqual({ wall: "right", turns: 0, flipped: true });
    expect(edgeLetters(null, format.patientOrientation, pose)).toMatchObject({ right: "P", left: "A", top: "R" });
  });

  it("is turned where it came upside down or on its side", () => {
    for (const [side, hung, orientation] of [
      ["R", right, ["A", "R"]],
      ["R", right, ["L", "P"]],
      ["L", left, ["F", "A"]],
      ["L", left, ["P", "H"]],
    ] as const) {
      const pose = poseOf(hung, breast(side, [...orientation]));
      const sides = edgeLetters(null, [...orientation], pose);
      expect(sides?.[hung.chestWall]).toBe("P");
      expect(["H", side]).toContain(sides?.top);
    }
  });

  it("that does not say its sides is neither mirrored nor laid at an edge", () => {
    expect(poseOf(right, breast("R", null))).toEqual({ wall: null, turns: 0, flipped: false });
    expect(poseOf(right, breast("R", ["?", ""]))).toEqual({ wall: null, turns: 0, flipped: false });
  });
});

describe("images that hang side by side", () => {
  const pane = { width: 400, height: 400 };

  it("are as large as the one that needs the most room", () => {
    const small = breast("R", ["P", "L"]);
    const large = breast("L", ["A", "R"], { rows: 800, columns: 600 });
    const poses = [poseOf({ chestWall: "right" }, small), poseOf({ chestWall: "left" }, large)] as const;
    expect(wholePxPerMm(small, poses[0].turns, pane)).toBeCloseTo(10);
    expect(wholePxPerMm(large, poses[1].turns, pane)).toBeCloseTo(5);
    const views = [fitBeside(small, poses[0], 5), fitBeside(large, poses[1], 5)].map((fit, place) => fit(UNTURNED, [small, large][place] ?? small, pane));
    expect(views.map(({ scale }) => scale)).toEqual([0.5, 0.5]);
    // The right breast's right edge and the left one's left edge lie at the edges of their panes, where they meet.
    expect(views[0]?.x).toBe((400 - 300 * 0.5) / 2);
    expect(views[1]?.x).toBe(-(400 - 600 * 0.5) / 2);
    expect(views.every(({ fitted, y }) => fitted && y === 0)).toBe(true);
  });

  it("of different pixels are still as large in millimetres", () => {
    const coarse = breast("R", ["P", "L"], { pixelSpacingMm: [0.2, 0.2] });
    expect(fitBeside(coarse, poseOf({ chestWall: "right" }, coarse), 5)(UNTURNED, coarse, pane).scale).toBe(1);
  });

  it("lie in the middle once the reader turned them, and fit alone where millimetres are unknown", () => {
    const image = breast("R", ["P", "L"]);
    const pose = poseOf({ chestWall: "right" }, image);
    expect(fitBeside(image, pose, 5)({ ...UNTURNED, turns: 1 }, image, pane).x).toBe(0);
    const unknown = breast("R", ["P", "L"], { pixelSpacingMm: null, spacingSource: null });
    expect(wholePxPerMm(unknown, pose.turns, pane)).toBeNull();
    expect(fitBeside(unknown, pose, null)(UNTURNED, unknown, pane).scale).toBe(1);
  });
});
