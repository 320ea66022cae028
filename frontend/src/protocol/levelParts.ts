/** Puts the parts of large levels together. What is unfinished is kept over a cut, so that nothing is sent twice. */

import type { LevelGot } from "./frames";

/** So many levels may be unfinished: one for each look that came between. */
const MOST_UNFINISHED = 12;

interface Unfinished {
  readonly first: LevelGot;
  readonly whole: Uint8Array<ArrayBuffer>;
  end: number;
}

export interface Put {
  /** Whole with this part; null while something is missing. */
  readonly level: LevelGot | null;
  /** Frames whose unfinished levels were given up: the server must be told that nothing of them is here. */
  readonly lost: readonly LevelGot[];
}

export class LevelParts {
  #unfinished = new Map<string, Unfinished>();

  put(got: LevelGot): Put {
    if (got.part === null) return { level: got, lost: [] };
    const [offset, bytes] = got.part;
    const key = keyOf(got.instance, got.frame);
    const known = offset === 0 ? undefined : this.#unfinished.get(key);
    this.#unfinished.delete(key);
    const unfinished = known ?? { first: got, whole: new Uint8Array(bytes), end: 0 };
    if (!follows(unfinished, got, offset)) return { level: null, lost: [got] };
    unfinished.whole.set(got.payload, offset);
    unfinished.end = offset + got.payload.length;
    if (unfinished.end === bytes) return { level: { ...unfinished.first, payload: unfinished.whole, part: null }, lost: [] };
    this.#unfinished.set(key, unfinished);
    return { level: null, lost: this.#makeRoom() };
  }

  /** How many bytes of this frame's next level are here, where that is this one. */
  bytesOf(instance: string, frame: number, level: number): number {
    const unfinished = this.#unfinished.get(keyOf(instance, frame));
    return unfinished?.first.level === level ? unfinished.end : 0;
  }

  forget(instance: string, frame: number): void {
    this.#unfinished.delete(keyOf(instance, frame));
  }

  clear(): void {
    this.#unfinished.clear();
  }

  #makeRoom(): LevelGot[] {
    const lost: LevelGot[] = [];
    for (const [key, { first }] of this.#unfinished) {
      if (this.#unfinished.size <= MOST_UNFINISHED) break;
      this.#unfinished.delete(key);
      lost.push(first);
    }
    return lost;
  }
}

function follows({ first, whole, end }: Unfinished, got: LevelGot, offset: number): boolean {
  return (
    end === offset && first.level === got.level && first.crc32 === got.crc32 && got.part?.[1] === whole.length && offset + got.payload.length <= whole.length
  );
}

const keyOf = (instance: string, frame: number): string => `${instance}/${frame}`;
