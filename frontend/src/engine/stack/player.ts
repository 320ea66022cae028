/** Shows the pictures of a cine as they are due, and waits for those that are not here yet. */

import type { Ticker } from "../frameLoop";
import type { CineRun } from "./cine";

/** It waits this long for a frame's full level before it goes on with what there is. */
const LONGEST_HOLD_MS = 500;

export interface Played {
  readonly isHere: (index: number) => boolean;
  readonly goTo: (index: number) => void;
}

export function player(run: CineRun, { isHere, goTo }: Played): Ticker {
  let heldSinceMs: number | null = null;
  return (nowMs) => {
    const next = run.due(nowMs);
    if (next === null) return true;
    heldSinceMs ??= nowMs;
    if (!isHere(next) && nowMs - heldSinceMs < LONGEST_HOLD_MS) {
      run.hold(nowMs);
    } else {
      heldSinceMs = null;
      run.take();
      goTo(next);
    }
    return true;
  };
}
