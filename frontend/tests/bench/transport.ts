/** Runs in a page of the server and measures a source of frames as the viewer uses it. bench/transport.py calls it. */

import { streaming } from "../../src/app/screens/viewer/streamedFrames";
import { pulling } from "../../src/engine/frames/pulledSource";
import type { Frame, FrameSink, FrameSource, ImageFormat, Look, MakeFrameSource, Stack } from "../../src/engine/index";
import { ViewingSocket, fetchLevel, pageWorld } from "../../src/protocol/index";

export interface Asked {
  readonly transport: "http" | "socket";
  readonly series: string;
  readonly instances: readonly string[];
  readonly scenario: "first" | "scroll" | "jump";
  /** The socket stands before the first look, as it does in the app. */
  readonly isConnected: boolean;
}

/** Milliseconds from the first look, and bytes of levels. */
export interface Measured {
  readonly previewMs: number;
  readonly exactMs: number;
  /** Of levels that came, all told. */
  readonly usefulBytes: number;
  /** Of those, what came before the frame that is measured was exact, and was not of it. */
  readonly otherBytes: number;
}

const FORMAT = { columns: 512, rows: 512, colour: false } as ImageFormat;
const SLICES_PER_S = 20;
const LEFT_AT = 10;
const RESTED_MS = 3_000;

class Shelf implements FrameSink {
  readonly counts = new Map<Frame, number>();
  readonly held = new Map<Frame, number>();
  usefulBytes = 0;
  bytesOf = new Map<Frame, number>();
  onChange: () => void = () => undefined;

  has = (frame: Frame, level: number): boolean => (this.held.get(frame) ?? 0) > level;
  countOf = (frame: Frame): number | null => this.counts.get(frame) ?? null;
  isWanted = (): boolean => true;
  refuse = (): void => undefined;

  take: FrameSink["take"] = (frame, { level, stream, payload }) => {
    if (this.has(frame, level)) return;
    if (stream !== null) this.counts.set(frame, stream.levels.length);
    this.levels.set(frame, (this.levels.get(frame) ?? new Set()).add(level));
    while (this.levels.get(frame)?.has(this.held.get(frame) ?? 0)) this.held.set(frame, (this.held.get(frame) ?? 0) + 1);
    this.usefulBytes += payload.length;
    this.bytesOf.set(frame, (this.bytesOf.get(frame) ?? 0) + payload.length);
    this.onChange();
  };
  readonly levels = new Map<Frame, Set<number>>();

  isExact = (frame: Frame): boolean => this.counts.has(frame) && this.held.get(frame) === this.counts.get(frame);
}

const later = (action: () => void, ms: number): (() => void) => {
  const timer = setTimeout(action, ms);
  return () => clearTimeout(timer);
};

const pulled: MakeFrameSource = pulling({
  load: async ({ instance, frame }, level, signal) => {
    const answer = await fetchLevel({ instance, frame, level }, signal);
    if (!answer.ok) throw new Error(answer.failure.kind);
    return answer.value;
  },
  now: () => performance.now(),
  later,
  whenIdle: (action) => later(action, 0),
});

const streamed = streaming({
  pull: pulled,
  reach: () => "stack",
  onReach: () => () => undefined,
  onBytes: () => undefined,
  onLink: (link) => {
    if (link === "up") isUp();
  },
  connect: (listener) =>
    new ViewingSocket(
      listener,
      pageWorld(() => new WebSocket(`wss://${location.host}/ws/viewing`)),
    ),
});

/** The app opens its socket while the first picture comes: it stands once the first frame is looked at. */
let isUp: () => void = () => undefined;

export async function measure({ transport, series, instances, scenario, isConnected }: Asked): Promise<Measured> {
  const frames = instances.map((instance) => ({ instance, frame: 1, format: FORMAT }));
  const shelf = new Shelf();
  const standing = new Promise<void>((resolve) => (isUp = resolve));
  const source = (transport === "http" ? pulled : streamed)(shelf);
  if (transport === "socket" && isConnected) await standing;
  const run = new Run(source, shelf, { id: series, frames });
  const measured = await (scenario === "first" ? run.first() : scenario === "scroll" ? run.scroll() : run.jump());
  source.close();
  return measured;
}

class Run {
  readonly #source: FrameSource;
  readonly #shelf: Shelf;
  readonly #stack: Stack;

  constructor(source: FrameSource, shelf: Shelf, stack: Stack) {
    [this.#source, this.#shelf, this.#stack] = [source, shelf, stack];
  }

  /** The frame in the middle, of a stack that was just opened. */
  async first(): Promise<Measured> {
    const middle = Math.floor(this.#stack.frames.length / 2);
    return this.#untilExact(middle);
  }

  /** From end to end, and then at rest until every slice is exact. */
  async scroll(): Promise<Measured> {
    const beganMs = performance.now();
    const last = this.#stack.frames.length - 1;
    for (let index = 0; index <= last; index += 1) {
      this.#look(index, SLICES_PER_S);
      await new Promise((resolve) => setTimeout(resolve, 1000 / SLICES_PER_S));
    }
    this.#look(last, 0);
    await this.#until(() => this.#stack.frames.every(this.#shelf.isExact));
    return { previewMs: 0, exactMs: performance.now() - beganMs, usefulBytes: this.#shelf.usefulBytes, otherBytes: 0 };
  }

  /** To a far place, while what is near the first is coming. */
  async jump(): Promise<Measured> {
    this.#look(LEFT_AT, 0);
    await new Promise((resolve) => setTimeout(resolve, RESTED_MS));
    return this.#untilExact(this.#stack.frames.length - LEFT_AT);
  }

  async #untilExact(index: number): Promise<Measured> {
    const frame = this.#stack.frames[index];
    if (frame === undefined) throw new Error("no such frame");
    const [beganMs, before, own] = [performance.now(), this.#shelf.usefulBytes, this.#shelf.bytesOf.get(frame) ?? 0];
    this.#look(index, 0);
    await this.#until(() => this.#shelf.has(frame, 0));
    const previewMs = performance.now() - beganMs;
    await this.#until(() => this.#shelf.isExact(frame));
    const exactMs = performance.now() - beganMs;
    const ownBytes = (this.#shelf.bytesOf.get(frame) ?? 0) - own;
    return { previewMs, exactMs, usefulBytes: this.#shelf.usefulBytes, otherBytes: this.#shelf.usefulBytes - before - ownBytes };
  }

  #look(index: number, speed: number): void {
    const count = this.#stack.frames.length;
    const look: Look = {
      stack: this.#stack,
      index,
      direction: speed > 0 ? 1 : 0,
      speed,
      zoom: 1.5,
      alone: false,
      behind: index,
      ahead: count - 1 - index,
    };
    this.#source.look([look]);
  }

  #until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (holds()) resolve();
      };
      this.#shelf.onChange = look;
      look();
    });
  }
}

Object.assign(globalThis, { measure });
