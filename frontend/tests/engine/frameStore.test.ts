import { beforeEach, describe, expect, it } from "vitest";
import type { Decoder } from "../../src/engine/decode/decoder";
import type { DecodeJob, Decoded } from "../../src/engine/decode/messages";
import type { FramePicture } from "../../src/engine/frames/heldFrame";
import { FrameStore } from "../../src/engine/frames/frameStore";
import { type Gaze, bytesOf, roomFor } from "../../src/engine/frames/room";
import type { ArrivedLevel, FrameSink, FrameSource, Look } from "../../src/engine/frames/source";
import type { FrameStream } from "../../src/engine/frames/stream";
import { type Frame, type Stack, frameKey } from "../../src/engine/model";
import { ctStack, imageFormat } from "./builders";

const SIDE = 64;
const FRAME_BYTES = SIDE * SIDE * 2;
const stack = ctStack(40, imageFormat(SIDE, SIDE));
const streamOf = (more: Partial<FrameStream> = {}): FrameStream => ({
  codec: "htj2k",
  levels: [4, 2, 1].map((step) => ({ columns: SIDE / step, rows: SIDE / step, bytes: 100 / step })),
  columns: SIDE,
  rows: SIDE,
  samples: 1,
  signed: true,
  bits: 16,
  modality: { kind: "rescale", slope: 1, intercept: -1024 },
  padding: null,
  inverse: false,
  look: { center: 40, width: 400, function: "LINEAR" },
  windows: [],
  tables: [],
  overlay: null,
  ...more,
});

/** Decodes when it is told to. */
class SlowDecoder implements Decoder {
  jobs: { job: Omit<DecodeJob, "id">; resolve: (decoded: Decoded) => void; reject: (error: Error) => void }[] = [];

  decode(job: Omit<DecodeJob, "id">): Promise<Decoded> {
    return new Promise((resolve, reject) => this.jobs.push({ job, resolve, reject }));
  }

  async finish(): Promise<void> {
    const next = this.jobs.shift();
    next?.resolve({ values: new Int16Array(next.job.size.columns * next.job.size.rows).fill(7), overlay: null });
    await settled();
  }

  async finishAll(): Promise<void> {
    while (this.jobs.length > 0) await this.finish();
  }

  async fail(): Promise<void> {
    this.jobs.shift()?.reject(new Error("damaged on its way"));
    await settled();
  }

  close(): void {
    this.jobs = [];
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) await Promise.resolve();
}

class NotedSource implements FrameSource {
  looks: readonly Look[] = [];
  forgotten: string[] = [];
  look(looks: readonly Look[]): void {
    this.looks = looks;
  }
  forget(frame: Frame): void {
    this.forgotten.push(frame.instance);
  }
  retry(): void {
    // Nothing failed.
  }
  close(): void {
    this.looks = [];
  }
}

let decoder: SlowDecoder;
let source: NotedSource;
let sink: FrameSink;
let changed: string[];
let gone: string[];
const viewer = {
  onChange: (frame: Frame | null) => void changed.push(frame?.instance ?? "all"),
  onGone: (key: string) => void gone.push(key),
};

function storeOf(budgetBytes: number): FrameStore {
  const store = new FrameStore({
    decoder,
    budgetBytes,
    makeSource: (given) => {
      sink = given;
      return source;
    },
  });
  store.join(viewer);
  return store;
}

const gazeAt = (index: number, more: Partial<Gaze> = {}): Gaze => ({
  stack,
  index,
  direction: 0,
  speed: 0,
  zoom: 1,
  alone: false,
  ...more,
});
const frameAt = (index: number, of: Stack = stack): Frame => {
  const frame = of.frames[index];
  if (frame === undefined) throw new Error("no such frame");
  return frame;
};
const arrived = (level: number, bytes = 100): ArrivedLevel => ({
  level,
  stream: level === 0 ? streamOf() : null,
  payload: new Uint8Array(bytes),
  crc32: 0,
});
const takeAll = (frame: Frame): void => {
  for (const level of [0, 1, 2]) sink.take(frame, arrived(level));
};

