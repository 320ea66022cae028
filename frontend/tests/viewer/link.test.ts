import { describe, expect, it } from "vitest";
import { type Anchor, type Followed, type Linked, follow } from "../../src/app/screens/viewer/link";
import { placesOfSeries, planesOf } from "../../src/app/screens/viewer/planes";
import { itemsOf } from "../../src/app/screens/viewer/stacks";
import { digest, format, instances, series } from "./builders";

interface Made {
  readonly count: number;
  readonly from?: number;
  readonly step?: number;
  readonly frame?: string;
  readonly study?: string;
  readonly orientation?: number[];
  readonly isPlaced?: boolean;
}

/** A stack along z. */
function stack({ count, from = 0, step = 1, frame = "1.9", study = "now", orientation = [1, 0, 0, 0, 1, 0], isPlaced = true }: Made): Linked {
  const [item] = itemsOf(
    digest(
      series({
        uid: `${study}.${frame}`,
        frameOfReference: frame,
        positions: isPlaced ? [[count, -100, -100, from, 0, 0, step]] : null,
        formats: [format({ orientation })],
        instances: instances(...Array<number>(count).fill(1)),
      }),
    ),
  );
  if (item === undefined) throw new Error("no item");
  return { study, item };
}

const indices = (leading: Linked, following: Linked, at: number[], anchor: Anchor | null = null): (number | undefined)[] =>
  at.map((index) => follow(leading, index, following, anchor)?.index);
const kindOf = (followed: Followed | null): string | null => followed?.kind ?? null;

describe("places from the digest", () => {
  it("are unrolled from their runs, unknown ones too", () => {
    expect(placesOfSeries({ positions: [[3, 1, 2, 3, 0, 0, -2], [1], [1, 9, 9, 9]] })).toEqual([[1, 2, 3], [1, 2, 1], [1, 2, -1], null, [9, 9, 9]]);
    expect(placesOfSeries({ positions: null })).toEqual([]);
  });

  it("belong to the frames of many-framed objects, and to those of each clip", () => {
    const [one, other] = itemsOf(digest(series({ instances: instances(2, 3), positions: [[5, 0, 0, 10, 0, 0, 5]] })));
    if (one === undefined || other === undefined) throw new Error("no clips");
    expect(planesOf(one).map((plane) => plane?.origin[2])).toEqual([10, 15]);
    expect(planesOf(other).map((plane) => plane?.origin[2])).toEqual([20, 25, 30]);
  });

  it("are no plane where the sides of the image are not known", () => {
    const { item } = stack({ count: 3, orientation: [] });
    expect(planesOf(item)).toEqual([null, null, null]);
  });
});

describe("panes of one frame of reference", () => {
  it("scroll together by millimetres, whatever their gaps are", () => {
    const thin = stack({ count: 101, step: 2 });
    const thick = stack({ count: 41, step: 5 });
    expect(kindOf(follow(thin, 0, thick))).toBe("position");
    expect(indices(thin, thick, [0, 10, 50, 100])).toEqual([0, 4, 20, 40]);
    expect(indices(thick, thin, [2, 40])).toEqual([5, 100]);
  });

  it("find the place though one runs from the feet and the other from the head", () => {
    const up = stack({ count: 11, from: 0, step: 10 });
    const down = stack({ count: 11, from: 100, step: -10 });
    expect(indices(up, down, [0, 3, 10])).toEqual([10, 7, 0]);
    const seenFromBehind = stack({ count: 11, from: 100, step: -10, orientation: [-1, 0, 0, 0, 1, 0] });
    expect(indices(up, seenFromBehind, [0, 3, 10])).toEqual([10, 7, 0]);
  });

  it("say that a place lies beyond the stack that follows", () => {
    const long = stack({ count: 101, step: 2 });
    const short = stack({ count: 11, from: 50, step: 2 });
    expect(follow(long, 25, short)).toEqual({ kind: "position", index: 0, isBeyond: false });
    expect(follow(long, 10, short)).toEqual({ kind: "position", index: 0, isBeyond: true });
    expect(follow(long, 100, short)).toEqual({ kind: "position", index: 10, isBeyond: true });
  });

  it("do not scroll together where they look another way: there are reference lines for that", () => {
    expect(follow(stack({ count: 10 }), 5, stack({ count: 10, orientation: [1, 0, 0, 0, 0, -1], study: "then" }))).toBeNull();
  });
});

describe("panes of different frames of reference", () => {
  const now = stack({ count: 221, step: 2 });
  const then = stack({ count: 89, step: 5, frame: "1.8", study: "then" });

  it("scroll together by their share of the stack when a study is compared with another", () => {
    expect(kindOf(follow(now, 0, then))).toBe("fraction");
    expect(indices(now, then, [0, 110, 220])).toEqual([0, 44, 88]);
  });

  it("go through the body the same way, though one stack runs against it", () => {
    const backwards = stack({ count: 89, from: 440, step: -5, frame: "1.8", study: "then" });
    expect(indices(now, backwards, [0, 220])).toEqual([88, 0]);
  });

  it("do so, too, where no place is known at all", () => {
    const clip = stack({ count: 11, isPlaced: false, frame: "" });
    expect(follow(clip, 5, stack({ count: 21, isPlaced: false, frame: "", study: "then" }))).toEqual({ kind: "fraction", index: 10, isBeyond: false });
  });

  it("are left alone within one study", () => {
    expect(follow(now, 3, stack({ count: 10, frame: "1.7" }))).toBeNull();
    expect(follow(stack({ count: 11, isPlaced: false, frame: "" }), 3, stack({ count: 11, isPlaced: false, frame: "" }))).toBeNull();
  });

  it("are left alone where one is a single picture", () => {
    expect(follow(now, 3, stack({ count: 1, frame: "1.8", study: "then" }))).toBeNull();
  });

  it("go on by millimetres from the slices that the reader laid beside each other", () => {
    const anchor = { leading: 100, following: 50 };
    expect(follow(now, 100, then, anchor)).toEqual({ kind: "hand", index: 50, isBeyond: false });
    expect(indices(now, then, [105, 95], anchor)).toEqual([52, 48]);
    expect(follow(now, 220, then, anchor)).toEqual({ kind: "hand", index: 88, isBeyond: true });
  });
});
