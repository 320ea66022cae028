/** Tiles on the GPU: made when first drawn, the longest unused let go first. */

import { ByteCache } from "../tiles/byteCache";
import type { Tile } from "../tiles/tile";

const BYTES_PER_PIXEL = 4;

export class TexturePool {
  #gl: WebGL2RenderingContext;
  #textures: ByteCache<{ texture: WebGLTexture; tile: Tile }>;

  constructor(gl: WebGL2RenderingContext, budgetBytes: number) {
    this.#gl = gl;
    this.#textures = new ByteCache(budgetBytes, (_, held) => {
      gl.deleteTexture(held.texture);
    });
  }

  /** Binds the tile's texture, sending it first where it is not there yet. False where the picture cannot be sent. */
  bind(tile: Tile): boolean {
    const gl = this.#gl;
    const held = this.#textures.get(tile.key);
    if (held?.tile === tile) {
      gl.bindTexture(gl.TEXTURE_2D, held.texture);
      return true;
    }
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.NONE);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, tile.picture);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    this.#textures.set(tile.key, { texture, tile }, tile.picture.width * tile.picture.height * BYTES_PER_PIXEL);
    return true;
  }

  setBudget(bytes: number): void {
    this.#textures.setBudget(bytes);
  }

  forget(tile: Tile): void {
    if (this.#textures.peek(tile.key)?.tile === tile) this.#textures.delete(tile.key);
  }

  clear(): void {
    this.#textures.clear();
  }
}
