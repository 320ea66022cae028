/** Stored values, tables, palettes and overlays on the GPU. */

import type { FramePicture } from "../frames/heldFrame";
import { ByteCache } from "../tiles/byteCache";
import type { ColourMap } from "../values/colourMapNames";
import { paletteOf } from "../values/colourMaps";
import type { StoredValues } from "../values/range";
import { UNIT } from "./valueProgram";

/** Beside the one that is drawn: to go back and forth between slices sends nothing anew. */
const KEPT_BYTES = 6 * 1024 * 1024;
const TABLE_SIDE = 256;

interface Held {
  readonly picture: FramePicture;
  readonly textures: readonly WebGLTexture[];
  readonly bytes: number;
}

export class ValueTextures {
  #gl: WebGL2RenderingContext;
  #held: ByteCache<Held>;
  #count: (picture: FramePicture, bytes: number) => void;
  #table: { readonly texture: WebGLTexture; key: string } | null = null;
  #palette: { readonly texture: WebGLTexture; map: ColourMap } | null = null;

  /** `count` is told what textures of a frame take, and, below zero, what is given back. */
  constructor(gl: WebGL2RenderingContext, count: (picture: FramePicture, bytes: number) => void) {
    this.#gl = gl;
    this.#count = count;
    this.#held = new ByteCache(KEPT_BYTES, (_, held) => {
      for (const texture of held.textures) gl.deleteTexture(texture);
      count(held.picture, -held.bytes);
    });
  }

  /** Whether the GPU takes a picture so large. */
  holds({ size }: FramePicture): boolean {
    return Math.max(size.columns, size.rows) <= (this.#gl.getParameter(this.#gl.MAX_TEXTURE_SIZE) as number);
  }

  bindPicture(picture: FramePicture): void {
    const held = this.#held.get(picture.key) ?? this.#made(picture);
    const [values, overlay] = held.textures;
    this.#bind(picture.stream.samples === 3 ? UNIT.colours : UNIT.values, values);
    this.#bind(UNIT.overlay, overlay);
    this.#leave();
  }

  bindTable(key: string, greys: Uint8Array): void {
    const gl = this.#gl;
    const held = this.#table;
    this.#bind(UNIT.table, held?.texture);
    if (held?.key !== key) {
      if (held === null) this.#table = { texture: this.#texture(UNIT.table), key };
      else held.key = key;
      this.#send(gl.R8UI, TABLE_SIDE, TABLE_SIDE, greys);
    }
    this.#leave();
  }

  bindPalette(map: ColourMap): void {
    const held = this.#palette;
    this.#bind(UNIT.palette, held?.texture);
    const colours = held?.map === map ? null : paletteOf(map);
    if (colours !== null) {
      if (held === null) this.#palette = { texture: this.#texture(UNIT.palette), map };
      else held.map = map;
      this.#send(this.#gl.RGBA8, colours.length / 4, 1, colours);
    }
    this.#leave();
  }

  forget(key: string): void {
    this.#held.delete(key);
  }

  clear(): void {
    this.#held.clear();
    this.#gl.deleteTexture(this.#table?.texture ?? null);
    this.#gl.deleteTexture(this.#palette?.texture ?? null);
    this.#table = null;
    this.#palette = null;
  }

  #made(picture: FramePicture): Held {
    const { columns, rows } = picture.size;
    const textures: WebGLTexture[] = [];
    if (picture.stream.samples === 3) {
      textures.push(this.#texture(UNIT.colours));
      this.#send(this.#gl.RGB8, columns, rows, picture.values);
    } else {
      textures.push(this.#texture(UNIT.values));
      this.#send(picture.values.BYTES_PER_ELEMENT === 1 ? this.#gl.R8UI : this.#gl.R16UI, columns, rows, asUnsigned(picture.values));
    }
    if (picture.overlay !== null) {
      textures.push(this.#texture(UNIT.overlay));
      this.#send(this.#gl.R8UI, columns, rows, picture.overlay);
    }
    const held = { picture, textures, bytes: picture.values.byteLength + (picture.overlay?.byteLength ?? 0) };
    this.#held.set(picture.key, held, held.bytes);
    this.#count(picture, held.bytes);
    return held;
  }

  #bind(unit: number, texture: WebGLTexture | undefined): void {
    this.#gl.activeTexture(this.#gl.TEXTURE0 + unit);
    this.#gl.bindTexture(this.#gl.TEXTURE_2D, texture ?? null);
  }

  /** Others count on the first unit. */
  #leave(): void {
    this.#gl.activeTexture(this.#gl.TEXTURE0);
  }

  /** A new one, bound; integers have no filters. */
  #texture(unit: number): WebGLTexture {
    const gl = this.#gl;
    const texture = gl.createTexture();
    this.#bind(unit, texture);
    for (const side of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, side, gl.NEAREST);
    for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
    return texture;
  }

  /** To the texture bound last. */
  #send(kind: GLenum, width: number, height: number, data: ArrayBufferView): void {
    const gl = this.#gl;
    const [format, type] =
      kind === gl.RGB8
        ? [gl.RGB, gl.UNSIGNED_BYTE]
        : kind === gl.RGBA8
          ? [gl.RGBA, gl.UNSIGNED_BYTE]
          : [gl.RED_INTEGER, kind === gl.R8UI ? gl.UNSIGNED_BYTE : gl.UNSIGNED_SHORT];
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.texImage2D(gl.TEXTURE_2D, 0, kind, width, height, 0, format, type, data);
  }
}

/** The shader gives 16 bits their sign back. */
function asUnsigned(values: StoredValues): Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> {
  return values instanceof Int16Array ? new Uint16Array(values.buffer, values.byteOffset, values.length) : values;
}
