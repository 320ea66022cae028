import { describe, expect, it } from "vitest";
import { daysLeft } from "../../src/app/screens/bin/daysLeft";
import { readBinEntry, readBinPage } from "../../src/protocol/bin";

const ENTRY = {
  id: 7,
  level: "study",
  study: "1.2.3",
  series: null,
  instance: null,
  patient: { name: { alphabetic: "Doe^Jane", ideographic: "", phonetic: "" }, id: "1" },
  date: "2024-01-02",
  time: null,
  description: "CT",
  modalities: ["CT"],
  series_number: null,
  series_description: "",
  number_of_instances: 3,
  left: 2,
  size_bytes: 1000,
  deleted_at: "2026-01-01T10:00:00+00:00",
  deleted_by: "ada",
  erased_at: "2026-01-31T10:00:00+00:00",
  state: "binned",
  problem: { code: "conflict", message: "Another file is here." },
};

describe("the bin", () => {
  it("is read as the server tells it", () => {
    const page = readBinPage({ days: 30, entries: [ENTRY], next: 7 });
    expect(page.entries[0]).toMatchObject({ id: 7, level: "study", left: 2, problem: "Another file is here.", seriesDescription: "" });
    expect(readBinEntry({ ...ENTRY, problem: null }).problem).toBeNull();
  });

  it.each([{ ...ENTRY, level: "patient" }, { ...ENTRY, state: "erasing" }, { ...ENTRY, left: "2" }, { ...ENTRY, erased_at: null }])("refuses another shape", (wire) => {
    expect(() => readBinEntry(wire)).toThrow();
  });

  it("counts begun days until it is erased, and never below none", () => {
    const until = "2026-01-31T10:00:00+00:00";
    const at = (moment: string): number => daysLeft(until, Date.parse(moment));
    expect(at("2026-01-01T10:00:00Z")).toBe(30);
    expect(at("2026-01-01T10:00:01Z")).toBe(30);
    expect(at("2026-01-31T09:59:00Z")).toBe(1);
    expect(at("2026-02-02T00:00:00Z")).toBe(0);
  });
});
