import { beforeEach, describe, expect, it } from "vitest";
import { pulling } from "../../src/engine/frames/pulledSource";
import { type ArrivedLevel, type FrameSink, type FrameSource, LevelFailure, type Look, type Refusal } from "../../src/engine/frames/source";
import type { FrameStream } from "../../src/engine/frames/stream";
import { wantedOf } from "../../src/engine/frames/wanted";
import { type Frame, frameKey } from "../../src/engine/model";
import { ctStack, imageFormat } from "./builders";

interface Asked {
  readonly name: string;
  readonly frame: Frame;
  readonly level: number;
  readonly signal: AbortSignal;
  give(): void;
  fail(error: Error): void;
}

const LEVELS = 3;
const stack = ctStack(20, imageFormat(512, 512));
const stream = { levels: Array.from({ length: LEVELS }, () => ({ columns: 1, rows: 1, bytes: 1 })) } as unknown as FrameStream;
const lookAt = (index: number, more: Partial<Look> = {}): Look => ({
  stack,
  index,
  direction: 0,
  speed: 0,
  zoom: 1,
  alone: false,
  ahead: 3,
  behind: 2,
  ...more,
});

let asked: Asked[];
let here: Set<string>;
let known: Map<string, number>;
let refused: Refusal[];
let idle: (() => void)[];
let source: FrameSource;
const nameOf = (frame: Frame, level: number): string => `${frame.instance.replace("1.2.", "")}:${level}`;
const isHere = (frame: Frame, level: number): boolean => here.has(nameOf(frame, level));

beforeEach(() => {
  asked = [];
  here = new Set();
  known = new Map();
  refused = [];
  idle = [];
  const sink: FrameSink = {
    has: isHere,
    countOf: (frame) => known.get(frameKey(frame)) ?? null,
    isWanted: (frame) => !refused.some(({ reason }) => reason === frame.instance),
    take: (frame, arrived) => {
      here.add(nameOf(frame, arrived.level));
      if (arrived.stream !== null) known.set(frameKey(frame), LEVELS);
    },
    refuse: (frame, refusal) => refused.push(refusal.permanent ? { ...refusal, reason: frame.instance } : refusal),
  };
  source = pulling({
    load: (frame, level, signal) =>
      new Promise<ArrivedLevel>((resolve, reject) => {
        const give = (): void => {
          resolve({ level, stream: level === 0 ? stream : null, payload: new Uint8Array(1), crc32: 0 });
        };
        asked.push({ name: nameOf(frame, level), frame, level, signal, give, fail: reject });
      }),
    now: () => 0,
    later: (action) => {
      idle.push(action);
      return () => (idle = idle.filter((one) => one !== action));
    },
    whenIdle: (action) => {
      idle.push(action);
      return () => (idle = idle.filter((one) => one !== action));
    },
  })(sink);
});

async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
}

async function rest(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) {
    for (const action of idle.splice(0)) action();
    await settle();
  }
}

const names = (): string[] => asked.map(({ name }) => name);
const waiting = (): Asked[] => asked.filter(({ name, signal }) => !here.has(name) && !signal.aborted);

describe("what is asked for of full frames", () => {
  const nothing = { has: () => false, countOf: () => LEVELS, isWanted: () => true };
  const order = (looks: readonly Look[]): string[] => wantedOf(looks, nothing, () => LEVELS).map(({ job }) => nameOf(job.frame, job.level));

  it("is the frame on screen level by level, then those around it, the nearest first", () => {
    expect(order([lookAt(10)])).toEqual(["10", "11", "9", "12", "8", "13"].flatMap((slice) => [0, 1, 2].map((level) => `${slice}:${level}`)));
  });

  it("is further in the direction of travel than behind", () => {
    const slices = [...new Set(order([lookAt(10, { direction: -1 })]).map((name) => name.split(":")[0]))];
    expect(slices).toEqual(["10", "9", "11", "8", "12", "7"]);
  });

  it("is what every stage shows before what lies around any of them", () => {
    const slices = [...new Set(order([lookAt(10), lookAt(3)]).map((name) => name.split(":")[0]))];
    expect(slices.slice(0, 3)).toEqual(["10", "3", "11"]);
  });

  it("is the frame on screen alone while tiles bring previews, and nothing while slices fly by", () => {
    expect(order([lookAt(10, { alone: true })])).toEqual(["10:0", "10:1", "10:2"]);
    expect(order([lookAt(10, { speed: 40 })])).toEqual([]);
  });
});

describe("a source that asks for each level", () => {
  it("asks for the first, learns how many there are, and then for the rest before anything else", async () => {
    source.look([lookAt(10)]);
    await rest();
    expect(names()).toEqual(["10:0"]);
    asked[0]?.give();
    await settle();
    expect(names()).toEqual(["10:0", "10:1", "10:2"]);
    for (const one of waiting()) one.give();
    await settle();
    await rest();
    // Others of this kind have as many.
    expect(names().slice(3, 6)).toEqual(["11:0", "11:1", "11:2"]);
  });

  it("calls off what is no longer wanted", async () => {
    source.look([lookAt(10)]);
    await settle();
    source.look([lookAt(15)]);
    await settle();
    expect(asked.find(({ name }) => name === "10:0")?.signal.aborted).toBe(true);
    expect(names()).toEqual(["10:0", "15:0"]);
  });

  it("asks nothing more of a frame that has no stream, and again for what failed in passing", async () => {
    source.look([lookAt(10, { alone: true })]);
    await settle();
    asked[0]?.fail(new LevelFailure({ reason: "no_stream", permanent: true, retryAfterMs: null }));
    await settle();
    await rest();
    expect(names()).toEqual(["10:0"]);
    source.look([lookAt(11, { alone: true })]);
    await settle();
    asked[1]?.fail(new LevelFailure({ reason: "offline", permanent: false, retryAfterMs: null }));
    await settle();
    source.retry();
    await settle();
    expect(names()).toEqual(["10:0", "11:0", "11:0"]);
  });
});
