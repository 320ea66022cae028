/** What draws: WebGL2, or a 2-D canvas where that is missing. Both draw the same scene. */

import type { Frame } from "../model";
import type { Tile } from "../tiles/tile";
import type { ColourMap } from "../values/colourMapNames";
import type { Box, Matrix } from "../view/transform";
import type { Rewindow } from "./rewindow";
import type { ValueLayer } from "./valuePainter";

export interface Quad {
  readonly tile: Tile;
  /** Where the tile lies, in image pixels. */
  readonly box: Box;
  readonly rewindow: Rewindow;
}

/** A magnifier: the same picture through another matrix, within a circle. Device pixels. */
export interface Lens {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly matrix: Matrix;
  readonly quads: readonly Quad[];
}

export interface Scene {
  /** What it is a picture of; null: of nothing. */
  readonly frame: Frame | null;
  /** From image pixels to device pixels. */
  readonly matrix: Matrix;
  /** Drawn in this order: the finest last. */
  readonly quads: readonly Quad[];
  /** The frame's own values, where they are here and `drawsValues`. */
  readonly values: ValueLayer | null;
  /** Colours in place of greys, where `drawsValues`. */
  readonly map: ColourMap;
  readonly inverted: boolean;
  readonly lens: Lens | null;
}

export interface Painter {
  /** Device pixels. */
  resize(width: number, height: number): void;
  draw(scene: Scene): void;
  close(): void;
}
