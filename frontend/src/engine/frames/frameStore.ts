/**
 * Full frames for all stages: what came of each, decoded, within one budget of bytes. Which may be held is decided by
 * what is looked at; the longest unused of the rest goes first.
 */

import type { Decoder } from "../decode/decoder";
import type { DecodeJob } from "../decode/messages";
import { type MakeValuePainter, ValuePainter } from "../gl/valuePainter";
import { type Frame, type GreyWindow, frameKey } from "../model";
import { GreyTables } from "../values/display";
import { inTask } from "../tasks";
import { type ValueRange, autoWindow, rangeOf } from "../values/range";
import { type FramePicture, HeldFrame, type Probed } from "./heldFrame";
import { probed } from "./probe";
import { type Gaze, type Room, roomFor } from "./room";
import type { ArrivedLevel, FrameSink, FrameSource, Look, MakeFrameSource, Refusal } from "./source";

export interface FrameStoreParts {
  readonly makeSource: MakeFrameSource;
  readonly decoder: Decoder;
  readonly budgetBytes: number;
}

/** A stage that takes part. */
export interface Viewer {
  /** A better picture of this frame is here, or it has gone, or it will not come; null: of any. */
  onChange(frame: Frame | null): void;
  /** Its textures are to go. */
  onGone(key: string): void;
}

/** What came damaged twice will not come better. */
const MOST_FAILURES = 2;
/** Where nothing can be decoded (the decoder does not come), nothing more is asked for. */
const MOST_IN_ROW = 5;

/** So many pictures are made ahead of whoever moves. */
const MOST_COMING = 12;
/** So many coarse pictures are on their way to the decoder and back at once; a whole one takes as long as all of them. */
const MOST_DECODING = 4;

/** Nobody looks any more: all of it goes after so long. */
const CLOSES_AFTER_MS = 2000;
const DAMAGED: Refusal = { reason: "damaged", permanent: true, retryAfterMs: null };

export class FrameStore implements FrameSink {
  readonly budgetBytes: number;
  /** The same for all stages: what one has reckoned the next need not. */
  readonly tables = new GreyTables();
  #decoder: Decoder;
  #source: FrameSource;
  /** The longest unused first. */
  #held = new Map<string, HeldFrame>();
  #usedBytes = 0;
  #refused = new Set<string>();
  #failedInRow = 0;
  #gazes = new Map<Viewer, Gaze | null>();
  #room: Room = { looks: [], admitted: new Set() };
  /** What is being decoded takes so much of MOST_DECODING. */
  #decoding = 0;
  #isClosed = false;
  #callOffClose: () => void = () => undefined;

  constructor(parts: FrameStoreParts) {
    this.budgetBytes = parts.budgetBytes;
    this.#decoder = parts.decoder;
    this.#source = parts.makeSource(this);
  }

  /** Of everything that is held: streams, values and textures. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  // For stages

  join(viewer: Viewer): void {
    this.#callOffClose();
    this.#gazes.set(viewer, null);
  }

  leave(viewer: Viewer): void {
    this.#gazes.delete(viewer);
    this.#reckon();
    // Another stage may follow at once.
    if (this.#gazes.size === 0) this.#callOffClose = inTask(() => this.close(), CLOSES_AFTER_MS);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** What this stage looks at now; the stage that looked last comes first. */
  look(viewer: Viewer, gaze: Gaze | null): void {
    const before = this.#gazes.get(viewer);
    if (before === undefined || isSameGaze(before, gaze)) return;
    this.#gazes.delete(viewer);
    this.#gazes.set(viewer, gaze);
    this.#reckon();
  }

  /** The best that is here of a frame; it counts as used. */
  picture(frame: Frame): FramePicture | null {
    const held = this.#held.get(frameKey(frame));
    if (held === undefined) return null;
    this.#touch(held);
    return held.picture;
  }

  isExact(frame: Frame): boolean {
    return this.#held.get(frameKey(frame))?.isExact === true;
  }

