import { describe, expect, it } from "vitest";
import { counterpartOf } from "../../src/app/screens/viewer/counterpart";
import { type Item, itemsOf } from "../../src/app/screens/viewer/stacks";
import { intervalText } from "../../src/app/screens/viewer/interval";
import { digest, format, instances, series } from "./builders";

const CORONAL = [1, 0, 0, 0, 0, -1];

function items(...made: { name: string; modality?: string; orientation?: number[]; view?: [string, string]; count?: number }[]): Item[] {
  return itemsOf(
    digest(
      ...made.map(({ name, modality = "MR", orientation = [1, 0, 0, 0, 1, 0], view, count = 20 }, place) =>
        series({
          uid: `2.${String(place)}`,
          description: name,
          modality,
          positions: [[count, 0, 0, 0, 0, 0, 5]],
          formats: [format({ orientation, view: view ? { position: view[0], laterality: view[1] } : null })],
          instances: instances(...Array<number>(count).fill(1)),
        }),
      ),
    ),
  );
}

function beside(one: Parameters<typeof items>[0], ...others: Parameters<typeof items>): string {
  const [item] = items(one);
  const all = items(...others);
  const place = item === undefined ? null : counterpartOf(item, all);
  return place === null ? "nothing" : (all[place]?.series.description ?? "");
}

describe("the series to lay beside", () => {
  it("is the one of the same plane and words", () => {
    const prior = [{ name: "Sag T1" }, { name: "Cor FLAIR", orientation: CORONAL }, { name: "Ax T2 TSE" }, { name: "Ax T1 SE" }];
    expect(beside({ name: "Ax T2 TSE fs" }, ...prior)).toBe("Ax T2 TSE");
    expect(beside({ name: "COR FLAIR", orientation: CORONAL }, ...prior)).toBe("Cor FLAIR");
    expect(beside({ name: "Cor DWI", orientation: CORONAL }, ...prior)).toBe("Cor FLAIR");
  });

  it("is of the same modality before all else, and of the same view", () => {
    expect(beside({ name: "Chest" }, { name: "Chest", modality: "CT" }, { name: "Abdomen" })).toBe("Abdomen");
    expect(beside({ name: "R CC", view: ["CC", "R"] }, { name: "L CC", view: ["CC", "L"] }, { name: "one", view: ["CC", "R"] })).toBe("one");
  });

  it("is the stack rather than the scout", () => {
    expect(beside({ name: "Body", count: 200 }, { name: "Scout", count: 2 }, { name: "Thin", count: 300 })).toBe("Thin");
  });

  it("is none where nothing can be shown", () => {
    expect(beside({ name: "Body" }, { name: "Report", count: 0 })).toBe("nothing");
  });
});

describe("how long before", () => {
  it("is told in days, months or years", () => {
    expect(intervalText("2026-09-13", "2026-09-14")).toBe("1 day earlier");
    expect(intervalText("2026-01-12", "2026-09-14")).toBe("8 months earlier");
    expect(intervalText("2021-01-12", "2026-09-14")).toBe("5 years earlier");
    expect(intervalText("2026-09-20", "2026-09-14")).toBe("6 days later");
    expect(intervalText("2026-09-14", "2026-09-14")).toBe("Other study of the same day");
    expect(intervalText(null, "2026-09-14")).toBe("Other study, without a date");
  });
});
