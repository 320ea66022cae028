import { describe, expect, it } from "vitest";
import {
  badgeOf,
  lengthText,
  lossyText,
  seriesTitle,
  sliceText,
  viewLabel,
  windowText,
  zoomText,
} from "../../src/app/screens/viewer/readout";
import { itemsOf } from "../../src/app/screens/viewer/stacks";
import { digest, format, instances, series } from "./builders";

const itemOf = (...args: Parameters<typeof series>) => {
  const [item] = itemsOf(digest(series(...args)));
  if (item === undefined) throw new Error("no item");
  return item;
};
const sliceOf = (more: Parameters<typeof format>[0]) => itemOf({ formats: [format(more)] }).slices[0];

describe("what is printed of a slice", () => {
  it("is its place in the stack", () => {
    expect(sliceText(1, itemOf())).toBe("Image 2 / 4");
    expect(sliceText(0, itemOf({ instances: instances(9).map((clip) => ({ ...clip, rateHz: 10 })) }))).toBe("Frame 1 / 9");
  });

  it("names the series, even one without a name", () => {
    expect(seriesTitle(itemOf())).toBe("Abdomen");
    expect(seriesTitle(itemOf({ description: "" }))).toBe("Series 3");
    expect(seriesTitle(itemOf({ description: "", number: null }))).toBe("Unnamed series");
    const clips = itemsOf(digest(series({ instances: instances(9, 9) })));
    expect(clips.map(seriesTitle)).toEqual(["Abdomen (1 of 2)", "Abdomen (2 of 2)"]);
  });

  it("is the window, with its unit where there is one", () => {
    expect(windowText({ center: -600, width: 1500, function: "LINEAR" }, "HU")).toBe("W 1500  L −600 HU");
    expect(windowText({ center: 0.12345, width: 0.5, function: "SIGMOID" }, "US")).toBe("W 0.5  L 0.1235 sigmoid");
    expect(windowText(null, "HU")).toBe("");
  });

  it("is the zoom, a view, a length", () => {
    expect([zoomText(1), zoomText(0.0421), zoomText(2.283)]).toEqual(["100 %", "4.2 %", "228 %"]);
    expect(viewLabel(sliceOf({ view: { position: "MLO", laterality: "R" } }))).toBe("R MLO");
    expect(viewLabel(sliceOf({ view: { position: "PA", laterality: "U" } }))).toBe("PA");
    expect(viewLabel(sliceOf({ view: { position: "PA", laterality: "unpaired" } }))).toBe("PA");
    expect(viewLabel(undefined)).toBe("");
    expect([lengthText(50), lengthText(5), lengthText(0.2)]).toEqual(["5 cm", "5 mm", "200 µm"]);
  });
});

describe("how good it is", () => {
  it("is said in a word for each level, and a picture of the server is never called exact", () => {
    expect(badgeOf({ level: "loading", shownIndex: null, trouble: null })).toEqual({ kind: "loading", word: "Loading" });
    expect(badgeOf({ level: "loading", shownIndex: 11, trouble: null })).toEqual({ kind: "nearest", word: "Loading, image 12 shown" });
    const damaged = { reason: "cannot_show", message: "Damaged.", permanent: true, requestId: "" };
    expect(badgeOf({ level: "loading", shownIndex: null, trouble: damaged }).word).toBe("No picture");
    expect(badgeOf({ level: "loading", shownIndex: null, trouble: { ...damaged, permanent: false } }).word).toBe("Loading");
    expect(badgeOf({ level: "coarse", shownIndex: 3, trouble: null }).word).toBe("Coarse preview");
    expect(badgeOf({ level: "preview", shownIndex: 3, trouble: null }).word).toBe("Preview");
  });

  it("tells what the original had lost", () => {
    expect(lossyText(sliceOf({ lossy: { ratio: 9.6, method: "ISO_10918_1" } }))).toBe("Lossy original 10:1");
    expect(lossyText(sliceOf({ lossy: { ratio: null, method: "" } }))).toBe("Lossy original");
    expect(lossyText(sliceOf({}))).toBe("");
  });
});
