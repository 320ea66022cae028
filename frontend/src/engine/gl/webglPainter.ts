/** Draws with WebGL2. A lost context is waited for; what is drawn comes back when it does. */

import type { FramePicture } from "../frames/heldFrame";
import type { Size } from "../model";
import type { Tile } from "../tiles/tile";
import type { Matrix } from "../view/transform";
import type { Lens, Painter, Quad, Scene } from "./painter";
import { type Program, beginProgram, endProgram } from "./program";
import { TexturePool } from "./texturePool";
import type { MakeValuePainter, ValuePainter } from "./valuePainter";

interface WebglParts {
  /** Device pixels. To change it later costs as much as to make it. */
  readonly size: Size;
  /** What textures of tiles may take. */
  readonly textureBytes: number;
  /** What draws values, where they are wanted by now. */
  readonly makeValues: () => MakeValuePainter | null;
  /** Everything must be drawn again. */
  readonly onRestored: () => void;
}

export class WebglPainter implements Painter {
  #gl: WebGL2RenderingContext;
  #canvas: HTMLCanvasElement;
  #program: Program;
  #textures: TexturePool;
  /** What textures of tiles may take, beside the decoded tiles in memory. */
  #textureBytes: number;
  #listening = new AbortController();
  #isLost = false;
  #makeValues: MakeValuePainter | null = null;
  #values: ValuePainter | null = null;

  /**
   * Null where there is no WebGL2. Each step that waits for the GPU is one alone, and the first drawing waits for nothing
   * more.
   */
  static *make(parts: WebglParts): Generator<void, WebglPainter | null, void> {
    const canvas = document.createElement("canvas");
    canvas.ariaHidden = "true"; // the one beneath has the name
    canvas.width = parts.size.width;
    canvas.height = parts.size.height;
    const gl = canvas.getContext("webgl2", {
      alpha: false,
      antialias: false,
      depth: false,
      powerPreference: "low-power",
    });
    if (gl === null) return null;
    yield;
    const begun = beginProgram(gl);
    yield;
    const program = endProgram(gl, begun);
    if (program === null) return null;
    const painter = new WebglPainter(canvas, gl, program, parts);
    const makeValues = parts.makeValues();
    if (makeValues !== null) yield* painter.addValues(makeValues);
    yield* painter.#warm();
    return painter;
  }

  private constructor(
    canvas: HTMLCanvasElement,
    gl: WebGL2RenderingContext,
    program: Program,
    { textureBytes, onRestored }: WebglParts,
  ) {
    this.#canvas = canvas;
    this.#gl = gl;
    this.#program = program;
    this.#textureBytes = textureBytes;
    this.#textures = new TexturePool(gl, textureBytes);
    const { signal } = this.#listening;
    canvas.addEventListener(
      "webglcontextlost",
      (event) => {
        // Without this the browser never gives it back.
        event.preventDefault();
        this.#isLost = true;
        // Their textures went with it.
        this.#values?.clear();
        this.#values = null;
      },
      { signal },
    );
    canvas.addEventListener(
      "webglcontextrestored",
      () => {
        const restored = endProgram(gl, beginProgram(gl));
        if (restored === null) return;
        this.#program = restored;
        this.#textures = new TexturePool(gl, this.#textureBytes);
        this.#isLost = false;
        if (this.#makeValues !== null) finish(this.addValues(this.#makeValues));
        onRestored();
      },
      { signal },
    );
  }

  /** Whether it draws a frame's own values yet. */
  get drawsValues(): boolean {
    return this.#values !== null;
  }

  /** From now on it draws values, too, once it can. Each step that waits for the GPU is one alone. */
  *addValues(make: MakeValuePainter): Generator<void, void, void> {
    this.#makeValues = make;
    this.#values = yield* make(this.#gl);
  }

  /**
   * A GPU is done with making a program when it has drawn with it once: here, one pixel that nobody may see.
   */
  *#warm(): Generator<void, void, void> {
    const gl = this.#gl;
    gl.enable(gl.SCISSOR_TEST);
    gl.scissor(0, 0, 1, 1);
    gl.useProgram(this.#program.program);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    this.#values?.warm();
    gl.disable(gl.SCISSOR_TEST);
    yield* this.#rest();
  }

  /** Until the GPU has done all that it was given. */
  *#rest(): Generator<void, void, void> {
    const gl = this.#gl;
    const drawn = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    while (drawn !== null && gl.getSyncParameter(drawn, gl.SYNC_STATUS) === gl.UNSIGNALED) yield;
  }

