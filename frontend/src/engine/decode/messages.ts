/** What the page and its decoding worker say to each other. */

import type { LevelSize } from "../frames/stream";
import type { StoredValues } from "../values/range";

export interface EncodedPart {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly crc32: number;
}

/** The first thing that a worker is told: the compiled decoder, or null where it has to get it for itself. */
export interface DecoderCode {
  readonly module: WebAssembly.Module | null;
}

/** A stream up to the end of one level. */
export interface DecodeJob {
  readonly id: number;
  readonly codec: "htj2k" | "jpeg";
  readonly parts: readonly EncodedPart[];
  /** Of what comes out. */
  readonly size: LevelSize;
  /** How often the sides are halved; 0: exact. */
  readonly halvings: number;
  readonly samples: 1 | 3;
  readonly signed: boolean;
  /** Bits Stored (0028,0101). */
  readonly bits: number;
  /** As it came with the stream; it is unpacked with the exact values. */
  readonly overlay: Uint8Array<ArrayBuffer> | null;
}

/** Stored values of greys, or R, G, B of each pixel. */
export interface Decoded {
  readonly values: StoredValues;
  /** A byte for each pixel, not 0 where an overlay draws. */
  readonly overlay: Uint8Array<ArrayBuffer> | null;
}

export type DecodeAnswer =
  | { readonly id: number; readonly decoded: Decoded }
  | { readonly id: number; readonly failure: string };
