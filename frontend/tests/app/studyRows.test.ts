import { describe, expect, it } from "vitest";
import type { StudyRow } from "../../src/protocol/index";
import { newestFirst, withArrivals, withChanges, withPage } from "../../src/app/state/studyRows";
import { toQuery } from "../../src/app/state/worklist";

const row = (uid: string, date: string | null, time = "12:00:00", numberOfInstances = 1): StudyRow => ({
  uid,
  patient: { name: { alphabetic: "", ideographic: "", phonetic: "" }, id: "", birthDate: null, sex: "", age: "" },
  date,
  time: date === null ? null : time,
  description: "",
  accessionNumber: "",
  modalities: ["CT"],
  numberOfSeries: 1,
  numberOfInstances,
  referringPhysician: "",
  institution: "",
  receivedAt: "",
  thumbnail: "",
});
const uids = (rows: readonly StudyRow[]): string[] => rows.map(({ uid }) => uid);

const [tuesday, monday, sunday] = [row("1", "2026-11-24"), row("2", "2026-11-23"), row("3", "2026-11-22")];

describe("the list of studies", () => {
  it("sorts the newest first and those without a day last", () => {
    const mixed = [row("4", null), sunday, row("5", "2026-11-24", "13:00:00"), tuesday, monday];
    expect(uids(mixed.sort(newestFirst))).toEqual(["5", "1", "2", "3", "4"]);
  });

  it("shows a study once, though it came on two pages", () => {
    expect(uids(withPage([tuesday, monday], [monday, sunday]))).toEqual(["1", "2", "3"]);
  });

  it("lets a study grow where it stands", () => {
    const grown = row("2", "2026-11-23", "12:00:00", 300);
    const merged = withChanges([tuesday, monday, sunday], [grown, row("9", "2026-11-25")]);
    expect(uids(merged.rows)).toEqual(["1", "2", "3"]);
    expect(merged.rows[1]?.numberOfInstances).toBe(300);
    expect(uids(merged.arrived)).toEqual(["9"]);
  });

  it("puts arrivals where they belong, not merely on top", () => {
    expect(uids(withArrivals([tuesday, sunday], [monday], false))).toEqual(["1", "2", "3"]);
  });

  it("leaves an old study to its page, and shows it at the end where there are no more pages", () => {
    const old = row("8", "2001-01-01");
    expect(uids(withArrivals([tuesday, monday], [old], true))).toEqual(["1", "2"]);
    expect(uids(withArrivals([tuesday, monday], [old], false))).toEqual(["1", "2", "8"]);
  });
});

describe("what is asked for", () => {
  const now = new Date(2026, 10, 25);

  it("says nothing of filters that are off", () => {
    expect(toQuery({ search: "  ", modalities: [], when: { kind: "any" } }, now)).toEqual({});
  });

  it("counts today as one of the days", () => {
    expect(toQuery({ search: "", modalities: [], when: { kind: "days", days: 1 } }, now)).toEqual({ from: "2026-11-25" });
    expect(toQuery({ search: " doe ", modalities: ["CT", "MR"], when: { kind: "days", days: 7 } }, now)).toEqual({
      search: "doe",
      modalities: ["CT", "MR"],
      from: "2026-11-19",
    });
  });

  it("takes a range that is open at one end", () => {
    expect(toQuery({ search: "", modalities: [], when: { kind: "range", from: "", to: "2026-01-31" } }, now)).toEqual({ to: "2026-01-31" });
  });
});
