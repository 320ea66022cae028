/** A tile that is here, as it came. */

import { type Frame, type GreyWindow, type TileAddress, frameKey } from "../model";
import type { TilePlace } from "./ladder";

/** What a painter can draw; ImageBitmap in a browser. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  close(): void;
}

export interface Tile {
  readonly key: string;
  readonly place: TilePlace;
  readonly picture: Picture;
  /** The window it was asked for, by its key. */
  readonly windowKey: string;
  /** The window it shows, where that is known. */
  readonly window: GreyWindow | null;
}

/** What a tile is a tile of, whatever its window: a new window replaces the old tile. */
export function tileKey(frame: Frame, { rung, x, y }: TilePlace): string {
  return `${frameKey(frame)}/${rung.size}/${rung.z}/${x}/${y}`;
}

export function addressOf(frame: Frame, { rung, x, y }: TilePlace, window: GreyWindow | null): TileAddress {
  return { instance: frame.instance, frame: frame.frame, size: rung.size, z: rung.z, x, y, window };
}

const decoding = new WeakMap<Blob, Promise<Picture>>();

/** Who takes a picture closes it, so that each decoding is one taker's. */
export async function decodePicture(image: Blob): Promise<Picture> {
  const begun = decoding.get(image);
  decoding.delete(image);
  return begun ?? createImageBitmap(image, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
}

/** Begins before there is anything to draw it on: whoever decodes this image next takes it. */
export function decodeSoon(image: Blob): void {
  const begun = decodePicture(image);
  begun.catch(() => undefined); // told to who takes it
  decoding.set(image, begun);
}
