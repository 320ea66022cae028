/** What is drawn of a slice: its own values where they are here, its tiles, or both; and how good that is. */

import type { FramePicture } from "./frames/heldFrame";
import type { Quad, Scene } from "./gl/painter";
import type { Frame, Size } from "./model";
import { type Level, type LensPlace, isCovered, quadsOf } from "./scene";
import type { StageFrames } from "./stageFrames";
import { type Look, type StageLook, lookFor } from "./stageLook";
import type { TileManager } from "./tiles/tileManager";
import { rungFor } from "./tiles/wants";
import { type Box, type View, imageToScreen, onPixels, scaled, visiblePart, zoomOf } from "./view/transform";

/** Through what a picture is seen. */
export interface Sight {
  readonly view: View;
  readonly viewport: Size;
  readonly ratio: number;
}

const NO_IMAGE = { columns: 1, rows: 1, aspect: 1 };
export const NOTHING: Scene = {
  frame: null,
  matrix: { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 },
  quads: [],
  values: null,
  map: "grey",
  inverted: false,
  lens: null,
};

export class StagePicture {
  #tiles: TileManager;
  #frames: StageFrames;
  #look: StageLook;

  constructor(tiles: TileManager, frames: StageFrames, look: StageLook) {
    this.#tiles = tiles;
    this.#frames = frames;
    this.#look = look;
  }

  canDraw(frame: Frame): boolean {
    return this.#tiles.covers(frame) || this.#frames.picture(frame) !== null;
  }

  scene(shown: Frame | undefined, sight: Sight, lens: LensPlace | null): Scene {
    const { view, viewport, ratio } = sight;
    const format = shown?.format ?? NO_IMAGE;
    const picture = shown === undefined ? null : this.#frames.picture(shown);
    const quads = (zoom: number, part: Box | null): Quad[] =>
      shown === undefined || picture?.step === 1
        ? []
        : quadsOf(shown, this.#tiles.tilesOf(shown), rungFor(shown, zoom), part, this.#look.window);
    return {
      frame: shown ?? null,
      matrix: onPixels(scaled(imageToScreen(view, format, viewport), ratio)),
      quads: quads(zoomOf(view, ratio), visiblePart(view, format, viewport)),
      values: picture === null || (lens === null && this.#isHidden(picture, sight)) ? null : this.#layer(picture),
      map: this.#look.map,
      inverted: this.#look.inverted,
      lens: lens === null ? null : { ...lens.lens, quads: quads(lens.zoom, lens.part) },
    };
  }

  /** How a slice is shown: as was chosen, or as the file wants it, as far as that is known. */
  lookOf(frame: Frame | undefined): Look | null {
    if (frame === undefined || frame.format.colour) return null;
    if (this.#look.window !== null) return this.#look.window;
    const picture = this.#frames.picture(frame);
    if (picture !== null) return picture.stream.look;
    const told = this.#tiles.tilesOf(frame).find((tile) => tile.windowKey === "own" && tile.window !== null);
    return told?.window ?? frame.format.ownWindow;
  }

  /** `isBest`: its tiles are all that this screen can show of it. */
  levelOf(frame: Frame, zoom: number, isBest: boolean): Level {
    const picture = this.#frames.picture(frame);
    if (picture?.step === 1) return "exact";
    const target = rungFor(frame, zoom);
    const isFine = picture !== null && target !== null && picture.step <= target.step;
    return isBest || isFine ? "preview" : "coarse";
  }

  #layer(picture: FramePicture): Scene["values"] {
    const { window, inverted, map } = this.#look;
    const by = lookFor(window, picture.stream);
    return this.#frames.layer(picture, { by, inverted, map }, this.#isBeneath(picture));
  }

  #isBeneath(picture: FramePicture): boolean {
    return picture.step > 1 && this.#tiles.coveredStep(picture.frame) <= picture.step;
  }

  /** Nothing is seen of it for the tiles over it: to draw it would only cost. */
  #isHidden(picture: FramePicture, { view, viewport, ratio }: Sight): boolean {
    if (!this.#isBeneath(picture)) return false;
    const { frame } = picture;
    const part = visiblePart(view, frame.format, viewport);
    return isCovered(frame, this.#tiles.tilesOf(frame), rungFor(frame, zoomOf(view, ratio)), part);
  }
}
