import { describe, expect, it } from "vitest";
import { mostOpenings } from "../../src/app/screens/share/openings";
import { usedOf } from "../../src/app/screens/shares/ShareCard";
import type { Share } from "../../src/protocol/later";

describe("how often a link may be opened", () => {
  it("is any number of times or once, whatever was typed before", () => {
    expect(mostOpenings({ often: "any", typed: "7" })).toBeNull();
    expect(mostOpenings({ often: "once", typed: "7" })).toBe(1);
  });

  it.each([
    ["1", 1],
    [" 10 ", 10],
    ["10000", 10_000],
  ])("is what was typed: %j", (typed, told) => {
    expect(mostOpenings({ often: "number", typed })).toBe(told);
  });

  it.each(["", "0", "10001", "-3", "2.5", "1e3", "ten"])("cannot be %j", (typed) => {
    expect(mostOpenings({ often: "number", typed })).toBeUndefined();
  });
});

describe("how a link was used", () => {
  const told = (openings: number, mostOpenings: number | null): string =>
    usedOf({ purpose: "show", openings, mostOpenings, lastOpenedAt: openings > 0 ? new Date() : null } as Share);

  it("counts the openings, of how many where that is bounded", () => {
    expect(told(3, 10)).toMatch(/^3 of 10 openings, last /);
    expect(told(0, 10)).toBe("0 of 10 openings");
    expect(told(3, null)).toMatch(/^Opened 3 times, last /);
    expect(told(1, 1)).toMatch(/^Opened once, last /);
    expect(told(0, 1)).toBe("Not opened yet");
  });
});
