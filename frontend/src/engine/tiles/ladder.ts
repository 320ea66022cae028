/**
 * The sizes in which an image can be had, as one ladder: the whole image in one tile of 256 first (a quick preview),
 * then the pyramid in tiles of 512, which needs a quarter of the requests that 256 would.
 */

import type { ImageFormat, Size, TileSize } from "../model";
import type { Box } from "../view/transform";

export interface Rung {
  /** Place on the ladder, from 0, the coarsest. */
  readonly place: number;
  readonly size: TileSize;
  readonly z: number;
  /** Of the whole image at this level, in pixels. */
  readonly columns: number;
  readonly rows: number;
  /** Image pixels beneath one pixel of this level. */
  readonly step: number;
}

export interface TilePlace {
  readonly rung: Rung;
  readonly x: number;
  readonly y: number;
}

/** Drawing a level larger than its pixels is allowed up to this: between it and the next there is little to see. */
const STRETCH = 1.15;

/** A stack of a thousand slices has one format, and every drawing asks for its ladder. */
const ladders = new WeakMap<ImageFormat, readonly Rung[]>();

export function ladderOf(format: ImageFormat): readonly Rung[] {
  const known = ladders.get(format);
  if (known !== undefined) return known;
  const ladder = makeLadder(format);
  ladders.set(format, ladder);
  return ladder;
}

function makeLadder(format: ImageFormat): Rung[] {
  const quick = format.levels256 > 0 ? [rungOf(format, 256, 0, format.levels256)] : [];
  const fine = Array.from({ length: format.levels512 }, (_, z) => rungOf(format, 512, z, format.levels512));
  const [first] = quick;
  return [...quick, ...fine.filter((rung) => first === undefined || rung.step < first.step)].map(
    (rung, place) => ({ ...rung, place }),
  );
}

/** The coarsest rung that still gives every device pixel its own; the finest where none does. `zoom`: device pixels a column. */
export function chooseRung(ladder: readonly Rung[], zoom: number): Rung | null {
  const enough = ladder.find((rung) => zoom * rung.step <= STRETCH);
  return enough ?? ladder.at(-1) ?? null;
}

/** The tiles of a rung that a part of the image needs, those in its middle first. */
export function tilesIn(rung: Rung, part: Box): TilePlace[] {
  const span = rung.size * rung.step;
  const across = tilesAcross(rung);
  const first = { x: Math.floor(part.x0 / span), y: Math.floor(part.y0 / span) };
  const last = {
    x: Math.min(across.width - 1, Math.ceil(part.x1 / span) - 1),
    y: Math.min(across.height - 1, Math.ceil(part.y1 / span) - 1),
  };
  const middle = { x: (part.x0 + part.x1) / 2 / span - 0.5, y: (part.y0 + part.y1) / 2 / span - 0.5 };
  const places: TilePlace[] = [];
  for (let y = Math.max(0, first.y); y <= last.y; y += 1) {
    for (let x = Math.max(0, first.x); x <= last.x; x += 1) places.push({ rung, x, y });
  }
  const distance = (place: TilePlace): number => (place.x - middle.x) ** 2 + (place.y - middle.y) ** 2;
  return places.sort((one, other) => distance(one) - distance(other));
}

export function tilesAcross(rung: Rung): Size {
  return { width: Math.ceil(rung.columns / rung.size), height: Math.ceil(rung.rows / rung.size) };
}

/** Where a tile lies, in image pixels. The last tile of a row ends with the image, though its pixels may reach beyond. */
export function boxOf(place: TilePlace, format: Pick<ImageFormat, "columns" | "rows">): Box {
  const span = place.rung.size * place.rung.step;
  return {
    x0: place.x * span,
    y0: place.y * span,
    x1: Math.min(format.columns, (place.x + 1) * span),
    y1: Math.min(format.rows, (place.y + 1) * span),
  };
}

function rungOf(format: ImageFormat, size: TileSize, z: number, levels: number): Rung {
  const step = 2 ** (levels - 1 - z);
  return {
    place: 0,
    size,
    z,
    step,
    columns: Math.ceil(format.columns / step),
    rows: Math.ceil(format.rows / step),
  };
}
