import { beforeEach, describe, expect, it } from "vitest";
import { streaming } from "../../src/app/screens/viewer/streamedFrames";
import type { Frame, FrameSink, FrameSource, ImageFormat, Look, Refusal, Stack } from "../../src/engine/index";
import type { EarlyLevels } from "../../src/app/state/earlyLevels";
import type { LevelGot, ViewingListener, ViewingSocket } from "../../src/protocol/index";
import type { Reach } from "../../src/protocol/stackSayings";

const FORMAT = { columns: 512, rows: 512 } as ImageFormat;
const SERIES = "1.2.3";
const LEVELS = 4;

function stackOf(id: string, frames: number): Stack {
  return { id, frames: Array.from({ length: frames }, (_, place) => ({ instance: `1.2.3.${place}`, frame: 1, format: FORMAT })) };
}

/** Keeps what it is given, as far as it wants it. */
class FakeSink implements FrameSink {
  readonly held = new Map<Frame, number>();
  readonly refused = new Map<Frame, Refusal>();
  readonly unwanted = new Set<Frame>();
  has = (frame: Frame, level: number): boolean => (this.held.get(frame) ?? 0) > level;
  countOf = (frame: Frame): number | null => (this.held.has(frame) ? LEVELS : null);
  isWanted = (frame: Frame): boolean => !this.unwanted.has(frame);
  take = (frame: Frame, { level }: { level: number }): void => {
    if (this.isWanted(frame)) this.held.set(frame, level + 1);
  };
  refuse = (frame: Frame, refusal: Refusal): void => {
    this.refused.set(frame, refusal);
  };
}

let stack: Stack;
let sink: FakeSink;
let listener: ViewingListener;
let said: Record<string, unknown>[];
let isUp: boolean;
let reach: Reach;
let onReach: () => void;
let pulled: (readonly Look[])[];
let pulledIsClosed: boolean;
let timers: (() => void)[];
let parts: Map<string, number>;
let source: FrameSource;
let make: (early: EarlyLevels | null) => FrameSource;

beforeEach(() => {
  stack = stackOf(SERIES, 6);
  [sink, said, isUp, reach, pulled, pulledIsClosed, timers, parts] = [new FakeSink(), [], true, "stack", [], false, [], new Map<string, number>()];
  const socket = {
    get isUp() {
      return isUp;
    },
    say: (text: string) => {
      if (isUp) said.push(JSON.parse(text) as Record<string, unknown>);
      return isUp;
    },
    partOf: (instance: string, _frame: number, level: number) => parts.get(`${instance}@${level}`) ?? 0,
    forget: () => undefined,
    retry: () => undefined,
    close: () => undefined,
  } as unknown as ViewingSocket;
  make = (early) => streaming({
    early,
    pull: () => ({
      look: (looks) => void pulled.push(looks),
      forget: () => undefined,
      retry: () => undefined,
      close: () => (pulledIsClosed = true),
    }),
    reach: () => reach,
    onReach: (action) => {
      onReach = action;
      return () => undefined;
    },
    onBytes: () => undefined,
    onLink: () => undefined,
    connect: (given) => {
      listener = given;
      return socket;
    },
    later: (action) => void timers.push(action),
  })(sink);
  source = make(null);
});

const lookAt = (index: number, more: Partial<Look> = {}): Look => ({
  stack,
  index,
  direction: 0,
  speed: 0,
  zoom: 1,
  alone: false,
  behind: 2,
  ahead: 3,
  ...more,
});
const got = (place: number, level: number): LevelGot => ({ instance: `1.2.3.${place}`, frame: 1, level, stream: null, crc32: 0, payload: new Uint8Array(), part: null });
const come = (place: number, level: number): void => listener.onLevel(got(place, level));
const types = (): unknown[] => said.map(({ type }) => type);
const settle = (): Promise<void> => Promise.resolve();
const frame = (place: number): Frame => {
  const found = stack.frames[place];
  if (found === undefined) throw new Error("no such frame");
  return found;
};