beforeEach(() => {
  decoder = new SlowDecoder();
  source = new NotedSource();
  changed = [];
  gone = [];
});

describe("what is held of full frames", () => {
  it("becomes better level by level where it is looked at, and is exact at last", async () => {
    const store = storeOf(FRAME_BYTES * 20);
    store.look(viewer, gazeAt(5));
    sink.take(frameAt(5), arrived(0));
    await decoder.finish();
    expect(store.picture(frameAt(5))).toMatchObject({ step: 4, size: { columns: 16 } });
    expect(store.isExact(frameAt(5))).toBe(false);
    sink.take(frameAt(5), arrived(1));
    sink.take(frameAt(5), arrived(2));
    await decoder.finishAll();
    expect(store.picture(frameAt(5))).toMatchObject({ step: 1, size: { columns: SIDE } });
    expect(store.isExact(frameAt(5))).toBe(true);
    expect(changed).toContain("1.2.5");
    expect(gone).toHaveLength(2); // textures of the coarser ones
  });

  it("is made coarse ahead of whoever moves, several at once, and not of whoever stands", async () => {
    const store = storeOf(FRAME_BYTES * 20);
    store.look(viewer, gazeAt(5));
    for (const index of [4, 6, 7, 8]) sink.take(frameAt(index), arrived(0));
    expect(decoder.jobs).toEqual([]);
    store.look(viewer, gazeAt(5, { direction: 1, speed: 20 }));
    expect(decoder.jobs).toHaveLength(3);
    await decoder.finishAll();
    expect([4, 6, 7, 8].filter((index) => store.picture(frameAt(index)) !== null)).toEqual([6, 7, 8]);
    store.look(viewer, gazeAt(5, { direction: -1, speed: 20 }));
    await decoder.finishAll();
    expect(store.picture(frameAt(4))).toMatchObject({ step: 4 });
  });

  it("takes levels in any order, and makes nothing of one whose predecessor is missing", async () => {
    const store = storeOf(FRAME_BYTES * 20);
    store.look(viewer, gazeAt(5));
    sink.take(frameAt(5), arrived(2));
    sink.take(frameAt(5), arrived(1));
    expect(decoder.jobs).toEqual([]);
    expect(sink.has(frameAt(5), 1)).toBe(true);
    expect(sink.has(frameAt(5), 0)).toBe(false);
    sink.take(frameAt(5), arrived(0));
    await decoder.finish();
    expect(store.isExact(frameAt(5))).toBe(true);
  });

  it("is decoded whole where nobody looks, and after what somebody looks at", async () => {
    const store = storeOf(FRAME_BYTES * 20);
    store.look(viewer, gazeAt(5));
    sink.take(frameAt(6), arrived(0));
    expect(decoder.jobs).toEqual([]);
    takeAll(frameAt(7));
    takeAll(frameAt(6));
    takeAll(frameAt(5));
    const order: number[] = [];
    while (decoder.jobs.length > 0) {
      const before = [5, 6, 7].filter((index) => store.isExact(frameAt(index)));
      await decoder.finish();
      order.push(...[5, 6, 7].filter((index) => store.isExact(frameAt(index)) && !before.includes(index)));
    }
    expect(order).toEqual([7, 5, 6]);
  });

  it("is asked for once more where it came damaged, and then left to tiles", async () => {
    const store = storeOf(FRAME_BYTES * 20);
    store.look(viewer, gazeAt(5));
    takeAll(frameAt(5));
    await decoder.fail();
    expect(sink.has(frameAt(5), 0)).toBe(false);
    expect(sink.isWanted(frameAt(5))).toBe(true);
    takeAll(frameAt(5));
    await decoder.fail();
    expect(sink.isWanted(frameAt(5))).toBe(false);
    expect(store.isComing(frameAt(5))).toBe(false);
  });

  it("is nothing more once nothing can be decoded at all", async () => {
    const store = storeOf(FRAME_BYTES * 20);
    store.look(viewer, gazeAt(5));
    for (const index of [5, 6, 4, 7, 3]) {
      takeAll(frameAt(index));
      await decoder.fail();
    }
    expect(sink.isWanted(frameAt(8))).toBe(false);
  });

  it("tells values and their range in the file's unit", async () => {
    const store = storeOf(FRAME_BYTES * 20);
    store.look(viewer, gazeAt(5));
    expect(store.valueAt(frameAt(5), 0, 0)).toBeNull();
    takeAll(frameAt(5));
    await decoder.finishAll();
    expect(store.valueAt(frameAt(5), 3, 4)).toEqual({ column: 3, row: 4, stored: [7], value: -1017 });
    expect(store.valueAt(frameAt(5), SIDE, 0)).toBeNull();
    expect(store.rangeOf(frameAt(5))).toEqual({ low: -1017, high: -1017 });
  });

  it("goes when the last stage has left", () => {
    const store = storeOf(FRAME_BYTES * 20);
    store.look(viewer, gazeAt(5));
    takeAll(frameAt(5));
    store.close();
    expect(store.usedBytes).toBe(0);
    takeAll(frameAt(5));
    expect(store.usedBytes).toBe(0);
  });
});

