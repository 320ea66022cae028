import { describe, expect, it } from "vitest";
import { readReceived } from "../../src/protocol/received";
import { readNewShare } from "../../src/protocol/shares";

const RECEIVED = {
  number: 3,
  study: "1.2.3",
  patient: { name: { alphabetic: "Doe^Jane", ideographic: "", phonetic: "" }, id: "7", birth_date: null, sex: "F" },
  description: "CT",
  date: "2026-01-02",
  modalities: ["CT"],
  objects: 12,
  size_bytes: 1000,
  received_at: "2026-01-03T10:00:00+00:00",
  state: "waiting",
  refused: 0,
  problem: null,
  link: { id: "x", recipient: "Dr Far", sender: "Dr Near" },
};

describe("what was sent in", () => {
  it("is read as the server tells it", () => {
    expect(readReceived(RECEIVED)).toMatchObject({ number: 3, objects: 12, state: "waiting", link: { recipient: "Dr Far", sender: "Dr Near" } });
    expect(readReceived({ ...RECEIVED, link: null }).link).toBeNull();
  });

  it.each([{ ...RECEIVED, state: "lost" }, { ...RECEIVED, number: "3" }, { ...RECEIVED, patient: null }])("refuses another shape", (wire) => {
    expect(() => readReceived(wire)).toThrow();
  });
});

describe("a link that takes studies in", () => {
  it("is told with its address, its PIN and its bounds", () => {
    const made = readNewShare({
      id: "x",
      purpose: "receive",
      state: "open",
      study: null,
      extent: "study",
      parts: null,
      recipient: "",
      health_link: { possible: false, made_at: null },
      sender: "Dr Near",
      challenge: "pin",
      email: "",
      download: false,
      deidentified: false,
      made_at: "2026-01-03T10:00:00+00:00",
      not_before: null,
      expires_at: "2026-01-04T10:00:00+00:00",
      quota_bytes: 10,
      taken_bytes: 3,
      taken_objects: 1,
      openings: 0,
      most_openings: null,
      last_opened_at: null,
      path: "/s/x#y",
      pin: "271828",
    });
    expect(made).toMatchObject({ purpose: "receive", quotaBytes: 10, takenBytes: 3, takenObjects: 1, path: "/s/x#y", pin: "271828" });
  });
});
