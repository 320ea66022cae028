/** How the frames of a stage are to be shown: what the reader chose. */

import type { FrameStream, VoiTable } from "./frames/stream";
import type { GreyWindow } from "./model";
import type { ColourMap } from "./values/colourMapNames";

export type Look = GreyWindow | VoiTable;

export class StageLook {
  /** null: as each file wants it. */
  window: GreyWindow | null = null;
  map: ColourMap = "grey";
  inverted = false;
  /** More will follow at once: requests are thinned out, and the shader shows the rest. */
  isMoving = false;
  /** The window that tiles are asked for. */
  askedWindow: GreyWindow | null = null;

  reset(): void {
    this.setWindow(null, false);
    this.map = "grey";
    this.inverted = false;
  }

  setWindow(window: GreyWindow | null, isMoving: boolean): void {
    this.window = window;
    this.isMoving = isMoving;
    if (!isMoving) this.askedWindow = window;
  }

  /** Latest only: the next window is asked for when the last one is here. */
  ask(isComplete: boolean): void {
    if (!this.isMoving || isComplete) this.askedWindow = this.window;
  }
}

/**
 * What was chosen, for a frame of this stream: of the file's tables its own. One that has not so many is shown its own
 * way, as the server's tiles are.
 */
export function lookFor(chosen: GreyWindow | null, { tables }: Pick<FrameStream, "tables">): Look | null {
  return chosen?.lut === undefined ? chosen : (tables[chosen.lut - 1]?.table ?? null);
}

export function windowIn(look: Look | null): GreyWindow | null {
  return look === null || "kind" in look ? null : look;
}

export function tableIn(look: Look | null): VoiTable | null {
  return look !== null && "kind" in look ? look : null;
}
