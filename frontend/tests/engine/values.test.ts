import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { FrameStream, VoiTable } from "../../src/engine/frames/stream";
import type { GreyWindow } from "../../src/engine/model";
import { COLOUR_MAPS } from "../../src/engine/values/colourMapNames";
import { paletteOf } from "../../src/engine/values/colourMaps";
import { GreyTables, greyTable } from "../../src/engine/values/display";
import { placeOf } from "../../src/engine/values/modality";
import { autoWindow, rangeOf } from "../../src/engine/values/range";
import { readStream } from "../../src/protocol/frames";

interface Case {
  name: string;
  by: number;
  inverted: boolean;
  samples: [number, number][];
  crc32: number;
}

const file = JSON.parse(readFileSync("tests/contracts/greys.json", "utf8")) as {
  looks: unknown[];
  streams: Record<string, object>;
  cases: Case[];
};
const streamOf = (name: string, look: unknown = null): FrameStream => readStream({ ...file.streams[name], look });
const looks = file.looks.map((look) => streamOf("unsigned", look).look);

describe("the grey of every stored value", () => {
  it.each(file.cases)("is the server's: $name, look $by, inverted $inverted", ({ name, by, inverted, samples, crc32: expected }) => {
    const greys = greyTable(streamOf(name), { by: looks[by] ?? null, inverted });
    expect(samples.map(([place]) => [place, greys[place]])).toEqual(samples);
    expect(crc32(greys)).toBe(expected);
  });

  it("is that of the file's own look where no other is chosen", () => {
    const [look] = file.looks;
    const own = greyTable(streamOf("signed", look), { by: null, inverted: false });
    expect(own).toEqual(greyTable(streamOf("signed"), { by: looks[0] ?? null, inverted: false }));
  });

  it("is reckoned once for slices that say the same", () => {
    const tables = new GreyTables();
    const window: GreyWindow = { center: 40, width: 400, function: "LINEAR" };
    const one = tables.get(streamOf("signed"), { by: window, inverted: false });
    const other = tables.get(streamOf("signed"), { by: { ...window }, inverted: false });
    expect(other.greys).toBe(one.greys);
    expect(other.key).toBe(one.key);
    expect(tables.get(streamOf("signed"), { by: window, inverted: true }).key).not.toBe(one.key);
    expect(tables.get(streamOf("unsigned"), { by: window, inverted: false }).key).not.toBe(one.key);
  });

  it("does not confuse two tables of the same size", () => {
    const tables = new GreyTables();
    const table = (entries: number[]): VoiTable => ({ kind: "table", first: 0, bits: 8, entries: Uint16Array.from(entries) });
    const one = tables.get(streamOf("unsigned"), { by: table([0, 100]), inverted: false });
    const other = tables.get(streamOf("unsigned"), { by: table([0, 200]), inverted: false });
    expect([one.greys[1], other.greys[1]]).toEqual([100, 200]);
  });
});

describe("what values a frame holds", () => {
  it("is told in modality values, padding left aside", () => {
    const stream = streamOf("padding");
    expect(rangeOf(Int16Array.of(-2000, -5, 7, 90), stream)).toEqual({ low: -5, high: 90 });
    expect(rangeOf(Int16Array.of(-2000, -2000), stream)).toBeNull();
    expect(rangeOf(Uint16Array.of(24, 1024), streamOf("unsigned hounsfield"))).toEqual({ low: -1000, high: 0 });
    expect(rangeOf(Int16Array.of(-5, 7), streamOf("turned round"))).toEqual({ low: 33, high: 45 });
  });

  it("makes a window that a few hot pixels do not spoil", () => {
    const values = Int16Array.from({ length: 10_000 }, (_, at) => (at < 10 ? 30_000 : at % 100));
    expect(autoWindow(values, streamOf("signed"))).toEqual({ center: 50, width: 100, function: "LINEAR" });
    expect(autoWindow(Int16Array.of(3, 3), streamOf("signed"))).toEqual({ center: 3.5, width: 1, function: "LINEAR" });
  });

  it("finds values below zero where two's complement has them", () => {
    expect(placeOf(-1)).toBe(65535);
    expect(rangeOf(Int16Array.of(-32768, 32767), streamOf("signed"))).toEqual({ low: -32768, high: 32767 });
  });
});

describe("the palettes of PS3.6 annex B", () => {
  const published = JSON.parse(readFileSync("tests/contracts/palettes.json", "utf8")) as Record<string, { samples: number[][]; crc32: number }>;

  it.each(COLOUR_MAPS.filter((map) => map !== "grey"))("are those that are published: %s", (map) => {
    const palette = paletteOf(map) ?? new Uint8Array();
    const samples = [0, 40, 85, 128, 191, 240, 255].map((grey) => [...palette.subarray(grey * 4, grey * 4 + 3)]);
    expect(samples).toEqual(published[map]?.samples);
    expect(crc32(palette)).toBe(published[map]?.crc32);
  });

  it("leave greys alone where none is chosen", () => {
    expect(paletteOf("grey")).toBeNull();
  });
});
