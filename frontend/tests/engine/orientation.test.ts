import { describe, expect, it } from "vitest";
import { edgeLetters, lettersOf } from "../../src/engine/view/orientation";
import { UNTURNED, type View, apply, fit, flip, imageToScreen, invert, turn } from "../../src/engine/view/transform";

type Three = readonly [number, number, number];

const AXIAL = [1, 0, 0, 0, 1, 0];
const SAGITTAL = [0, 1, 0, 0, 0, -1];
const CORONAL = [1, 0, 0, 0, 0, -1];
const plain = { turns: 0, flipped: false } as const;

describe("from ImageOrientationPatient", () => {
  it("names the edges of the three main planes", () => {
    expect(edgeLetters(AXIAL, null, plain)).toEqual({ right: "L", bottom: "P", left: "R", top: "A" });
    expect(edgeLetters(SAGITTAL, null, plain)).toEqual({ right: "P", bottom: "F", left: "A", top: "H" });
    expect(edgeLetters(CORONAL, null, plain)).toEqual({ right: "L", bottom: "F", left: "R", top: "H" });
  });

  it("writes the strongest direction first where a plane is oblique", () => {
    expect(lettersOf([0.8, 0.6, 0])).toBe("LP");
    expect(lettersOf([-0.6, 0.8, 0])).toBe("PR");
    expect(lettersOf([0.995, 0.1, 0])).toBe("L");
  });
});

it("takes PatientOrientation where there is nothing better, and its opposites letter by letter", () => {
  expect(edgeLetters(null, ["L", "F"], plain)).toEqual({ right: "L", bottom: "F", left: "R", top: "H" });
  expect(edgeLetters(null, ["AF", "P"], plain)).toEqual({ right: "AF", bottom: "P", left: "PH", top: "A" });
  expect(edgeLetters(AXIAL, ["A", "H"], plain)?.right).toBe("L");
});

it("says nothing where the file does not, or speaks of an animal", () => {
  expect(edgeLetters(null, null, plain)).toBeNull();
  expect(edgeLetters(null, ["", ""], plain)).toBeNull();
  expect(edgeLetters(null, ["CR", "V"], plain)).toBeNull();
  expect(edgeLetters([0, 0, 0, 0, 0, 0], null, plain)).toBeNull();
});

describe("as the picture is turned and mirrored", () => {
  it("turns clockwise: the top comes to the right", () => {
    expect(edgeLetters(AXIAL, null, { turns: 1, flipped: false })).toEqual({ right: "A", bottom: "L", left: "P", top: "R" });
    expect(edgeLetters(AXIAL, null, { turns: 2, flipped: false })).toEqual({ right: "R", bottom: "A", left: "L", top: "P" });
  });

  it("mirrors left and right before it turns", () => {
    expect(edgeLetters(AXIAL, null, { turns: 0, flipped: true })).toEqual({ right: "R", bottom: "P", left: "L", top: "A" });
    expect(edgeLetters(AXIAL, null, { turns: 1, flipped: true })).toEqual({ right: "A", bottom: "R", left: "P", top: "L" });
  });
});

describe("the letters of every orientation", () => {
  const cross = ([a, b, c]: Three, [d, e, f]: Three): Three => [b * f - c * e, c * d - a * f, a * e - b * d];
  const turned = (by: Three, angle: number, vector: Three): Three => {
    // Rodrigues, about an axis of length 1.
    const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
    const along = by.reduce((sum, share, axis) => sum + share * (vector[axis] ?? 0), 0) * (1 - cosine);
    const across = cross(by, vector);
    return vector.map((share, axis) => share * cosine + (across[axis] ?? 0) * sine + (by[axis] ?? 0) * along) as unknown as Three;
  };
  const planes = Object.entries({ axial: [1, 0, 0, 0, 1, 0], coronal: [1, 0, 0, 0, 0, -1], sagittal: [0, 1, 0, 0, 0, -1], prone: [-1, 0, 0, 0, -1, 0] }).flatMap(
    ([name, cosines]) =>
      [0, 17, 40, 58, -25].map((degrees) => {
        const angle = (degrees * Math.PI) / 180;
        const axis: Three = [1 / Math.sqrt(3), -1 / Math.sqrt(3), 1 / Math.sqrt(3)];
        const [right, down] = [cosines.slice(0, 3), cosines.slice(3)].map((vector) => turned(axis, angle, vector as unknown as Three));
        return { name: `${name} ${degrees}°`, cosines: [...(right ?? []), ...(down ?? [])] };
      }),
  );
  const views = [0, 1, 2, 3].flatMap((turns) => [false, true].map((flipped) => ({ ...UNTURNED, turns: turns as View["turns"], flipped })));

  /** By the picture itself: which way in the patient does one go who goes from its middle to this edge of the screen? */
  const letterAt = (cosines: readonly number[], view: View, toX: number, toY: number): string => {
    const image = { columns: 100, rows: 60, aspect: 1 };
    const back = invert(imageToScreen({ ...view, scale: 1 }, image, { width: 200, height: 200 }));
    const [middle, edge] = [apply(back, { x: 100, y: 100 }), apply(back, { x: 100 + toX, y: 100 + toY })];
    const [columns, rows] = [edge.x - middle.x, edge.y - middle.y];
    return lettersOf([0, 1, 2].map((axis) => columns * (cosines[axis] ?? 0) + rows * (cosines[axis + 3] ?? 0)));
  };

  it.each(planes)("are where the patient's sides are: $name", ({ cosines }) => {
    for (const view of views) {
      const letters = edgeLetters(cosines, null, view);
      const seen = { right: letterAt(cosines, view, 1, 0), left: letterAt(cosines, view, -1, 0), top: letterAt(cosines, view, 0, -1), bottom: letterAt(cosines, view, 0, 1) };
      expect(letters, `${String(view.turns)} turns, ${view.flipped ? "mirrored" : "not mirrored"}`).toEqual(seen);
    }
  });

  it("come by turning and mirroring in any order, and are all eight", () => {
    const image = { columns: 100, rows: 60, aspect: 1 };
    const seen = new Set<string>();
    let view: View = fit(UNTURNED, image, { width: 200, height: 200 });
    const steps: ((view: View) => View)[] = [
      (one) => turn(one, 1),
      (one) => flip(one, "horizontal"),
      (one) => turn(one, -1),
      (one) => flip(one, "vertical"),
      (one) => turn(one, 2),
    ];
    let chance = 1;
    for (let step = 0; step < 60; step += 1) {
      chance = (chance * 16807) % 2147483647;
      view = steps[chance % steps.length]?.(view) ?? view;
      const letters = edgeLetters([1, 0, 0, 0, 1, 0], null, view);
      expect(letters?.right).toBe(letterAt([1, 0, 0, 0, 1, 0], view, 1, 0));
      expect(letters?.top).toBe(letterAt([1, 0, 0, 0, 1, 0], view, 0, -1));
      seen.add(`${letters?.right ?? ""}${letters?.top ?? ""}`);
    }
    expect(seen.size).toBe(8);
  });
});
