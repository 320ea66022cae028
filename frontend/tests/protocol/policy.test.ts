import { describe, expect, it } from "vitest";
import { readGlassBreak, readSees } from "../../src/protocol/later";

const grant = {
  kind: "grant",
  number: 4,
  person: "gp",
  group: null,
  to_institution: null,
  study: null,
  patient: { patient_id: "P1", issuer: "" },
  referring_physician: null,
  institution: null,
  expires_at: "2026-11-26T06:00:00+00:00",
  made_by: "chief",
  made_at: "2026-11-26T05:00:00+00:00",
};
const sees = {
  username: "gp",
  display_name: "Dr G",
  role: "referrer",
  is_active: true,
  institution: 0,
  acts: ["view"],
  sees: true,
  studies: 2,
  ways: [
    { reason: "granted patient", words: "the patient was granted", opens: true, studies: 2, by: [grant] },
    { reason: "named", words: "it names them", opens: false, studies: 0, by: [{ kind: "account" }] },
  ],
};
const broken = {
  number: 1,
  person: "Dr Alice",
  username: "alice",
  reason: "Unconscious",
  study: "1.2.3",
  description: "CT",
  date: null,
  patient: null,
  institution: "",
  began_at: "2026-11-26T05:00:00+00:00",
  ends_at: "2026-11-26T06:00:00+00:00",
  reviewed_by: null,
  reviewed_at: null,
  finding: null,
  note: "",
};

describe("what the policy says", () => {
  it("is read with the grants that open, and with what does not", () => {
    const told = readSees(sees);
    expect(told.ways.map((way) => [way.reason, way.opens])).toEqual([
      ["granted patient", true],
      ["named", false],
    ]);
    expect(told.ways[0]?.by[0]).toMatchObject({ number: 4, patientId: "P1", madeBy: "chief", group: null });
    expect(told.ways[1]?.by[0]).toMatchObject({ kind: "account", number: null });
  });

  it("is not taken where a way does not say whether it opens", () => {
    const [first, ...others] = sees.ways;
    expect(() => readSees({ ...sees, ways: [{ ...first, opens: "yes" }, ...others] })).toThrow();
  });
});

describe("a broken glass", () => {
  it("may have lost its study, and waits for a finding", () => {
    expect(readGlassBreak(broken)).toMatchObject({ patient: null, finding: null, reason: "Unconscious" });
    expect(readGlassBreak({ ...broken, finding: "not_justified" }).finding).toBe("not_justified");
  });

  it("has no finding that we do not know", () => {
    expect(() => readGlassBreak({ ...broken, finding: "fine" })).toThrow();
  });
});
