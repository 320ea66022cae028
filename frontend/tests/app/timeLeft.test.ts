import { expect, it } from "vitest";
import { minutesLeft } from "../../src/app/screens/break-glass/timeLeft";

it.each([
  [3_600_000, 60],
  [3_540_001, 60],
  [3_540_000, 59],
  [1, 1],
  [0, 0],
  [-5_000, 0],
])("tells %i ms as %i minutes: a begun one is a whole one", (ms, minutes) => {
  expect(minutesLeft(1_000_000 + ms, 1_000_000)).toBe(minutes);
});