describe("the budget", () => {
  it("admits what is looked at first, further ahead than behind, and no more than there is room for", () => {
    const { admitted, looks } = roomFor([gazeAt(20, { direction: 1 })], FRAME_BYTES * 12, () => false);
    const places = [...admitted].map((key) => Number(key.split("/")[0]?.split(".")[2]));
    expect(places[0]).toBe(20);
    expect(looks[0]?.ahead).toBeGreaterThan(looks[0]?.behind ?? 0);
    expect(admitted.size).toBe(1 + Math.floor((12 - 2.25) * 0.85));
  });

  it("leaves to tiles what could not be held beside its own texture", () => {
    expect(roomFor([gazeAt(5)], FRAME_BYTES * 2, () => false).admitted.size).toBe(0);
    expect(roomFor([gazeAt(5)], FRAME_BYTES * 3, () => false).admitted.has(frameKey(frameAt(5)))).toBe(true);
  });

  it("counts colours by their three samples", () => {
    expect(bytesOf({ instance: "1", frame: 1, format: imageFormat(10, 10, { colour: true }) })).toBe(300);
  });

  it("is kept whatever comes, goes, is decoded, drawn and looked at", async () => {
    const random = seeded(7);
    const below = (most: number): number => Math.floor(random() * most);
    for (let run = 0; run < 6; run += 1) {
      decoder = new SlowDecoder();
      const budgetBytes = FRAME_BYTES * (3 + below(12));
      const store = storeOf(budgetBytes);
      const painted = new Map<string, FramePicture>();
      const forget = (key: string): void => {
        const picture = painted.get(key);
        if (picture === undefined) return;
        painted.delete(key);
        store.countTexture(picture.frame, -picture.values.byteLength);
      };
      const paint = (frame: Frame): void => {
        const picture = store.picture(frame);
        if (picture === null || painted.has(picture.key)) return;
        painted.set(picture.key, picture);
        store.countTexture(frame, picture.values.byteLength);
      };
      const other = { onChange: () => undefined, onGone: forget };
      store.join(other);
      store.look(viewer, gazeAt(20));
      let most = 0;
      for (let act = 0; act < 400; act += 1) {
        const kind = below(5);
        if (kind === 0) store.look(below(2) === 0 ? viewer : other, gazeAt(below(40), { direction: 1, alone: below(2) === 0 }));
        else if (kind === 1) await decoder.finish();
        else if (kind === 2) paint(frameAt(below(40)));
        else sink.take(frameAt(below(40)), arrived(below(3), 1 + below(FRAME_BYTES / 2)));
        most = Math.max(most, store.usedBytes);
        expect(store.usedBytes).toBeLessThanOrEqual(budgetBytes);
        expect(store.usedBytes).toBeGreaterThanOrEqual(0);
      }
      expect(most).toBeGreaterThan(budgetBytes / 4);
      store.close();
      expect(store.usedBytes).toBe(0);
    }
  });
});

/** The same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
