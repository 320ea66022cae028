/** The tiles at hand, frame by frame, within the cache's budget; and how far each frame of the stack is here. */

import { type Frame, frameKey } from "../model";
import { ByteCache } from "./byteCache";
import { type Rung, tilesAcross } from "./ladder";
import type { Tile } from "./tile";

/** How far a frame is here: nothing, less than its whole at the wanted level, all of it, its own values. */
export const LOAD = { empty: 0, coarse: 1, full: 2, exact: 3 } as const;

const BYTES_PER_PIXEL = 4;

interface Held {
  readonly frame: string;
  readonly tile: Tile;
}

export class FrameShelf {
  #cache: ByteCache<Held>;
  #frames = new Map<string, Set<Tile>>();
  #onGone: (tile: Tile) => void;

  constructor(budgetBytes: number, onGone: (tile: Tile) => void) {
    this.#onGone = onGone;
    this.#cache = new ByteCache(budgetBytes, (_, held) => {
      this.#remove(held);
    });
  }

  get usedBytes(): number {
    return this.#cache.usedBytes;
  }

  get budgetBytes(): number {
    return this.#cache.budgetBytes;
  }

  setBudget(bytes: number): void {
    this.#cache.setBudget(bytes);
  }

  put(frame: Frame, tile: Tile): void {
    const held = { frame: frameKey(frame), tile };
    this.#cache.set(tile.key, held, tile.picture.width * tile.picture.height * BYTES_PER_PIXEL);
    const tiles = this.#frames.get(held.frame) ?? new Set();
    this.#frames.set(held.frame, tiles.add(tile));
  }

  peek(key: string): Tile | undefined {
    return this.#cache.peek(key)?.tile;
  }

  /** All tiles of a frame; they count as used now. */
  tilesOf(frame: Frame): Tile[] {
    const tiles = [...(this.#frames.get(frameKey(frame)) ?? [])];
    for (const tile of tiles) this.#cache.get(tile.key);
    return tiles;
  }

  /** Whether the whole of a frame can be drawn, at any level: no part of it would stay blank. */
  covers(frame: Frame): boolean {
    const tiles = this.#frames.get(frameKey(frame));
    if (tiles === undefined) return false;
    return [...tiles].some(({ place: { rung } }) => countOf(tiles, rung) >= countAll(rung));
  }

  /** Image pixels beneath one of the finest level that is wholly here; Infinity where none is. */
  coveredStep(frame: Frame): number {
    const tiles = this.#frames.get(frameKey(frame)) ?? new Set();
    const steps = [...tiles].filter(({ place: { rung } }) => countOf(tiles, rung) >= countAll(rung)).map(({ place: { rung } }) => rung.step);
    return Math.min(...steps, Infinity);
  }

  loadOf(frame: Frame, wanted: Rung | null): number {
    const tiles = this.#frames.get(frameKey(frame));
    if (tiles === undefined || wanted === null) return LOAD.empty;
    return countOf(tiles, wanted) >= countAll(wanted) ? LOAD.full : LOAD.coarse;
  }

  /** Lets go of all tiles of a frame. */
  drop(frame: Frame): void {
    for (const tile of [...(this.#frames.get(frameKey(frame)) ?? [])]) this.#cache.delete(tile.key);
  }

  clear(): void {
    this.#cache.clear();
  }

  #remove(held: Held): void {
    const tiles = this.#frames.get(held.frame);
    tiles?.delete(held.tile);
    if (tiles?.size === 0) this.#frames.delete(held.frame);
    held.tile.picture.close();
    this.#onGone(held.tile);
  }
}

function countOf(tiles: ReadonlySet<Tile>, rung: Rung): number {
  let count = 0;
  for (const tile of tiles) if (tile.place.rung.place === rung.place) count += 1;
  return count;
}

function countAll(rung: Rung): number {
  const across = tilesAcross(rung);
  return across.width * across.height;
}
