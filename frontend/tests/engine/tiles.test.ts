import type { Frame } from "../../src/engine/model";
import { describe, expect, it } from "vitest";
import { boxOf, chooseRung, ladderOf, tilesAcross, tilesIn } from "../../src/engine/tiles/ladder";
import { ByteCache } from "../../src/engine/tiles/byteCache";
import type { Tile } from "../../src/engine/tiles/tile";
import { tileKey } from "../../src/engine/tiles/tile";
import { type Known, type Gaze, wantsOf } from "../../src/engine/tiles/wants";
import { ctStack, imageFormat } from "./builders";

describe("the ladder of sizes", () => {
  it("begins with the whole image in one small tile and ends at full size", () => {
    const ladder = ladderOf(imageFormat(2500, 3056));
    expect(ladder.map(({ size, z, columns }) => [size, z, columns])).toEqual([
      [256, 0, 157],
      [512, 0, 313],
      [512, 1, 625],
      [512, 2, 1250],
      [512, 3, 2500],
    ]);
    expect(ladder.map((rung) => rung.place)).toEqual([0, 1, 2, 3, 4]);
  });

  it("has one rung for an image that is small itself, none for no picture", () => {
    expect(ladderOf(imageFormat(200, 100))).toHaveLength(1);
    expect(ladderOf(imageFormat(0, 0, { levels256: 0, levels512: 0 }))).toEqual([]);
  });

  it("is climbed until every device pixel has its own", () => {
    const ladder = ladderOf(imageFormat(2500, 3056));
    expect(chooseRung(ladder, 0.05)?.place).toBe(0);
    expect(chooseRung(ladder, 1170 / 2500)?.columns).toBe(1250);
    expect(chooseRung(ladder, 0.57)?.columns).toBe(1250); // stretched by 14 %: not worth four times the bytes
    expect(chooseRung(ladder, 0.6)?.columns).toBe(2500);
    expect(chooseRung(ladder, 8)?.columns).toBe(2500);
    expect(chooseRung([], 1)).toBeNull();
  });
});

describe("tiles of a rung", () => {
  const format = imageFormat(2500, 3056);
  const full = ladderOf(format)[4];
  if (full === undefined) throw new Error("no full size");

  it("cover what is looked at, its middle first", () => {
    const places = tilesIn(full, { x0: 600, y0: 600, x1: 1700, y1: 1100 });
    expect(places).toHaveLength(6);
    expect([places[0]?.x, places[0]?.y]).toEqual([2, 1]);
    expect(new Set(places.map(({ x, y }) => `${x},${y}`))).toEqual(new Set(["1,1", "2,1", "3,1", "1,2", "2,2", "3,2"]));
  });

  it("never lie beyond the image", () => {
    expect(tilesAcross(full)).toEqual({ width: 5, height: 6 });
    expect(tilesIn(full, { x0: 0, y0: 0, x1: 2500, y1: 3056 })).toHaveLength(30);
    expect(boxOf({ rung: full, x: 4, y: 5 }, format)).toEqual({ x0: 2048, y0: 2560, x1: 2500, y1: 3056 });
  });
});

describe("a cache with a budget", () => {
  it("lets go of what was not used for the longest, and says so", () => {
    const gone: string[] = [];
    const cache = new ByteCache<string>(100, (key) => gone.push(key));
    cache.set("a", "A", 40);
    cache.set("b", "B", 40);
    cache.get("a");
    cache.set("c", "C", 40);
    expect(gone).toEqual(["b"]);
    expect(cache.usedBytes).toBe(80);
  });

  it("counts right when a value is replaced, and keeps one that is too large alone", () => {
    const gone: string[] = [];
    const cache = new ByteCache<string>(100, (_, value) => gone.push(value));
    cache.set("a", "A1", 90);
    cache.set("a", "A2", 20);
    expect([cache.usedBytes, gone]).toEqual([20, ["A1"]]);
    cache.set("b", "B", 500);
    expect([cache.size, cache.usedBytes, cache.has("b")]).toEqual([1, 500, true]);
    cache.clear();
    expect(cache.usedBytes).toBe(0);
  });
});

