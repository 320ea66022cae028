import { describe, expect, it } from "vitest";
import { addressOf, titleOf } from "../../src/app/screens/viewer/documents";
import { series } from "./builders";

const report = { uid: "1.2.3", kind: "report" } as const;

describe("documents of a series", () => {
  const open = { study: "1.2", series: series({ uid: "1.2.9", modality: "SR", description: "CT report", documents: [report] }) };

  it("are read where the server renders them", () => {
    expect(addressOf(open, report)).toBe("/dicom-web/studies/1.2/series/1.2.9/instances/1.2.3/rendered");
  });

  it("are named as their series is", () => {
    expect(titleOf(open)).toBe("SR · CT report");
    expect(titleOf({ ...open, series: series({ modality: "SR", description: "" }) })).toBe("SR");
  });
});
