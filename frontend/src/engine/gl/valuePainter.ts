/** Draws stored values through tables of greys, and colours as they are. */

import type { FramePicture } from "../frames/heldFrame";
import type { ColourMap } from "../values/colourMapNames";
import type { Matrix } from "../view/transform";
import type { Lens } from "./painter";
import { type ValueProgram, beginValueProgram, endValueProgram } from "./valueProgram";
import { ValueTextures } from "./valueTextures";

/** A frame's values, and how they are shown. */
export interface ValueLayer {
  readonly picture: FramePicture;
  /** The grey of each stored value, and a name for it; null for colours. */
  readonly table: { readonly key: string; readonly greys: Uint8Array } | null;
  readonly map: ColourMap;
  /** Tiles lie over it: it is coarser than they are. */
  readonly isBeneath: boolean;
}

/** `matrix`: image pixels to device pixels; `clip`: to clip space. `inverted` is of colours: that of greys is in the table. */
interface Placed {
  readonly matrix: Matrix;
  readonly clip: Float32Array;
  readonly inverted: boolean;
}

export type CountTexture = (picture: FramePicture, bytes: number) => void;
/** Each step that waits for the GPU is one alone. Null where it cannot be done. */
export type MakeValuePainter = (gl: WebGL2RenderingContext) => Generator<void, ValuePainter | null, void>;

const NO_PADDING = [1, 0] as const;
/** So near to one device pixel for one of the image, it is that. */
const ONE_TO_ONE = 1e-4;

export class ValuePainter {
  #gl: WebGL2RenderingContext;
  #program: ValueProgram;
  #textures: ValueTextures;

  static maker(count: CountTexture): MakeValuePainter {
    return function* make(gl) {
      const begun = beginValueProgram(gl);
      yield;
      const program = endValueProgram(gl, begun);
      return program === null ? null : new ValuePainter(gl, program, new ValueTextures(gl, count));
    };
  }

  private constructor(gl: WebGL2RenderingContext, program: ValueProgram, textures: ValueTextures) {
    this.#gl = gl;
    this.#program = program;
    this.#textures = textures;
  }

  /** Draws anything, so that the GPU has the program ready. */
  warm(): void {
    this.#gl.useProgram(this.#program.program);
    this.#gl.drawArrays(this.#gl.TRIANGLE_STRIP, 0, 4);
  }

  holds(picture: FramePicture): boolean {
    return this.#textures.holds(picture);
  }

  draw(layer: ValueLayer, { matrix, clip, inverted }: Placed, lens: Lens | null): void {
    const gl = this.#gl;
    const { program, place } = this.#program;
    gl.useProgram(program);
    this.#setPicture(layer.picture);
    this.#setShown(layer, inverted);
    this.#setScale(matrix, layer.picture.step);
    gl.uniformMatrix3fv(place.u_matrix, false, clip);
    gl.uniform3f(place.u_lens, lens?.x ?? 0, gl.drawingBufferHeight - (lens?.y ?? 0), lens?.radius ?? 0);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }

  #setPicture(picture: FramePicture): void {
    const gl = this.#gl;
    const { place } = this.#program;
    const { stream, step, size } = picture;
    this.#textures.bindPicture(picture);
    gl.uniform2f(place.u_image, stream.columns, stream.rows);
    gl.uniform2i(place.u_size, size.columns, size.rows);
    // A smaller level's first value stands for the image's first pixel, not for the middle of the first few.
    gl.uniform2f(place.u_scale, 1 / step, 0.5 - 0.5 / step);
    gl.uniform2f(place.u_padding, ...(stream.padding ?? NO_PADDING));
    gl.uniform1i(place.u_signed, Number(stream.signed));
    gl.uniform1i(place.u_coloured, Number(stream.samples === 3));
    gl.uniform1i(place.u_overlaid, Number(picture.overlay !== null));
  }

  #setShown({ table, map }: ValueLayer, inverted: boolean): void {
    const { place } = this.#program;
    const isMapped = map !== "grey" && table !== null;
    if (table !== null) this.#textures.bindTable(table.key, table.greys);
    if (isMapped) this.#textures.bindPalette(map);
    this.#gl.uniform1i(place.u_mapped, Number(isMapped));
    this.#gl.uniform1i(place.u_inverted, Number(inverted));
  }

  /** For tiles: they are drawn in these colours as well. Answers whether there are any. */
  bindPalette(map: ColourMap): boolean {
    if (map === "grey") return false;
    this.#textures.bindPalette(map);
    return true;
  }

  forget(key: string): void {
    this.#textures.forget(key);
  }

  clear(): void {
    this.#textures.clear();
  }

  #setScale({ a, b, c, d }: Matrix, step: number): void {
    const across = Math.hypot(a, b);
    const down = Math.hypot(c, d);
    const isOneToOne = step === 1 && Math.abs(across - 1) < ONE_TO_ONE && Math.abs(down - 1) < ONE_TO_ONE;
    this.#gl.uniform1i(this.#program.place.u_nearest, isOneToOne ? 1 : 0);
    this.#gl.uniform2f(this.#program.place.u_half, Math.max(1, 1 / (across * step)) / 2, Math.max(1, 1 / (down * step)) / 2);
  }
}
