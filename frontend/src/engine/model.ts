/** What the engine is told of images: plain data, in the words of the digest but free of it. */

export type WindowFunction = "LINEAR" | "LINEAR_EXACT" | "SIGMOID";

/** Center and width in modality units (HU, grey values); PS3.3 C.11.2.1.2. */
export interface GreyWindow {
  readonly center: number;
  readonly width: number;
  readonly function: WindowFunction;
  /** Which of the file's VOI LUTs stands for the window, from 1: center and width are those of the values it spreads. */
  readonly lut?: number;
}

export interface ImageFormat {
  readonly columns: number;
  readonly rows: number;
  /** Height of a pixel over its width. */
  readonly aspect: number;
  /** Number of pyramid levels at tiles of 256 and of 512 pixels; 0 where there is no picture. */
  readonly levels256: number;
  readonly levels512: number;
  readonly colour: boolean;
  /** Low values are drawn bright (MONOCHROME1). */
  readonly inverse: boolean;
  /** The window that the file brings, as far as is known before a tile says so. */
  readonly ownWindow: GreyWindow | null;
}

export interface Frame {
  readonly instance: string;
  /** Counted from 1, as DICOM does. */
  readonly frame: number;
  readonly format: ImageFormat;
}

/** The frames of one series, in display order. */
export interface Stack {
  readonly id: string;
  readonly frames: readonly Frame[];
}

export type TileSize = 256 | 512;

export interface TileAddress {
  readonly instance: string;
  readonly frame: number;
  readonly size: TileSize;
  readonly z: number;
  readonly x: number;
  readonly y: number;
  /** null: the window that the file brings. */
  readonly window: GreyWindow | null;
}

export interface LoadedTile {
  readonly image: Blob;
  /** The window that the server applied, where it says so. */
  readonly window: GreyWindow | null;
}

/** Brings a tile from wherever tiles are; the engine itself never fetches. Rejects with TileFailure where it can say more. */
export type TileLoader = (address: TileAddress, signal: AbortSignal) => Promise<LoadedTile>;

/** Why a tile did not come. `permanent`: asking again is of no use. */
export class TileFailure extends Error {
  readonly reason: string;
  readonly permanent: boolean;
  readonly retryAfterMs: number | null;
  /** What whoever reports it can quote; empty where there is none. */
  readonly requestId: string;

  constructor(
    reason: string,
    message: string,
    permanent: boolean,
    { retryAfterMs = null, requestId = "" }: { retryAfterMs?: number | null; requestId?: string } = {},
  ) {
    super(message);
    this.name = "TileFailure";
    this.reason = reason;
    this.permanent = permanent;
    this.retryAfterMs = retryAfterMs;
    this.requestId = requestId;
  }
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Names a window in a request and in the cache: equal windows have equal keys. */
export function windowKey(window: GreyWindow | null): string {
  if (window === null) return "own";
  return `${String(window.center)},${String(window.width)},${window.lut === undefined ? window.function : `lut${String(window.lut)}`}`;
}

export function frameKey(frame: Frame): string {
  return `${frame.instance}/${String(frame.frame)}`;
}
