import { describe, expect, it } from "vitest";
import { LevelsInARow, type LevelGot } from "../../src/protocol/index";

const HEADER = { instance: "1.2.3", frame: 1, crc32: 0, stream: null, part: null };

function envelope(level: number, payload: readonly number[]): number[] {
  const told = [...new TextEncoder().encode(JSON.stringify({ ...HEADER, level }))];
  const body = [...lengthOf(told), ...told, ...payload];
  return [...lengthOf(body), ...body];
}

const lengthOf = (bytes: readonly number[]): number[] => [...new Uint8Array(new Uint32Array([bytes.length]).buffer)];

describe("levels in one answer", () => {
  const answer = Uint8Array.from([...envelope(0, [1, 2]), ...envelope(1, []), ...envelope(2, [3, 4, 5])]);

  it.each([1, 2, 3, 7, 64, answer.length])("come whole from pieces of %i bytes, each as soon as its last byte is here", (size) => {
    const got: LevelGot[] = [];
    const row = new LevelsInARow((level) => got.push(level));
    for (let at = 0; at < answer.length; at += size) {
      row.take(answer.subarray(at, at + size));
      if (at + size < answer.length) expect(got.length).toBeLessThan(3);
    }
    expect(got.map(({ level, payload }) => [level, ...payload])).toEqual([[0, 1, 2], [1], [2, 3, 4, 5]]);
  });

  it("are not taken where the answer is cut off", () => {
    const got: LevelGot[] = [];
    new LevelsInARow((level) => got.push(level)).take(answer.subarray(0, answer.length - 1));
    expect(got.map(({ level }) => level)).toEqual([0, 1]);
  });
});
