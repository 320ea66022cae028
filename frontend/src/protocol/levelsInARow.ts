/** The first levels of a frame in one answer: envelopes one after the other, each behind its length. */

import { type LevelAsked, type LevelGot, firstLevelsUrl, readEnvelope } from "./frames";

const LENGTH_BYTES = 4;

/** Takes an answer piece by piece, wherever the network cut it, and gives each envelope as soon as it is whole. */
export class LevelsInARow {
  #onLevel: (level: LevelGot) => void;
  #rest: Uint8Array<ArrayBuffer> = new Uint8Array();

  constructor(onLevel: (level: LevelGot) => void) {
    this.#onLevel = onLevel;
  }

  /** Throws Unreadable. */
  take(piece: Uint8Array): void {
    const all = new Uint8Array(this.#rest.length + piece.length);
    all.set(this.#rest);
    all.set(piece, this.#rest.length);
    let at = 0;
    for (;;) {
      const length = all.length - at < LENGTH_BYTES ? Infinity : new DataView(all.buffer, at).getUint32(0, true);
      const end = at + LENGTH_BYTES + length;
      if (end > all.length) break;
      this.#onLevel(readEnvelope(all.slice(at + LENGTH_BYTES, end).buffer));
      at = end;
    }
    this.#rest = all.slice(at);
  }
}

/** The first levels of a frame, each as soon as it is here. What goes wrong ends it: another way brings the rest. */
export async function fetchFirstLevels(
  asked: Omit<LevelAsked, "level">,
  onLevel: (level: LevelGot) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    const response = await fetch(firstLevelsUrl(asked), { credentials: "same-origin", signal });
    if (!response.ok || response.body === null) return;
    const row = new LevelsInARow(onLevel);
    const reader = response.body.getReader();
    for (let got = await reader.read(); !got.done; got = await reader.read()) row.take(got.value);
  } catch {
    return;
  }
}
