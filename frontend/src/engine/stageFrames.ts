/** A stage's share in full frames: from the first picture on it tells what it looks at, and draws what has come. */

import type { FrameStore, Viewer } from "./frames/frameStore";
import type { FramePicture } from "./frames/heldFrame";
import type { Gaze as FrameGaze } from "./frames/room";
import type { VoiTable } from "./frames/stream";
import type { UpgradingPainter } from "./gl/upgradingPainter";
import type { ValueLayer } from "./gl/valuePainter";
import type { Frame, GreyWindow, Stack } from "./model";
import { inTask } from "./tasks";
import type { Gaze } from "./tiles/wants";
import type { ColourMap } from "./values/colourMapNames";

interface Parts {
  readonly open: (() => Promise<FrameStore>) | undefined;
  readonly painter: UpgradingPainter;
  /** The frame's values are here, or gone, or will not come; null: of any. */
  readonly onChange: (frame: Frame | null) => void;
  /** Look again, after so long. */
  readonly wake: (afterMs: number) => void;
}

export interface Shown {
  /** null: as the file wants it. */
  readonly by: GreyWindow | VoiTable | null;
  readonly inverted: boolean;
  readonly map: ColourMap;
}

/** Streams of frames larger than this take long: tiles of what is on screen come first, and meanwhile. */
export const QUICK_PIXELS = 1 << 20;
/** So long at most everything else waits for the values of the frame on screen. */
const PATIENCE_MS = 4000;

export class StageFrames implements Viewer {
  #parts: Parts;
  #store: FrameStore | null = null;
  #hasBegun = false;
  #isClosed = false;
  /** Values will not be drawn: their code did not come, or there is no WebGL2. */
  #isOff = false;
  #callOff: () => void = () => undefined;
  /** The frame whose values everything else waits for, and until when. */
  #awaited: { readonly frame: Frame; readonly untilMs: number } | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The first picture is there: from now on there is time for more. */
  begin(): void {
    const { open } = this.#parts;
    if (this.#hasBegun || open === undefined || typeof WebGL2RenderingContext === "undefined") return;
    this.#hasBegun = true;
    // An idle moment may be long in coming, and this only asks for code.
    this.#callOff = inTask(() => {
      this.#open(open);
    });
  }

  #open(open: () => Promise<FrameStore>): void {
    const { painter } = this.#parts;
    open().then(
      (store) => {
        if (this.#isClosed) return;
        this.#store = store;
        store.join(this);
        painter.useValues(store.makePainter());
        this.#parts.onChange(null);
      },
      () => {
        // Its code did not come: tiles show all there is.
        this.#isOff = true;
        this.#parts.onChange(null);
      },
    );
  }

  /** There is no WebGL2: values could not be drawn. */
  stop(): void {
    this.#isOff = true;
    this.#store?.leave(this);
    this.#store = null;
  }

  close(): void {
    this.#isClosed = true;
    this.#callOff();
    this.stop();
  }

  retry(): void {
    this.#store?.retry();
  }

  look(gaze: FrameGaze | null): void {
    this.#store?.look(this, gaze);
  }

  /** The best that is here and can be drawn. A level that lacks the overlay is none. */
  picture(frame: Frame): FramePicture | null {
    const picture = this.#parts.painter.drawsValues ? (this.#store?.picture(frame) ?? null) : null;
    if (picture === null || (picture.step > 1 && picture.stream.overlay !== null)) return null;
    return this.#parts.painter.holdsValues(picture) ? picture : null;
  }

  /** Whether it can be drawn without asking anybody for anything. */
  isExact(frame: Frame): boolean {
    return this.#parts.painter.drawsValues && this.#store?.isExact(frame) === true;
  }

  /** Whether values come so soon that tiles of full level are not worth their bytes. */
  isComing(frame: Frame): boolean {
    return this.#parts.painter.drawsValues && isQuick(frame) && this.#store?.isComing(frame) === true;
  }

  /** The same before it is known: what values need is still on its way, or the canvas that draws them is being made. */
  #willCome(frame: Frame): boolean {
    if (!this.#hasBegun || this.#isOff || !isQuick(frame)) return false;
    return this.#store === null || (!this.#parts.painter.drawsValues && this.#store.mayCome(frame));
  }

  /** What part full frames have in what is asked for, while this one is looked at. */
  streaming(frame: Frame, speed: number, nowMs: number): Gaze["streaming"] {
    if (!this.isComing(frame) && !this.#willCome(frame)) return this.isExact(frame) ? "rest" : "none";
    if (this.#awaited?.frame !== frame) {
      this.#awaited = { frame, untilMs: nowMs + PATIENCE_MS };
      this.#parts.wake(PATIENCE_MS);
    }
    return speed === 0 && nowMs < this.#awaited.untilMs ? "first" : "rest";
  }

  layer(picture: FramePicture, shown: Shown, isBeneath: boolean): ValueLayer | null {
    const { stream } = picture;
    const table = stream.samples === 3 ? null : this.#store?.tables.get(stream, shown);
    if (table === undefined) return null;
    return { picture, table, map: shown.map, isBeneath };
  }

  get store(): FrameStore | null {
    return this.#store;
  }

  onChange(frame: Frame | null): void {
    this.#parts.onChange(frame);
  }

  onGone(key: string): void {
    this.#parts.painter.forgetValues(key);
  }
}

function isQuick({ format: { columns, rows } }: Frame): boolean {
  return columns * rows <= QUICK_PIXELS;
}

/**
 * Whether the line is for the frame on screen and nothing about it: until its values or its tiles are here. Not for
 * whoever goes through a stack: they want what comes next, whatever of this slice is still on its way.
 */
export function wantsThisAlone(direction: FrameGaze["direction"], streaming: Gaze["streaming"], areTilesHere: boolean): boolean {
  return direction === 0 && (streaming === "first" || !areTilesHere);
}

/** Where the nearest frame is that `isHere` and has the format of that at `index`; null where none is. */
export function nearestIndex(stack: Stack, index: number, isHere: (frame: Frame) => boolean): number | null {
  const format = stack.frames[index]?.format;
  for (let away = 0; away < stack.frames.length; away += 1) {
    for (const place of away === 0 ? [index] : [index - away, index + away]) {
      const frame = stack.frames[place];
      if (frame !== undefined && frame.format === format && isHere(frame)) return place;
    }
  }
  return null;
}