describe("frames that are streamed", () => {
  it("are asked for by opening their stack and looking at it, and what is the same is said once", () => {
    source.look([lookAt(2)]);
    source.look([lookAt(2)]);
    source.look([lookAt(2, { speed: 0.0001, direction: 1 })]);
    expect(types()).toEqual(["open", "look", "look"]);
    expect(said[0]).toMatchObject({ stack: 1, series: SERIES, runs: [[0, 5]], have: [6, 0, 0] });
    expect(said[1]).toMatchObject({ views: [{ stack: 1, at: 2, reach: "stack", behind: 2, ahead: 3 }] });
  });

  it("of one clip of a series are opened by the clip", () => {
    stack = { id: `${SERIES}/2`, frames: [1, 2, 3].map((number) => ({ instance: "1.2.3.9", frame: number, format: FORMAT })) };
    source.look([lookAt(0)]);
    expect(said[0]).toMatchObject({ series: SERIES, instances: ["1.2.3.9"], have: [3, 0, 0] });
  });

  it("are handed to who keeps them", () => {
    source.look([lookAt(2)]);
    come(2, 0);
    come(2, 1);
    expect(sink.held.get(frame(2))).toBe(2);
    expect(types()).toEqual(["open", "look"]);
  });

  it("are not asked for again after a cut, not even half a level", () => {
    source.look([lookAt(2)]);
    for (const level of [0, 1, 2, 3]) come(2, level);
    come(3, 0);
    parts.set("1.2.3.3@1", 500);
    said = [];
    listener.onUp();
    expect(types()).toEqual(["open", "have", "look"]);
    expect(said[0]).toMatchObject({ have: [2, 0, 0, 1, 4, 4, 1, 1, 4, 2, 0, 0] });
    expect(said[1]).toMatchObject({ from: 3, levels: [1, 1, 4], parts: [[3, 500]] });
  });

  it("that made room for others are said, many in one", async () => {
    source.look([lookAt(2)]);
    for (const place of [0, 1, 2, 5]) come(place, 0);
    said = [];
    for (const place of [0, 1, 5]) {
      sink.held.delete(frame(place));
      source.forget(frame(place));
    }
    await settle();
    expect(said.map(({ from, levels }) => [from, levels])).toEqual([
      [0, [2, 0, 0]],
      [5, [1, 0, 0]],
    ]);
  });

  it("that came for nothing are said: a level whose foundation has gone", async () => {
    source.look([lookAt(2)]);
    said = [];
    come(2, 1);
    await settle();
    expect(said).toEqual([{ type: "have", stack: 1, from: 2, levels: [1, 0, 0], parts: [] }]);
  });

  it("that there is no place for come no more, until there is", async () => {
    sink.unwanted.add(frame(2));
    source.look([lookAt(2)]);
    come(2, 0);
    await settle();
    expect(said.at(-1)).toMatchObject({ type: "have", from: 2, levels: [1, 32, 32] });
    sink.unwanted.clear();
    source.look([lookAt(2, { zoom: 2 })]);
    await settle();
    expect(said.at(-1)).toMatchObject({ type: "have", from: 2, levels: [1, 0, 0] });
  });

  it("that were damaged and thrown away are sent again", async () => {
    source.look([lookAt(2)]);
    come(2, 0);
    sink.held.clear();
    source.look([lookAt(2, { zoom: 2 })]);
    await settle();
    expect(said.at(-1)).toMatchObject({ type: "have", from: 2, levels: [1, 0, 0] });
  });

  it("that have no stream are left to tiles", () => {
    source.look([lookAt(2)]);
    listener.onMessage({ type: "cannot", stack: 1, instance: "1.2.3.2", frame: 1, reason: "no_stream", permanent: true });
    expect(sink.refused.get(frame(2))).toEqual({ reason: "no_stream", permanent: true, retryAfterMs: null });
  });

  it("of a series that is laid out otherwise by now are opened by its instances", () => {
    source.look([lookAt(2)]);
    listener.onMessage({ type: "unlike", stack: 1 });
    expect(said.at(-1)).toMatchObject({ type: "open", stack: 1, instances: stack.frames.map(({ instance }) => instance) });
  });

  it("that are open to us no more are refused", () => {
    source.look([lookAt(2)]);
    listener.onMessage({ type: "closed", stack: 1, reason: "not_found" });
    expect(sink.refused.size).toBe(6);
  });

  it.each(["too_many", "failed"])("of a stack that was closed (%s) are opened again", (reason) => {
    source.look([lookAt(2)]);
    listener.onMessage({ type: "closed", stack: 1, reason });
    for (const action of timers) action();
    source.look([lookAt(3)]);
    expect(types()).toEqual(reason === "failed" ? ["open", "look", "open", "look", "look"] : ["open", "look", "open", "look"]);
    expect(sink.refused.size).toBe(0);
  });

  it("are few while nobody looks at the page, and previews for who saves data", () => {
    source.look([lookAt(2)]);
    reach = "frame";
    onReach();
    reach = "previews";
    onReach();
    expect(said.slice(1).map(({ views }) => (views as { reach: string }[])[0]?.reach)).toEqual(["stack", "frame", "previews"]);
  });

  it("come by HTTP where no socket comes about, and by the socket once one does", () => {
    isUp = false;
    source.look([lookAt(2)]);
    listener.onLink("blocked");
    expect(pulled.at(-1)).toHaveLength(1);
    source.look([lookAt(3)]);
    expect(pulled.at(-1)?.[0]?.index).toBe(3);
    reach = "previews";
    onReach();
    expect(pulled.at(-1)).toEqual([]);
    isUp = true;
    listener.onLink("up");
    listener.onUp();
    expect(pulledIsClosed).toBe(true);
    expect(types()).toEqual(["open", "look"]);
  });
});

