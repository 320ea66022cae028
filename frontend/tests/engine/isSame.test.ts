import { describe, expect, it } from "vitest";

import { isSame } from "../../src/engine/gl/isSame";

class Picture {
  readonly width = 2;
}

describe("whether two scenes would be drawn alike", () => {
  const picture = new Picture();
  const scene = { matrix: { a: 1, b: 0 }, quads: [{ tile: { key: "1", picture }, box: { x0: 0 } }], values: null };

  it("is so for records and lists made anew of the same", () => {
    expect(isSame(scene, { matrix: { a: 1, b: 0 }, quads: [{ tile: { key: "1", picture }, box: { x0: 0 } }], values: null })).toBe(true);
  });

  it.each([
    ["another number", { ...scene, matrix: { a: 2, b: 0 } }],
    ["one quad less", { ...scene, quads: [] }],
    ["one quad more", { ...scene, quads: [...scene.quads, ...scene.quads] }],
    ["something where there was nothing", { ...scene, values: {} }],
    ["a name more", { ...scene, lens: null }],
    ["another picture, even of the same size", { ...scene, quads: [{ tile: { key: "1", picture: new Picture() }, box: { x0: 0 } }] }],
    ["nothing", null],
  ])("is not so with %s", (_, other) => {
    expect(isSame(scene, other)).toBe(false);
    expect(isSame(other, scene)).toBe(false);
  });

  it("takes numbers in memory for what they are, not for what they hold", () => {
    const values = new Int16Array([1, 2]);
    expect(isSame({ values }, { values })).toBe(true);
    expect(isSame({ values }, { values: new Int16Array([1, 2]) })).toBe(false);
  });
});
