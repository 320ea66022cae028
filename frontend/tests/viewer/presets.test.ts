import { describe, expect, it } from "vitest";
import { COLOURS, hasColours, nextColours } from "../../src/app/screens/viewer/colours";
import { isSameWindow, presetsOf, typedWindow } from "../../src/app/screens/viewer/presets";
import type { Looks } from "../../src/protocol/index";
import written from "../contracts/presets.json";
import { format, series } from "./builders";

const ct = series();

describe("window presets", () => {
  it("of a CT are the usual ones, on the keys 1 to 5 after the file's own", () => {
    expect(presetsOf(ct, format()).map(({ key, window }) => [key, window?.center, window?.width])).toEqual([
      ["0", undefined, undefined],
      ["1", -600, 1500],
      ["2", 300, 1500],
      ["3", 40, 80],
      ["4", 40, 400],
      ["5", 50, 350],
    ]);
  });

  it("are those that the server knows by name", () => {
    const known = presetsOf(ct, format()).slice(1).map(({ id, window }) => [id.replace("preset.", ""), { center: window?.center, width: window?.width }]);
    expect(Object.fromEntries(known)).toEqual(written);
  });

  it("are all windows and tables of the slice once those are told", () => {
    const looks: Looks = {
      windows: [
        { center: 1, width: 10, function: "LINEAR", name: "A" },
        { center: 2, width: 20, function: "LINEAR", name: "B" },
      ],
      voiLuts: [
        { name: "STEEP", first: 0, last: 99 },
        { name: "", first: -5, last: 4 },
      ],
    };
    const presets = presetsOf(series({ modality: "MG" }), format(), looks);
    expect(presets.map(({ name, key }) => [key, name])).toEqual([["0", "A"], ["1", "B"], ["2", "STEEP"], ["3", "Table of the file"]]);
    expect(presets[3]?.window).toEqual({ center: 0, width: 10, function: "LINEAR", lut: 2 });
    // Without a window the first table is the file's own way to be shown.
    expect(presetsOf(series({ modality: "MG" }), format(), { ...looks, windows: [] }).map(({ id }) => id)).toEqual(["own", "lut2"]);
  });

  it("are the file's alone where values are no Hounsfield units", () => {
    expect(presetsOf(ct, format({ unit: "" }))).toHaveLength(1);
    expect(presetsOf(series({ modality: "MR" }), format())).toHaveLength(1);
  });

  it("carry the file's own names, and its function", () => {
    const windows = [
      { center: 40, width: 400, function: "LINEAR", name: "SOFT" },
      { center: 0.5, width: 1, function: "SIGMOID", name: "HARD" },
    ] as const;
    const presets = presetsOf(series({ modality: "DX" }), format({ windows: [...windows] }));
    expect(presets.map(({ name }) => name)).toEqual(["SOFT", "HARD"]);
    expect(presets[1]?.window).toEqual({ center: 0.5, width: 1, function: "SIGMOID" });
  });

  it("name a window once that a file brings twice", () => {
    const twice = { center: 40, width: 80, function: "LINEAR", name: "" } as const;
    expect(presetsOf(series({ modality: "MR" }), format({ windows: [twice, { ...twice }] }))).toHaveLength(1);
    const lung = { center: -600, width: 1500, function: "LINEAR", name: "LUNG" } as const;
    expect(presetsOf(ct, format({ windows: [twice, lung] }))).toHaveLength(6);
  });

  it("are never two of one name: the usual one keeps it", () => {
    const windows = [
      { center: 50, width: 400, function: "LINEAR", name: "Soft tissue" },
      { center: 400, width: 1800, function: "LINEAR", name: "Bone" },
      { center: 450, width: 2000, function: "LINEAR", name: " BONE " },
      { center: 300, width: 1500, function: "LINEAR", name: "Bone" }, // the usual one itself
      { center: 1, width: 2, function: "LINEAR", name: "" },
      { center: 2, width: 2, function: "LINEAR", name: "" },
    ] as const;
    const looks: Looks = { windows: [...windows], voiLuts: [{ name: "", first: 0, last: 9 }, { name: "Lung", first: 0, last: 9 }, { name: "", first: 0, last: 9 }] };
    const names = presetsOf(ct, format(), looks).map(({ name }) => name);
    expect(new Set(names.map((name) => name.trim().toLowerCase())).size).toBe(names.length);
    expect(names.slice(0, 7)).toEqual(["Soft tissue", "Lung", "Bone", "Brain", "Abdomen", "Mediastinum", "Bone (file)"]);
    expect(names).toContain("Lung (file)");
  });

  it("are told from the usual one even where the file shows itself by that name", () => {
    const own = { center: 400, width: 1800, function: "LINEAR", name: "Bone" } as const;
    expect(presetsOf(ct, format({ windows: [own] })).map(({ name }) => name).slice(0, 3)).toEqual(["Bone (file)", "Lung", "Bone"]);
  });

  it("have no key beyond 9, and are none for colours", () => {
    const windows = Array.from({ length: 8 }, (_, place) => ({ center: place, width: 2, function: "LINEAR" as const, name: "" }));
    const keys = presetsOf(ct, format({ windows })).map(({ key }) => key);
    expect(keys.slice(8)).toEqual(["8", "9", null, null, null]);
    expect(presetsOf(ct, format({ colour: true }))).toEqual([]);
  });
});

it("two windows are the same when all of them is, and none is only like none", () => {
  const one = { center: 1, width: 2, function: "LINEAR" } as const;
  expect(isSameWindow(one, { ...one })).toBe(true);
  expect(isSameWindow(one, { ...one, function: "SIGMOID" })).toBe(false);
  expect(isSameWindow(one, null)).toBe(false);
  expect(isSameWindow(null, null)).toBe(true);
});

describe("a window that is typed", () => {
  const soft = { center: 40, width: 400, function: "LINEAR" } as const;

  it("keeps its other figure and its function", () => {
    expect(typedWindow({ ...soft, function: "SIGMOID" }, "width", 0.5)).toEqual({ center: 40, width: 0.5, function: "SIGMOID" });
    expect(typedWindow({ ...soft, lut: 1 }, "center", -600)).toEqual({ ...soft, center: -600 });
  });

  it("is none where no grey could come of it", () => {
    expect([typedWindow(soft, "width", 0.5), typedWindow(soft, "width", NaN), typedWindow({ ...soft, function: "LINEAR_EXACT" }, "width", 0)]).toEqual([null, null, null]);
  });
});

describe("colours", () => {
  it("are for uptake", () => {
    expect(["PT", "NM", "CT", "MR"].map((modality) => hasColours({ modality }, format()))).toEqual([true, true, false, false]);
    expect(hasColours({ modality: "PT" }, format({ colour: true }))).toBe(false);
  });

  it("come round", () => {
    expect(COLOURS.map(({ map }) => nextColours(map))).toEqual(["hotIron", "pet", "hotMetalBlue", "pet20Step", "grey"]);
  });
});
