import { describe, expect, it } from "vitest";
import { firstPlace, isCine, itemsOf } from "../../src/app/screens/viewer/stacks";
import type { DigestInstance } from "../../src/protocol/index";
import { digest, format, instances, series } from "./builders";

/** Frames, and how many of them a second. */
const clips = (...all: [number, number | null][]) =>
  instances(...all.map(([frames]) => frames)).map((instance, place) => ({ ...instance, rateHz: all[place]?.[1] ?? null }));

describe("the strip", () => {
  it("has one stack for a series of slices, in the digest's order", () => {
    const [item, ...rest] = itemsOf(digest(series()));
    expect(rest).toEqual([]);
    expect(item?.stack.frames.map(({ instance }) => instance)).toEqual(["1.2.1", "1.2.2", "1.2.3", "1.2.4"]);
    expect(item?.clip).toBeNull();
  });

  it("lays every frame of a clip out, counted from 1", () => {
    const [item] = itemsOf(digest(series({ instances: clips([3, 25]) })));
    expect(item?.stack.frames.map(({ frame }) => frame)).toEqual([1, 2, 3]);
    expect(item === undefined ? null : isCine(item)).toBe(true);
  });

  it("shows the frames of one clip for as long as the file says", () => {
    const [clip] = clips([3, 12.5]);
    const told = { ...(clip as NonNullable<typeof clip>), frameTimesMs: [40, 120, 80] };
    const times = (...all: DigestInstance[]) => itemsOf(digest(series({ instances: all }))).map(({ frameTimesMs }) => frameTimesMs);
    expect(times(told)).toEqual([[40, 120, 80]]);
    expect(times(...instances(1, 1))).toEqual([null]);
  });

  it("makes each clip of a series an entry of its own, and one of the stills between them", () => {
    const items = itemsOf(digest(series({ modality: "US", instances: clips([1, null], [30, 30], [20, 12], [1, null]) })));
    expect(items.map(({ slices }) => slices.length)).toEqual([30, 20, 2]);
    expect(items.map(({ clip }) => clip?.number)).toEqual([1, 2, 3]);
    expect(items.map(({ rateHz }) => rateHz)).toEqual([30, 12, null]);
    expect(new Set(items.map(({ stack }) => stack.id)).size).toBe(3);
    expect(items[1]?.thumbnail).toBe("/dicom-web/studies/1/series/1.2/instances/1.2.3/thumbnail");
  });

  it("keeps a series that cannot be shown, with nothing to scroll", () => {
    const [item] = itemsOf(digest(series({ cannotShow: "video", formats: [], instances: [] })));
    expect(item?.slices).toEqual([]);
    expect(item?.series.cannotShow).toBe("video");
  });

  it("shares the engine's format among the slices that share the digest's", () => {
    const two = { ...instances(1, 1, 1)[2], uid: "1.9", format: 1 } as ReturnType<typeof instances>[number];
    const [item] = itemsOf(digest(series({ formats: [format(), format({ inverse: true })], instances: [...instances(1, 1), two] })));
    const [one, other, third] = item?.stack.frames ?? [];
    expect(one?.format).toBe(other?.format);
    expect([one?.format.inverse, third?.format.inverse]).toEqual([false, true]);
  });
});

describe("where the reading begins", () => {
  it("is where the digest says, whatever the series was split into", () => {
    const told = {
      ...digest(series(), series({ uid: "1.3", modality: "US", instances: instances(1, 30, 20) })),
      first: { series: 1, instance: 2, frame: 7 },
    };
    expect(firstPlace(told, itemsOf(told))).toEqual({ item: 2, index: 6 });
  });

  it("is the first that can be shown when the digest says nothing of use", () => {
    const told = { ...digest(series({ formats: [], instances: [] }), series()), first: { series: 9, instance: 0, frame: 1 } };
    expect(firstPlace(told, itemsOf(told))).toEqual({ item: 1, index: 0 });
    const none = digest(series({ formats: [], instances: [] }));
    expect(firstPlace(none, itemsOf(none))).toBeNull();
  });
});