  /** Whether it will be exact if one waits. */
  isComing(frame: Frame): boolean {
    return this.isWanted(frame) && !this.isExact(frame);
  }

  /** Whether nothing is known that speaks against it: who has not looked yet is admitted to nothing. */
  mayCome(frame: Frame): boolean {
    return !this.#isRefused(frame) && !this.isExact(frame);
  }

  /** What draws values; its textures count here. */
  makePainter(): MakeValuePainter {
    return ValuePainter.maker(({ frame }, bytes) => {
      this.countTexture(frame, bytes);
    });
  }

  /** A texture of a frame was made, or, below zero, let go of. */
  countTexture(frame: Frame, bytes: number): void {
    const held = this.#held.get(frameKey(frame));
    if (held === undefined) return;
    this.#change(held, () => (held.textureBytes = Math.max(0, held.textureBytes + bytes)));
    if (bytes > 0) this.#trim();
  }

  /** What lies at a pixel of an exact frame, column and row from 0; null elsewhere. */
  valueAt(frame: Frame, column: number, row: number): Probed | null {
    const picture = this.#exact(frame);
    return picture === null ? null : probed(picture, column, row);
  }

  /** The least and the greatest value of an exact frame of greys. */
  rangeOf(frame: Frame): ValueRange | null {
    const picture = this.#exact(frame);
    return picture?.stream.samples === 1 ? rangeOf(picture.values, picture.stream) : null;
  }

  autoWindow(frame: Frame): GreyWindow | null {
    const picture = this.#exact(frame);
    return picture?.stream.samples === 1 ? autoWindow(picture.values, picture.stream) : null;
  }

