import { beforeEach, describe, expect, it } from "vitest";
import { type Frame, type LoadedTile, type TileAddress, TileFailure } from "../../src/engine/model";
import { LOAD } from "../../src/engine/tiles/frameShelf";
import { nearestIndex, wantsThisAlone } from "../../src/engine/stageFrames";
import { TileManager } from "../../src/engine/tiles/tileManager";
import { type Gaze, rungFor } from "../../src/engine/tiles/wants";
import { ctStack } from "./builders";

interface Asked {
  readonly address: TileAddress;
  readonly signal: AbortSignal;
  give(window?: LoadedTile["window"]): void;
  fail(error: Error): void;
}

const stack = ctStack(20);
let asked: Asked[];
let changes: number;
let changedFrames: (Frame | null)[];
let timers: Set<() => void>;
let nowMs: number;
let manager: TileManager;

const gaze = (more: Partial<Gaze> = {}): Gaze => ({
  stack,
  index: 10,
  direction: 0,
  speed: 0,
  part: { x0: 0, y0: 0, x1: 512, y1: 512 },
  zoom: 1,
  lens: null,
  window: null,
  isWindowing: false,
  cine: null,
  streaming: "none",
  ...more,
});

function soon(action: () => void): () => void {
  timers.add(action);
  return () => timers.delete(action);
}

function managerOf(budgetBytes: number): TileManager {
  return new TileManager({
    load: (address, signal) =>
      new Promise((resolve, reject) => {
        asked.push({ address, signal, give: (window = null) => resolve({ image: new Blob(), window }), fail: reject });
      }),
    decode: () => Promise.resolve({ width: 512, height: 512, close: () => undefined }),
    budgetBytes,
    onChange: (frame) => {
      changes += 1;
      changedFrames.push(frame);
    },
    onGone: () => undefined,
    now: () => nowMs,
    later: soon,
    whenIdle: soon,
  });
}

beforeEach(() => {
  asked = [];
  changes = 0;
  changedFrames = [];
  timers = new Set();
  nowMs = 0;
  manager = managerOf(64 * 1024 * 1024);
});

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
};
const frame = (index: number) => {
  const found = stack.frames[index];
  if (found === undefined) throw new Error("no frame");
  return found;
};
const wanted = rungFor(frame(0), 1);

describe("the tiles of what is looked at", () => {
  it("come quick preview first, and the frame is then here in part", async () => {
    manager.update(gaze());
    expect(asked.slice(0, 2).map(({ address }) => [address.instance, address.size])).toEqual([
      ["1.2.10", 256],
      ["1.2.10", 512],
    ]);
    asked[0]?.give();
    await settle();
    expect(manager.loadOf(frame(10), wanted)).toBe(LOAD.coarse);
    expect(manager.covers(frame(10))).toBe(true);
    asked[1]?.give();
    await settle();
    expect(manager.loadOf(frame(10), wanted)).toBe(LOAD.full);
    expect(changes).toBe(2);
  });

  it("are given up when the reader has gone elsewhere", async () => {
    manager.update(gaze({ index: 0 }));
    const [first] = asked;
    manager.update(gaze({ index: 19, isWindowing: true }));
    expect(first?.signal.aborted).toBe(true);
    first?.give();
    await settle();
    expect(manager.covers(frame(0))).toBe(false);
  });

  it("stand in for a neighbour that is not here: the nearest that can be drawn", async () => {
    manager.update(gaze());
    asked[0]?.give();
    await settle();
    expect(nearestIndex(stack, 13, (frame) => manager.covers(frame))).toBe(10);
    expect(nearestIndex(ctStack(3), 1, (frame) => manager.covers(frame))).toBeNull();
  });

  it("show the window that the server says it applied", async () => {
    manager.update(gaze());
    asked[0]?.give({ center: 7, width: 9, function: "SIGMOID" });
    await settle();
    expect(manager.tilesOf(frame(10))[0]?.window).toEqual({ center: 7, width: 9, function: "SIGMOID" });
  });
});

describe("a tile that does not come", () => {
  it("for good is told at once, and not asked for again", async () => {
    manager.update(gaze({ isWindowing: true }));
    asked[0]?.fail(new TileFailure("cannot_show", "Damaged.", true, { requestId: "r1" }));
    await settle();
    expect(manager.troubleOf(frame(10))).toMatchObject({ message: "Damaged.", requestId: "r1", permanent: true });
    const before = asked.length;
    manager.update(gaze({ isWindowing: true }));
    expect(asked).toHaveLength(before);
    manager.retry();
    manager.update(gaze({ isWindowing: true }));
    expect(asked.length).toBeGreaterThan(before);
  });

  it("for now is told only when it fails again, and forgotten when it comes", async () => {
    const again = async (): Promise<Asked | undefined> => {
      await settle();
      nowMs += 20_000;
      asked.length = 0;
      for (const action of timers) action();
      return asked.find(({ address }) => address.size === 256);
    };
    manager.update(gaze({ isWindowing: true }));
    asked[0]?.fail(new TileFailure("offline", "", false));
    const second = await again();
    expect(manager.troubleOf(frame(10))).toBeNull();
    second?.fail(new TileFailure("offline", "", false));
    const third = await again();
    expect(manager.troubleOf(frame(10))).toMatchObject({ reason: "offline", permanent: false });
    third?.give();
    await settle();
    expect(manager.troubleOf(frame(10))).toBeNull();
  });
});

it("asks for nothing that has come or is under way when the same is looked at again", () => {
  manager.update(gaze({ isWindowing: true }));
  const before = asked.length;
  manager.update(gaze({ isWindowing: true, part: { x0: 0, y0: 0, x1: 512, y1: 512 } }));
  expect(asked).toHaveLength(before);
  expect(asked.some(({ signal }) => signal.aborted)).toBe(false);
  manager.update(gaze({ isWindowing: true, window: { center: 1, width: 2, function: "LINEAR" } }));
  expect(asked.length).toBeGreaterThan(before);
});

it("says of which frame a tile came", async () => {
  manager.update(gaze());
  asked[0]?.give();
  await settle();
  expect(changedFrames).toEqual([frame(10)]);
});

it("keeps to its budget, and what is looked at stays", async () => {
  manager = managerOf(3 * 512 * 512 * 4);
  for (let index = 0; index < 8; index += 1) {
    manager.update(gaze({ index, isWindowing: true }));
    for (const one of asked.splice(0)) one.give();
    await settle();
  }
  expect(manager.covers(frame(7))).toBe(true);
  expect(manager.covers(frame(0))).toBe(false);
});

describe("the frame on screen", () => {
  it("has the line for itself until it is here, unless the reader goes on through the stack", () => {
    expect(wantsThisAlone(0, "first", true)).toBe(true);
    expect(wantsThisAlone(0, "rest", false)).toBe(true);
    expect(wantsThisAlone(0, "rest", true)).toBe(false);
    expect(wantsThisAlone(1, "first", false)).toBe(false);
    expect(wantsThisAlone(-1, "rest", false)).toBe(false);
  });
});
