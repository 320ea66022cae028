/** One frame as far as it is here: parts of its stream, and the best picture that was decoded of them. */

import type { DecodeJob, Decoded, EncodedPart } from "../decode/messages";
import { type Frame, frameKey } from "../model";
import type { StoredValues } from "../values/range";
import type { ArrivedLevel } from "./source";
import type { FrameStream, LevelSize } from "./stream";

/** Decoded values, at one level. */
export interface FramePicture {
  /** The same for the same values of the same frame. */
  readonly key: string;
  readonly frame: Frame;
  readonly stream: FrameStream;
  readonly values: StoredValues;
  readonly size: LevelSize;
  /** Image pixels beneath one of its own; 1: exact. */
  readonly step: number;
  readonly overlay: Uint8Array<ArrayBuffer> | null;
}

/** What lies at one pixel: a stored value and its value of interest, or a colour. */
export interface Probed {
  readonly column: number;
  readonly row: number;
  readonly stored: readonly number[];
  /** In the unit of the file (HU ...); null of colours, and of padding, which is no value. */
  readonly value: number | null;
}

export class HeldFrame {
  readonly frame: Frame;
  readonly key: string;
  stream: FrameStream | null = null;
  picture: FramePicture | null = null;
  isDecoding = false;
  /** How often what came could not be decoded. */
  failures = 0;
  /** What its textures take. */
  textureBytes = 0;
  #parts: (EncodedPart | undefined)[] = [];
  #encodedBytes = 0;
  #made = 0;

  constructor(frame: Frame) {
    this.frame = frame;
    this.key = frameKey(frame);
  }

  get bytes(): number {
    const values = this.picture?.values.byteLength ?? 0;
    return values + (this.picture?.overlay?.byteLength ?? 0) + this.#encodedBytes + this.textureBytes;
  }

  get isExact(): boolean {
    return this.picture?.step === 1;
  }

  has(level: number): boolean {
    return this.isExact || this.#parts[level] !== undefined;
  }

  put({ level, stream, payload, crc32 }: ArrivedLevel): void {
    if (this.has(level)) return;
    if (stream !== null) this.stream = stream;
    this.#parts[level] = { bytes: payload, crc32 };
    this.#encodedBytes += payload.byteLength;
  }

  /** The finest level that all parts are here for; -1 where none is. */
  get ready(): number {
    const count = this.stream?.levels.length ?? 0;
    let level = 0;
    while (level < count && this.#parts[level] !== undefined) level += 1;
    return level - 1;
  }

  get isWholeReady(): boolean {
    return this.stream !== null && this.ready === this.stream.levels.length - 1;
  }

  /** Whether a better picture can be made of what is here. */
  get isUndecoded(): boolean {
    const { stream } = this;
    if (stream === null || this.isDecoding || this.isExact || this.ready < 0) return false;
    return stepOf(stream, this.ready) < (this.picture?.step ?? Infinity);
  }

  /** For the finest level that is ready; null where none is. */
  job(): Omit<DecodeJob, "id"> | null {
    const { stream, ready } = this;
    const size = stream?.levels[ready];
    if (stream === null || size === undefined) return null;
    return {
      codec: stream.codec,
      parts: this.#parts.slice(0, ready + 1).filter((part) => part !== undefined),
      size,
      halvings: stream.levels.length - 1 - ready,
      samples: stream.samples,
      signed: stream.signed,
      bits: stream.bits,
      overlay: ready === stream.levels.length - 1 ? stream.overlay : null,
    };
  }

  keep({ values, overlay }: Decoded, halvings: number, size: LevelSize): void {
    const { stream, frame } = this;
    if (stream === null) return;
    const step = 2 ** halvings;
    if (step === 1) this.#dropParts();
    this.#made += 1;
    this.picture = { key: `${this.key}#${this.#made}`, frame, stream, values, size, step, overlay };
  }

  /** What came was damaged: it has to come again. */
  dropParts(): void {
    this.failures += 1;
    this.#dropParts();
  }

  #dropParts(): void {
    this.#parts = [];
    this.#encodedBytes = 0;
  }
}

function stepOf({ levels }: FrameStream, level: number): number {
  return 2 ** (levels.length - 1 - level);
}
