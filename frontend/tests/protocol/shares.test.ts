import { describe, expect, it } from "vitest";
import type { Failure } from "../../src/protocol/failure";
import { looksFirst, readShare } from "../../src/protocol/shares";

const TOLD = {
  id: "p",
  purpose: "show",
  state: "preparing",
  study: null,
  extent: "study",
  parts: null,
  recipient: "",
  sender: "Dr Alice",
  challenge: "pin",
  email: "",
  health_link: { possible: false, made_at: null },
  download: false,
  deidentified: true,
  copy: { total: 500, done: 117, left_out: 3 },
  made_at: "2026-11-26T13:00:00Z",
  not_before: null,
  expires_at: "2026-12-03T13:00:00Z",
  quota_bytes: 0,
  taken_bytes: 0,
  taken_objects: 0,
  openings: 0,
  most_openings: null,
  last_opened_at: null,
};
const LOOK = { series: "1.2", description: "", modality: "US", device: "", reasons: ["ultrasound"], images: [{ uid: "1.2.1", frames: 1, rows: 16, columns: 24 }] };

describe("a link without names", () => {
  it("tells how far its copy is", () => {
    expect(readShare(TOLD)).toMatchObject({ state: "preparing", deidentified: true, copy: { total: 500, done: 117, leftOut: 3 } });
    expect(readShare({ ...TOLD, copy: null, deidentified: false, state: "open" }).copy).toBeNull();
  });

  it.each([
    { ...TOLD, state: "cooking" },
    { ...TOLD, copy: { total: "500", done: 1, left_out: 0 } },
  ])("refuses another shape", (wire) => {
    expect(() => readShare(wire)).toThrow();
  });

  const refused = (status: number, fields: Record<string, unknown>): Failure => ({ kind: "refused", status, code: "conflict", message: "", fields, requestId: "" });

  it("is refused with what has to be looked at first", () => {
    expect(looksFirst(refused(409, { to_look_at: [LOOK] }))?.map((look) => look.series)).toEqual(["1.2"]);
  });

  it("is refused for other reasons as well", () => {
    expect(looksFirst(refused(409, { reason: "else" }))).toBeNull();
    expect(looksFirst(refused(400, { to_look_at: [LOOK] }))).toBeNull();
    expect(looksFirst(refused(409, { to_look_at: [{ series: 1 }] }))).toBeNull();
    expect(looksFirst({ kind: "offline" })).toBeNull();
  });
});
