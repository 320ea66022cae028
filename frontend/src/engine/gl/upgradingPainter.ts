/**
 * Draws on a plain canvas from the first moment, and with WebGL2 once there is time to make that ready: to make a
 * context holds the page up until the GPU has done all that it was given, which is soon where nothing moves, and long
 * while a screen is being built. Neither the first picture nor a hand may wait for it.
 */

import type { FramePicture } from "../frames/heldFrame";
import type { Tile } from "../tiles/tile";
import { CanvasPainter } from "./canvasPainter";
import type { Painter, Scene } from "./painter";
import type { MakeValuePainter } from "./valuePainter";
import type { WebglPainter } from "./webglPainter";

/** So long nothing has been drawn when the GPU is thought to rest. */
const RESTS_AFTER_MS = 400;

interface UpgradingParts {
  /** What textures of tiles may take. */
  readonly textureBytes: number;
  /** Everything must be drawn again. */
  readonly redraw: () => void;
  /** There is no WebGL2: it stays a plain canvas. */
  readonly onPlain: () => void;
  /** Both run the action in a task to come, and answer what calls it off. */
  readonly later: (action: () => void, ms: number) => () => void;
  readonly whenIdle: (action: () => void) => () => void;
}

export class UpgradingPainter implements Painter {
  #parts: UpgradingParts;
  #canvas: HTMLCanvasElement;
  #painter: Painter;
  /** The same, once it is this one. */
  #webgl: WebglPainter | null = null;
  #textureBytes: number;
  #makeValues: MakeValuePainter | null = null;
  /** A canvas has one kind of context for ever: WebGL2 has its own, over the first. */
  #upper: HTMLCanvasElement | null = null;
  #mayUpgrade = false;
  #isClosed = false;
  #callOff: () => void = () => undefined;

  /** Null where a canvas cannot be drawn on. */
  static create(canvas: HTMLCanvasElement, parts: UpgradingParts): UpgradingPainter | null {
    const first = CanvasPainter.create(canvas);
    return first === null ? null : new UpgradingPainter(canvas, first, parts);
  }

  private constructor(canvas: HTMLCanvasElement, first: Painter, parts: UpgradingParts) {
    this.#canvas = canvas;
    this.#painter = first;
    this.#parts = parts;
    this.#textureBytes = parts.textureBytes;
  }

  get kind(): Painter["kind"] {
    return this.#painter.kind;
  }

  get drawsValues(): boolean {
    return this.#painter.drawsValues;
  }

  /** Full frames may come: what draws them is made ready as soon as there is WebGL2. */
  useValues(make: MakeValuePainter): void {
    this.#makeValues = make;
    if (this.#webgl !== null) this.#addValues(this.#webgl.addValues(make));
  }

  /** The first picture is there: from now on a rest may be used. */
  allowUpgrade(): void {
    this.#mayUpgrade = true;
  }

  resize(width: number, height: number): void {
    this.#painter.resize(width, height);
  }

  draw(scene: Scene): void {
    this.#painter.draw(scene);
    if (this.#upper === null && this.#mayUpgrade) this.#upgradeAtRest();
  }

  setTextureBudget(bytes: number): void {
    this.#textureBytes = bytes;
    this.#webgl?.setTextureBudget(bytes);
  }

  forget(tile: Tile): void {
    this.#painter.forget(tile);
  }

  holdsValues(picture: FramePicture): boolean {
    return this.#painter.holdsValues(picture);
  }

  forgetValues(key: string): void {
    this.#painter.forgetValues(key);
  }

  close(): void {
    this.#isClosed = true;
    this.#callOff();
    this.#painter.close();
    this.#upper?.remove();
  }

  #upgradeAtRest(): void {
    this.#callOff();
    this.#callOff = this.#parts.later(() => {
      const upper = document.createElement("canvas");
      this.#upper = upper;
      upper.ariaHidden = "true"; // the first has the name
      // Its code is no part of what a first picture needs.
      void import("./webglPainter").then(
        ({ WebglPainter }) => {
          this.#begin(upper, WebglPainter);
        },
        () => {
          this.#parts.onPlain();
        },
      );
    }, RESTS_AFTER_MS);
  }

  #begin(upper: HTMLCanvasElement, kind: typeof WebglPainter): void {
    if (this.#isClosed) return;
    [upper.width, upper.height] = [this.#canvas.width, this.#canvas.height];
    this.#step(upper, kind.make(upper, this.#textureBytes, this.#parts.redraw));
  }

  #step(upper: HTMLCanvasElement, making: ReturnType<typeof WebglPainter.make>): void {
    this.#callOff = this.#parts.whenIdle(() => {
      const { done, value } = making.next();
      if (done !== true) this.#step(upper, making);
      else if (value !== null) this.#change(upper, value);
      else this.#parts.onPlain();
    });
  }

  #addValues(making: Generator<void, void, void>): void {
    this.#callOff = this.#parts.whenIdle(() => {
      if (making.next().done === true) this.#parts.redraw();
      else this.#addValues(making);
    });
  }

  #change(upper: HTMLCanvasElement, painter: WebglPainter): void {
    painter.resize(this.#canvas.width, this.#canvas.height);
    this.#painter.close();
    this.#painter = painter;
    this.#webgl = painter;
    // The refresh that shows it is the one in which it is drawn: nothing is ever blank.
    this.#canvas.after(upper);
    this.#parts.redraw();
    if (this.#makeValues !== null) this.#addValues(painter.addValues(this.#makeValues));
  }
}
