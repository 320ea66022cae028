import { describe, expect, it } from "vitest";
import { lookAddress, originalsAddress, readExport } from "../../src/protocol/exports";

const TOLD = {
  edition: "PS3.15 2026c",
  objects: 3,
  left_out: { document: 1 },
  to_look_at: [{ series: "1.2", description: "", modality: "US", device: "Maker", reasons: ["ultrasound"], images: [{ uid: "1.2.1", frames: 2, rows: 16, columns: 24 }] }],
};

describe("what there is to export", () => {
  it("is read as the server tells it", () => {
    const told = readExport(TOLD);
    expect(told.leftOut).toEqual([{ what: "document", count: 1 }]);
    expect(told.looks[0]?.images).toEqual([{ uid: "1.2.1", numberOfFrames: 2, rows: 16, columns: 24 }]);
  });

  it.each([{ ...TOLD, left_out: { everything: 1 } }, { ...TOLD, objects: "3" }, { ...TOLD, to_look_at: [{ reasons: ["boredom"] }] }])("refuses another shape", (wire) => {
    expect(() => readExport(wire)).toThrow();
  });

  it("has an address for each picture, and for what is read", () => {
    expect(lookAddress("1", "2", "3", 4, 800)).toBe("/dicom-web/studies/1/series/2/instances/3/frames/4/rendered?viewport=800,800");
    expect(lookAddress("1", "2", "3", null, 800)).toBe("/dicom-web/studies/1/series/2/instances/3/rendered");
    expect(originalsAddress("1")).toBe("/dicom-web/studies/1?accept=application%2Fzip");
  });
});
