/** What is told of a frame's stream before its first values: enough to compute every grey that the server would. */

import type { GreyWindow } from "../model";

/** From a stored value to a value of interest: PS3.3 C.11.1.1.2. */
export interface Rescale {
  readonly kind: "rescale";
  readonly slope: number;
  readonly intercept: number;
}

/** A Modality LUT (PS3.3 C.11.1.1): `first` maps to the first entry, what lies outside to the nearest end. */
export interface ModalityTable {
  readonly kind: "table";
  readonly first: number;
  readonly entries: Uint16Array;
}

/** A VOI LUT (PS3.3 C.11.2.1.1): entries of `bits` bits. */
export interface VoiTable {
  readonly kind: "table";
  readonly first: number;
  readonly bits: number;
  readonly entries: Uint16Array;
}

/** One level of a stream, as the whole image in this size. The last is exact. */
export interface LevelSize {
  readonly columns: number;
  readonly rows: number;
  /** What this level adds to those before it. */
  readonly bytes: number;
}

export interface FrameStream {
  readonly codec: "htj2k" | "jpeg";
  readonly levels: readonly LevelSize[];
  readonly columns: number;
  readonly rows: number;
  readonly samples: 1 | 3;
  readonly signed: boolean;
  /** Bits Stored (0028,0101). */
  readonly bits: number;
  readonly modality: Rescale | ModalityTable;
  /** Stored values from low to high, both included, are no part of the picture (PS3.3 C.7.5.1.1.2). */
  readonly padding: readonly [low: number, high: number] | null;
  /** Low values are drawn bright. */
  readonly inverse: boolean;
  /** How it is shown when nobody says otherwise; null for colours. */
  readonly look: GreyWindow | VoiTable | null;
  readonly windows: readonly { readonly window: GreyWindow; readonly name: string }[];
  readonly tables: readonly { readonly table: VoiTable; readonly name: string }[];
  /** Where overlays draw (PS3.3 C.9): bits, row after row, the lowest bit of a byte first, packed by zlib. */
  readonly overlay: Uint8Array<ArrayBuffer> | null;
}
