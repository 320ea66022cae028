/**
 * Where levels of frames come from. A source is told what is looked at and brings levels in the order that serves the
 * reader best; whether it asks for each by HTTP or is sent them through a socket is its own affair.
 */

import type { Frame, Stack } from "../model";
import type { FrameStream } from "./stream";

/** What one stage looks at. */
export interface Look {
  readonly stack: Stack;
  readonly index: number;
  /** Where the reader is going: 1 forward, -1 back, 0 nowhere yet. */
  readonly direction: -1 | 0 | 1;
  /** Slices a second. */
  readonly speed: number;
  /** Device pixels for one image column. */
  readonly zoom: number;
  /** Only the frame that is looked at is wanted for now: tiles still bring quick previews of the others. */
  readonly alone: boolean;
  /** So many frames behind and ahead may be held: more would only push each other out. */
  readonly behind: number;
  readonly ahead: number;
}

/** A level as it came: what this level adds to those before it. */
export interface ArrivedLevel {
  readonly level: number;
  /** Comes with level 0. */
  readonly stream: FrameStream | null;
  readonly payload: Uint8Array<ArrayBuffer>;
  /** Of the payload. */
  readonly crc32: number;
}

/** Why a frame has no stream, or none now. `permanent`: it will be shown by tiles. */
export interface Refusal {
  readonly reason: string;
  readonly permanent: boolean;
  readonly retryAfterMs: number | null;
}

/** Why a level did not come. */
export class LevelFailure extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.reason);
    this.name = "LevelFailure";
    this.refusal = refusal;
  }
}

/** Who keeps what a source brings. */
export interface FrameSink {
  /** Whether this level is here, or what it would add is (the exact values are). */
  has(frame: Frame, level: number): boolean;
  /** How many levels the frame's stream has; null while that is not known. */
  countOf(frame: Frame): number | null;
  /** Whether this frame is worth asking for: it may have no stream, or be too large to be held. */
  isWanted(frame: Frame): boolean;
  take(frame: Frame, arrived: ArrivedLevel): void;
  refuse(frame: Frame, refusal: Refusal): void;
}

export interface FrameSource {
  /** What all stages look at, the one in use first. It replaces what was looked at before; stale work is called off. */
  look(looks: readonly Look[]): void;
  /** The sink let go of a frame: none of its levels is there any more. */
  forget(frame: Frame): void;
  /** The network is back: try at once what failed. */
  retry(): void;
  close(): void;
}

export type MakeFrameSource = (sink: FrameSink) => FrameSource;