  /** Draws before it is shown, until it can be without waiting for the GPU. */
  *drawUnseen(scene: Scene, { width, height }: Size): Generator<void, void, void> {
    this.resize(width, height);
    this.draw(scene);
    yield* this.#rest();
  }

  /** A canvas has one kind of context for ever: WebGL2 has its own, over the plain one. Draw at once. */
  showOver(plain: HTMLCanvasElement): void {
    this.resize(plain.width, plain.height);
    plain.after(this.#canvas);
  }

  resize(width: number, height: number): void {
    if (this.#canvas.width === width && this.#canvas.height === height) return;
    this.#canvas.width = width;
    this.#canvas.height = height;
  }

  draw(scene: Scene): void {
    if (this.#isLost) return;
    const gl = this.#gl;
    gl.viewport(0, 0, this.#canvas.width, this.#canvas.height);
    gl.clearColor(0, 0, 0, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    this.#pass(scene, scene, null);
    if (scene.lens !== null) this.#pass(scene, scene.lens, scene.lens);
  }

  setTextureBudget(bytes: number): void {
    this.#textureBytes = bytes;
    this.#textures.setBudget(bytes);
  }

  /** The tile will not be drawn again. */
  forget(tile: Tile): void {
    this.#textures.forget(tile);
  }

  /** Whether it can draw these. */
  holdsValues(picture: FramePicture): boolean {
    return this.#values?.holds(picture) === true;
  }

  /** These values will not be drawn again. */
  forgetValues(key: string): void {
    this.#values?.forget(key);
  }

  close(): void {
    this.#listening.abort();
    this.#textures.clear();
    this.#values?.clear();
    this.#gl.getExtension("WEBGL_lose_context")?.loseContext();
    this.#canvas.remove();
  }

  #pass(scene: Scene, { matrix, quads }: Pick<Scene, "matrix" | "quads">, lens: Lens | null): void {
    const clip = this.#toClip(matrix);
    const draw = (): void => {
      if (scene.values !== null) this.#values?.draw(scene.values, { matrix, clip, inverted: scene.inverted }, lens);
    };
    if (scene.values?.isBeneath === true) draw();
    if (quads.length > 0) this.#drawQuads(scene, quads, clip, lens);
    if (scene.values?.isBeneath === false) draw();
  }

  #drawQuads(scene: Scene, quads: readonly Quad[], clip: Float32Array, lens: Lens | null): void {
    const gl = this.#gl;
    const { place, program } = this.#program;
    gl.useProgram(program);
    gl.uniform1i(place.u_inverted, Number(scene.inverted));
    gl.uniform1i(place.u_mapped, Number(this.#values?.bindPalette(scene.map) ?? false));
    gl.uniformMatrix3fv(place.u_matrix, false, clip);
    gl.uniform3f(place.u_lens, lens?.x ?? 0, this.#canvas.height - (lens?.y ?? 0), lens?.radius ?? 0);
    for (const quad of quads) this.#drawQuad(quad);
  }

  #drawQuad({ tile, box, rewindow }: Quad): void {
    const gl = this.#gl;
    const { place } = this.#program;
    if (!this.#textures.bind(tile)) return;
    const { rung } = tile.place;
    gl.uniform4f(place.u_box, box.x0, box.y0, box.x1, box.y1);
    // The last pixel of a reduced row may stand for image pixels beyond the edge: only what is within is drawn.
    gl.uniform2f(
      place.u_reach,
      (box.x1 - box.x0) / rung.step / tile.picture.width,
      (box.y1 - box.y0) / rung.step / tile.picture.height,
    );
    gl.uniform2f(place.u_ramp, rewindow.gain, rewindow.offset);
    gl.uniform2i(place.u_sigmoid, rewindow.fromSigmoid ? 1 : 0, rewindow.toSigmoid ? 1 : 0);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }

  /** Device pixels from the top left, to clip space from the bottom left; column by column. */
  #toClip({ a, b, c, d, e, f }: Matrix): Float32Array {
    const x = 2 / this.#canvas.width;
    const y = -2 / this.#canvas.height;
    return new Float32Array([a * x, b * y, 0, c * x, d * y, 0, e * x - 1, f * y + 1, 1]);
  }
}

/** All steps at once: everything has to be made anew before anything can be drawn. */
function finish(making: Generator<void, void, void>): void {
  while (making.next().done !== true);
}