describe("what is asked for", () => {
  const whole = { x0: 0, y0: 0, x1: 512, y1: 512 };
  const gaze = (more: Partial<Gaze> = {}): Gaze => ({
    stack: ctStack(40),
    index: 20,
    direction: 1,
    speed: 0,
    part: whole,
    zoom: 1,
    lens: null,
    window: null,
    isWindowing: false,
    cine: null,
    streaming: "none",
    ...more,
  });
  const reach = { ahead: 4, behind: 2, preview: 6 };
  const never = () => false;
  const knowing = (held: Known["held"], more: Partial<Known> = {}): Known => ({ held, isExact: never, isComing: never, ...more });
  const nothing = knowing(() => undefined);
  const places = (wants: ReturnType<typeof wantsOf>, purpose: string) =>
    wants.filter((want) => want.purpose === purpose).map(({ job }) => `${job.frame.instance}:${job.place.rung.size}`);

  it("is what is on screen first: the quick preview, then the full level", () => {
    expect(places(wantsOf(gaze(), reach, nothing), "visible")).toEqual(["1.2.20:256", "1.2.20:512"]);
  });

  it("then what is near, further in the direction of travel than behind", () => {
    const near = places(wantsOf(gaze({ direction: -1 }), reach, nothing), "near");
    expect(near).toEqual(["19", "21", "18", "22", "17", "16"].map((slice) => `1.2.${slice}:512`));
  });

  it("then previews to either side, within the stack", () => {
    const previews = places(wantsOf(gaze({ index: 38 }), reach, nothing), "prefetch");
    expect(previews).toEqual(["39", "37", "36", "35", "34", "33", "32"].map((slice) => `1.2.${slice}:256`));
  });

  it("is previews alone while slices fly by", () => {
    const wants = wantsOf(gaze({ speed: 30 }), reach, nothing);
    expect(new Set(wants.map(({ job }) => job.place.rung.size))).toEqual(new Set([256]));
  });

  it("is the full levels to come while a cine plays, and those of its beginning at its end", () => {
    const wants = wantsOf(gaze({ index: 38, cine: { index: 38, direction: 1, bounces: false } }), reach, nothing);
    expect(places(wants, "near").slice(0, 4)).toEqual(["1.2.39:512", "1.2.0:512", "1.2.1:512", "1.2.2:512"]);
    expect(places(wants, "prefetch")).toEqual([]);
  });

  it("is previews in the new window once it was changed: a fast scroll shows nothing else", () => {
    const held = knowing((key) => ({ key, windowKey: "own" }) as unknown as Tile);
    const window = { center: 50, width: 350, function: "LINEAR" } as const;
    expect(wantsOf(gaze(), reach, held)).toEqual([]);
    expect(places(wantsOf(gaze({ window, speed: 30 }), reach, held), "visible")).toEqual(["1.2.20:256"]);
    expect(places(wantsOf(gaze({ window }), reach, held), "prefetch")).toHaveLength(12);
  });

  it("is only what is on screen while the window moves, in the new window", () => {
    const window = { center: 50, width: 350, function: "LINEAR" } as const;
    const stack = ctStack(40);
    const [, full] = ladderOf(imageFormat(512, 512));
    const frame = stack.frames[20];
    if (full === undefined || frame === undefined) throw new Error("no frame");
    const quickKey = tileKey(frame, { rung: { ...full, size: 256, z: 0 }, x: 0, y: 0 });
    const fullKey = tileKey(frame, { rung: full, x: 0, y: 0 });
    const held = knowing((key) =>
      key === quickKey || key === fullKey ? ({ key, windowKey: "own" } as unknown as Tile) : undefined,
    );
    const wants = wantsOf(gaze({ stack, window, isWindowing: true }), reach, held);
    expect(wants.map(({ job }) => [job.place.rung.size, job.window])).toEqual([[512, window]]);
  });

  it("never asks for a window of colours", () => {
    const stack = ctStack(3, imageFormat(640, 480, { colour: true }));
    const wants = wantsOf(
      gaze({ stack, index: 1, window: { center: 1, width: 2, function: "LINEAR" } }),
      reach,
      nothing,
    );
    expect(wants.every(({ job }) => job.window === null)).toBe(true);
  });

  it("is nothing of a frame whose own values are here, and no more than its preview of one whose values come", () => {
    const isThis = (frame: Frame): boolean => frame.instance === "1.2.20";
    const here = wantsOf(gaze({ streaming: "rest" }), reach, knowing(() => undefined, { isExact: isThis }));
    expect(places(here, "visible")).toEqual([]);
    const coming = wantsOf(gaze({ streaming: "rest" }), reach, knowing(() => undefined, { isComing: isThis }));
    expect(places(coming, "visible")).toEqual(["1.2.20:256"]);
  });

  it("is only what is on screen while its values come, and then previews: full levels of others come as values", () => {
    const first = wantsOf(gaze({ streaming: "first" }), reach, nothing);
    expect(first.every(({ purpose }) => purpose === "visible")).toBe(true);
    const rest = wantsOf(gaze({ streaming: "rest" }), reach, nothing);
    expect(places(rest, "near")).toEqual([]);
    expect(places(rest, "prefetch")).toHaveLength(12);
  });
});
