/** What is known of the values of the slice on screen, once they are here; null before. */

import type { Probed } from "./frames/heldFrame";
import type { FrameStream } from "./frames/stream";
import type { Frame, GreyWindow } from "./model";
import type { StageFrames } from "./stageFrames";
import type { ValueRange } from "./values/range";
import type { Pixel } from "./view/transform";

export class StageValues {
  #frames: StageFrames;
  #frame: () => Frame | undefined;

  constructor(frames: StageFrames, frame: () => Frame | undefined) {
    this.#frames = frames;
    this.#frame = frame;
  }

  /** What was told with them: the file's windows and tables among it. */
  get stream(): FrameStream | null {
    const frame = this.#frame();
    return frame === undefined ? null : (this.#frames.picture(frame)?.stream ?? null);
  }

  /** The least and the greatest, in the file's unit; null of colours. */
  get range(): ValueRange | null {
    const frame = this.#frame();
    return frame === undefined ? null : (this.#frames.store?.rangeOf(frame) ?? null);
  }

  /** A window over most of them. */
  get autoWindow(): GreyWindow | null {
    const frame = this.#frame();
    return frame === undefined ? null : (this.#frames.store?.autoWindow(frame) ?? null);
  }

  /** What a pixel holds. */
  at({ column, row }: Pixel): Probed | null {
    const frame = this.#frame();
    return frame === undefined ? null : (this.#frames.store?.valueAt(frame, column, row) ?? null);
  }
}