describe("levels that were asked for early", () => {
  let give: (level: LevelGot) => void;
  let end: () => void;
  let isStopped: boolean;

  beforeEach(() => {
    isStopped = false;
    source = make({
      instance: "1.2.3.2",
      frame: 1,
      follow: (onLevel, onEnd) => ([give, end] = [onLevel, onEnd]),
      stop: () => void (isStopped = true),
    });
  });

  it("are kept, and nothing is asked for until they are all here; then not they", () => {
    source.look([lookAt(2)]);
    expect(said).toEqual([]);
    for (const level of [0, 1, 2, 3]) give(got(2, level));
    expect(sink.held.get(frame(2))).toBe(4);
    end();
    expect(types()).toEqual(["open", "look"]);
    expect(said[0]).toMatchObject({ have: [2, 0, 0, 1, 4, 4, 3, 0, 0] });
  });

  it("wait for somebody who looks at their frame", () => {
    give(got(2, 0));
    expect(sink.held.size).toBe(0);
    source.look([lookAt(2)]);
    expect(sink.held.get(frame(2))).toBe(1);
  });

  it("hold up nobody who looks elsewhere, or goes on", () => {
    source.look([lookAt(3)]);
    expect(types()).toEqual(["open", "look"]);
    said.length = 0;
    source.look([lookAt(2, { speed: 4, direction: 1 })]);
    expect(types()).toEqual(["look"]);
  });

  it("leave the rest to the socket where they ended too soon, and end with the source", () => {
    source.look([lookAt(2)]);
    give(got(2, 0));
    end();
    expect(said[0]).toMatchObject({ have: [2, 0, 0, 1, 1, 4, 3, 0, 0] });
    make({ instance: "1", frame: 1, follow: () => undefined, stop: () => void (isStopped = true) }).close();
    expect(isStopped).toBe(true);
  });
});
