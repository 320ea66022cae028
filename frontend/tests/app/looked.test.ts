import { describe, expect, it } from "vitest";
import { NOTHING_LOOKED_AT, asTold, isSeen, withSeen } from "../../src/app/screens/export/looked";
import { added } from "../../src/app/screens/export/regions";
import type { Look } from "../../src/protocol/later";

const image = (uid: string) => ({ uid, rows: 16, columns: 24, numberOfFrames: 1 });
const look = (series: string, ...uids: string[]): Look => ({ series, description: "", modality: "US", device: "", reasons: ["ultrasound"], images: uids.map(image) });
const FIRST = look("1", "1.1", "1.2");
const SECOND = look("2", "2.1");

describe("what was looked at", () => {
  it("is a series of which every image was", () => {
    const after = withSeen(SECOND, withSeen(look("1", "1.1"), NOTHING_LOOKED_AT));
    expect([isSeen(FIRST, NOTHING_LOOKED_AT), isSeen(FIRST, after), isSeen(SECOND, after)]).toEqual([false, false, true]);
    expect(isSeen(FIRST, withSeen(FIRST, after))).toBe(true);
  });

  it("keeps what was drawn, and is told to the server with it", () => {
    const region = { series: "1", instance: "", rows: 16, columns: 24, x: 0, y: 0, width: 24, height: 4 };
    const drawn = { ...NOTHING_LOOKED_AT, marks: added(NOTHING_LOOKED_AT.marks, region) };
    expect(asTold(withSeen(FIRST, drawn))).toEqual({
      seen: ["1.1", "1.2"],
      edits: [{ series: "1", instance: "", rows: 16, columns: 24, regions: [[0, 0, 24, 4]] }],
    });
  });
});
