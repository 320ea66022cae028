/** From tiles at hand to what is drawn of them, and how good that is. Pure. */

import type { Lens, Quad } from "./gl/painter";
import { SAME, rewindow } from "./gl/rewindow";
import { type Frame, type GreyWindow, type Point, type Size, windowKey } from "./model";
import { type Rung, boxOf, tilesIn } from "./tiles/ladder";
import type { Tile } from "./tiles/tile";
import { tileKey } from "./tiles/tile";
import { type Box, type View, imageToScreen, scaled, visiblePart, zoomAbout } from "./view/transform";

/**
 * How good the picture on screen is. `loading`: none of this slice; `coarse`: less than could be shown here; `exact`: its
 * own values, all of them.
 */
export type Level = "loading" | "coarse" | "preview" | "exact";

export const LENS_RADIUS_PX = 68;
const LENS_FACTOR = 2.4;
/** The lens floats this far above the finger, that the finger may not cover it. */
const LENS_ABOVE_PX = 104;

/**
 * Coarse first, so that finer tiles lie on top; those finer than wanted lie under the wanted ones. Where the wanted
 * ones cover all that is seen, what would lie under them is left out: it is half of what a phone has to draw.
 */
export function quadsOf(
  frame: Frame,
  tiles: readonly Tile[],
  target: Rung | null,
  part: Box | null,
  window: GreyWindow | null,
): Quad[] {
  const wanted = target?.place ?? 0;
  const rank = ({ place: { rung } }: Tile): number => (rung.place === wanted ? 1000 : rung.place);
  const covered = isCovered(frame, tiles, target, part);
  return tiles
    .filter(({ place: { rung } }) => !covered || rung.place === wanted)
    .sort((one, other) => rank(one) - rank(other))
    .map((tile) => ({
      tile,
      box: boxOf(tile.place, frame.format),
      rewindow: rewindowOf(frame, tile, window),
    }));
}

/** Whether tiles of the wanted level, in whatever window, hide all that lies under them. */
export function isCovered(frame: Frame, tiles: readonly Tile[], target: Rung | null, part: Box | null): boolean {
  if (target === null || part === null) return false;
  const here = new Set(tiles.map((tile) => tile.key));
  return tilesIn(target, part).every((place) => here.has(tileKey(frame, place)));
}

function rewindowOf(frame: Frame, tile: Tile, window: GreyWindow | null): Quad["rewindow"] {
  const { colour, inverse, ownWindow } = frame.format;
  if (colour || tile.windowKey === windowKey(window)) return SAME;
  return rewindow(tile.window ?? ownWindow, window ?? ownWindow, inverse);
}

/** Whether all that is on screen of a frame is here, at the wanted level and window. */
export function isComplete(
  frame: Frame,
  tiles: readonly Tile[],
  target: Rung,
  part: Box,
  window: GreyWindow | null,
): boolean {
  const wanted = frame.format.colour ? "own" : windowKey(window);
  const here = new Map(tiles.map((tile) => [tile.key, tile.windowKey]));
  return tilesIn(target, part).every((place) => here.get(tileKey(frame, place)) === wanted);
}

export interface LensPlace {
  readonly lens: Omit<Lens, "quads">;
  readonly part: Box;
  readonly zoom: number;
  /** CSS pixels, for the ring around it. */
  readonly centre: Point;
}

/** The magnifier for a finger at `at`: it shows what is under the finger, above the finger. */
export function lensFor(
  at: Point,
  view: View,
  frame: Frame,
  viewport: Size,
  ratio: number,
): LensPlace | null {
  const centre = {
    x: Math.min(viewport.width - LENS_RADIUS_PX, Math.max(LENS_RADIUS_PX, at.x)),
    y: at.y - LENS_ABOVE_PX < LENS_RADIUS_PX ? at.y + LENS_ABOVE_PX : at.y - LENS_ABOVE_PX,
  };
  const near = zoomAbout(view, frame.format, viewport, ratio, LENS_FACTOR, at);
  const matrix = imageToScreen(near, frame.format, viewport);
  const moved = { ...matrix, e: matrix.e + centre.x - at.x, f: matrix.f + centre.y - at.y };
  const around = visiblePart(near, frame.format, viewport);
  if (around === null) return null;
  return {
    lens: {
      x: centre.x * ratio,
      y: centre.y * ratio,
      radius: LENS_RADIUS_PX * ratio,
      matrix: scaled(moved, ratio),
    },
    part: partUnderLens(around, at, near, frame, viewport),
    zoom: near.scale * ratio,
    centre,
  };
}

function partUnderLens(around: Box, at: Point, near: View, frame: Frame, viewport: Size): Box {
  const small = { width: LENS_RADIUS_PX * 2, height: LENS_RADIUS_PX * 2 };
  const shifted = {
    ...near,
    x: near.x - (at.x - viewport.width / 2),
    y: near.y - (at.y - viewport.height / 2),
  };
  return visiblePart(shifted, frame.format, small) ?? around;
}