  #exact(frame: Frame): FramePicture | null {
    const held = this.#held.get(frameKey(frame));
    return held?.isExact === true ? held.picture : null;
  }

  retry(): void {
    this.#source.retry();
  }

  close(): void {
    this.#isClosed = true;
    this.#source.close();
    this.#decoder.close();
    for (const held of [...this.#held.values()]) this.#drop(held);
  }

  // For the source

  has(frame: Frame, level: number): boolean {
    return this.#held.get(frameKey(frame))?.has(level) === true;
  }

  countOf(frame: Frame): number | null {
    return this.#held.get(frameKey(frame))?.stream?.levels.length ?? null;
  }

  isWanted(frame: Frame): boolean {
    return this.#room.admitted.has(frameKey(frame)) && !this.#isRefused(frame);
  }

  take(frame: Frame, arrived: ArrivedLevel): void {
    if (this.#isClosed || !this.isWanted(frame) || this.has(frame, arrived.level)) return;
    const held = this.#held.get(frameKey(frame)) ?? new HeldFrame(frame);
    this.#change(held, () => {
      held.put(arrived);
    });
    this.#trim();
    this.#decodeNext();
  }

  refuse(frame: Frame, refusal: Refusal): void {
    // What may pass the source tries again by itself.
    if (!refusal.permanent) return;
    this.#refused.add(frameKey(frame));
    this.#tell(frame);
  }

  #isRefused(frame: Frame): boolean {
    return this.#failedInRow >= MOST_IN_ROW || this.#refused.has(frameKey(frame));
  }

  #reckon(): void {
    const gazes = [...this.#gazes.values()].reverse().filter((gaze) => gaze !== null);
    this.#room = roomFor(gazes, this.budgetBytes, (frame) => this.#isRefused(frame));
    // What may stay is in use, the most important most.
    for (const key of [...this.#room.admitted].reverse()) {
      const held = this.#held.get(key);
      if (held !== undefined) this.#touch(held);
    }
    this.#source.look(this.#room.looks);
    this.#decodeNext();
  }

  // Decoding: what is looked at first

  #decodeNext(): void {
    while (this.#decoding < MOST_DECODING && !this.#isClosed) {
      const held = this.#nextToDecode();
      const job = held?.job();
      if (held === undefined || job === null || job === undefined) return;
      this.#decode(held, job);
    }
  }

  #decode(held: HeldFrame, job: Omit<DecodeJob, "id">): void {
    const share = job.halvings > 0 ? 1 : MOST_DECODING;
    this.#decoding += share;
    held.isDecoding = true;
    this.#decoder
      .decode(job, job.halvings > 0)
      .then(
        (decoded) => {
          this.#failedInRow = 0;
          this.#ended(held, () => {
            held.keep(decoded, job.halvings, job.size);
          });
        },
        () => {
          this.#failedInRow += 1;
          this.#ended(held, () => {
            held.dropParts();
          });
          if (held.failures >= MOST_FAILURES) this.refuse(held.frame, DAMAGED);
          this.#reckon();
        },
      )
      .finally(() => {
        this.#decoding -= share;
        this.#decodeNext();
      });
  }

  #nextToDecode(): HeldFrame | undefined {
    const { looks } = this.#room;
    return (
      this.#undecoded(looks.flatMap(({ stack, index }) => stack.frames[index] ?? [])) ??
      // Who moves sees a slice for a moment: its first level has to be a picture by then.
      this.#undecoded(looks.flatMap((look) => (look.speed > 0 ? comingUp(look) : [])), (held) => held.picture === null) ??
      // Of what else is not looked at, only the whole: what is coarse is shown by tiles.
      [...this.#held.values()].find((held) => held.isUndecoded && held.isWholeReady)
    );
  }

  #undecoded(frames: readonly Frame[], isFor: (held: HeldFrame) => boolean = () => true): HeldFrame | undefined {
    return frames.map((frame) => this.#held.get(frameKey(frame))).find((held) => held?.isUndecoded === true && isFor(held));
  }

  #ended(held: HeldFrame, change: () => void): void {
    held.isDecoding = false;
    // It may have been let go of meanwhile.
    if (this.#held.get(held.key) !== held) return;
    const gone = held.picture;
    this.#change(held, change);
    if (gone !== null && gone !== held.picture) this.#forgetTextures(gone);
    this.#trim();
    this.#tell(held.frame);
  }

  // Room

  #change(held: HeldFrame, change: () => void): void {
    if (this.#held.has(held.key)) this.#usedBytes -= held.bytes;
    change();
    this.#usedBytes += held.bytes;
    this.#touch(held);
  }

  #touch(held: HeldFrame): void {
    this.#held.delete(held.key);
    this.#held.set(held.key, held);
  }

  #trim(): void {
    for (const held of [...this.#held.values()]) {
      if (this.#usedBytes <= this.budgetBytes) return;
      this.#drop(held);
    }
  }

  #drop(held: HeldFrame): void {
    if (this.#held.get(held.key) !== held) return;
    const { picture } = held;
    if (picture !== null) this.#forgetTextures(picture);
    this.#held.delete(held.key);
    this.#usedBytes -= held.bytes;
    this.#source.forget(held.frame);
    this.#tell(held.frame);
  }

  #forgetTextures(picture: FramePicture): void {
    for (const viewer of this.#gazes.keys()) viewer.onGone(picture.key);
  }

  #tell(frame: Frame | null): void {
    for (const viewer of this.#gazes.keys()) viewer.onChange(frame);
  }
}

/** What whoever moves comes to next, the nearest first. */
function comingUp({ stack, index, direction, ahead }: Look): readonly Frame[] {
  const most = Math.min(ahead, MOST_COMING);
  return direction < 0 ? stack.frames.slice(Math.max(0, index - most), index).reverse() : stack.frames.slice(index + 1, index + 1 + most);
}

function isSameGaze(one: Gaze | null, other: Gaze | null): boolean {
  if (one === null || other === null) return one === other;
  return (Object.keys(one) as (keyof Gaze)[]).every((key) => one[key] === other[key]);
}
