/**
 * Draws on a plain canvas from the first moment, and with WebGL2 once there is time to make that ready: to make a
 * context holds the page up until the GPU has done all that it was given, which is soon where nothing moves, and long
 * while a screen is being built. Neither the first picture nor a hand may wait for it.
 */

import type { FramePicture } from "../frames/heldFrame";
import { inTask, whenIdle } from "../tasks";
import type { Tile } from "../tiles/tile";
import { CanvasPainter } from "./canvasPainter";
import { isSame } from "./isSame";
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
  /** What is drawn from now on is drawn with WebGL2, and values where they are here: draw, if that shows more. */
  readonly onReady: () => void;
  /** There is no WebGL2: it stays a plain canvas. */
  readonly onPlain: () => void;
}

interface Unseen {
  readonly scene: Scene;
  isDone: boolean;
}

export class UpgradingPainter implements Painter {
  #parts: UpgradingParts;
  #canvas: HTMLCanvasElement;
  #painter: Painter;
  /** Once it is ready; it is the one that draws from the next drawing on. */
  #webgl: WebglPainter | null = null;
  #textureBytes: number;
  #makeValues: MakeValuePainter | null = null;
  /** What is on screen; null: nothing, or not as it should be. */
  #drawn: Scene | null = null;
  /** What WebGL2 drew first, before it is shown, and whether the GPU is done with it. */
  #unseen: Unseen | null = null;
  #mayUpgrade = false;
  #hasBegun = false;
  #listening = new AbortController();
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
    // A browser may have thrown away what was on a canvas that nobody saw.
    document.addEventListener("visibilitychange", this.#redraw, { signal: this.#listening.signal });
  }

  /** Whether it draws a frame's own values yet: what it draws next is drawn with WebGL2 then. */
  get drawsValues(): boolean {
    return this.#webgl?.drawsValues === true;
  }

  /** Full frames may come: what draws them is made ready as soon as there is WebGL2. */
  useValues(make: MakeValuePainter): void {
    this.#makeValues = make;
    const webgl = this.#webgl;
    if (webgl === null) return;
    this.#do(webgl.addValues(make), () => {
      this.#parts.onReady();
    });
  }

  /** The first picture is there: from now on a rest may be used. */
  allowUpgrade(): void {
    this.#mayUpgrade = true;
  }

  resize(width: number, height: number): void {
    this.#drawn = null;
    this.#unseen = null;
    this.#painter.resize(width, height);
  }

  /**
   * Whether it is on screen then; where not, it will be asked for again. What is there already is not drawn again: a
   * phone's GPU has that to do for each slice that comes near.
   */
  draw(scene: Scene): boolean {
    const isShown = isSame(scene, this.#drawn) || this.#drawNew(scene);
    if (this.#mayUpgrade && !this.#hasBegun) this.#upgradeAtRest();
    return isShown;
  }

  #drawNew(scene: Scene): boolean {
    const webgl = this.#webgl;
    const isFirst = webgl !== null && this.#painter !== webgl;
    if (isFirst && this.#isHeldBack(webgl, scene)) return false;
    if (isFirst) this.#change(webgl);
    if (this.#unseen?.isDone !== true || !isSame(scene, this.#unseen.scene)) this.#painter.draw(scene);
    this.#unseen = null;
    this.#drawn = scene;
    return true;
  }

  /**
   * To show a drawing holds the page up until the GPU is done with it, and the first has all to bring there: it is drawn
   * where nobody sees it. Only what shows the same slice better may wait, never another, and no hand waits.
   */
  #isHeldBack(webgl: WebglPainter, scene: Scene): boolean {
    if (this.#drawn?.frame !== scene.frame) return false;
    if (this.#unseen !== null) return isSame(scene, this.#unseen.scene) && !this.#unseen.isDone;
    const unseen = { scene, isDone: false };
    this.#unseen = unseen;
    this.#do(this.#drawUnseen(webgl, unseen), () => {
      unseen.isDone = true;
      this.#parts.redraw();
    });
    return true;
  }

  *#drawUnseen(webgl: WebglPainter, unseen: Unseen): Generator<void, void, void> {
    if (this.#unseen === unseen) yield* webgl.drawUnseen(unseen.scene, this.#canvas); // else another is on screen by now
  }

  setTextureBudget(bytes: number): void {
    this.#textureBytes = bytes;
    this.#webgl?.setTextureBudget(bytes);
  }

  forget(tile: Tile): void {
    this.#webgl?.forget(tile);
  }

  holdsValues(picture: FramePicture): boolean {
    return this.#webgl?.holdsValues(picture) === true;
  }

  forgetValues(key: string): void {
    this.#webgl?.forgetValues(key);
  }

  close(): void {
    this.#listening.abort();
    this.#callOff();
    this.#painter.close();
    if (this.#painter !== this.#webgl) this.#webgl?.close();
  }

  #upgradeAtRest(): void {
    this.#callOff();
    this.#callOff = inTask(() => {
      this.#hasBegun = true;
      // Its code is no part of what a first picture needs.
      void import("./webglPainter").then(
        ({ WebglPainter }) => {
          this.#begin(WebglPainter);
        },
        () => {
          this.#parts.onPlain();
        },
      );
    }, RESTS_AFTER_MS);
  }

  #begin(kind: typeof WebglPainter): void {
    if (this.#listening.signal.aborted) return;
    const making = kind.make({
      size: this.#canvas,
      textureBytes: this.#textureBytes,
      makeValues: () => this.#makeValues,
      onRestored: this.#redraw,
    });
    this.#do(making, (webgl) => {
      if (webgl === null) this.#parts.onPlain();
      else this.#use(webgl);
    });
  }

  #use(webgl: WebglPainter): void {
    this.#webgl = webgl;
    if (this.#drawn?.map !== "grey") this.#drawn = null; // a plain canvas has no colours for greys
    if (this.#makeValues === null || webgl.drawsValues) this.#parts.onReady();
    else this.useValues(this.#makeValues); // they came to be wanted too late for that
  }

  #redraw = (): void => {
    this.#drawn = null;
    this.#parts.redraw();
  };

  /** Step by step, each when there is nothing else to do. */
  #do<Result>(steps: Generator<void, Result, void>, then: (result: Result) => void): void {
    this.#callOff = whenIdle(() => {
      if (this.#listening.signal.aborted) return;
      const { done, value } = steps.next();
      if (done === true) then(value);
      else this.#do(steps, then);
    });
  }

  /** The refresh that shows it is the one in which it is drawn: nothing is ever blank. */
  #change(webgl: WebglPainter): void {
    webgl.showOver(this.#canvas);
    this.#painter.close();
    this.#painter = webgl;
  }
}
