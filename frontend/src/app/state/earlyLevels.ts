/** The levels of the frame that a study opens with, asked for as soon as it is known: before there is anybody to say it through a socket. */

import { type LevelGot, fetchFirstLevels } from "../../protocol/index";
import { forgetOnLeaving } from "./session";

/** What did not come by then comes through the socket. */
const LONGEST_MS = 10_000;

export interface EarlyLevels {
  readonly instance: string;
  /** From 1. */
  readonly frame: number;
  /** Each level, those that are here at once; and then that no more will come this way. */
  readonly follow: (onLevel: (level: LevelGot) => void, onEnd: () => void) => void;
  readonly stop: () => void;
}

let early: EarlyLevels | null = null;

export function askLevelsEarly(instance: string, frame: number): void {
  early?.stop();
  const ending = new AbortController();
  const here: LevelGot[] = [];
  let take = (level: LevelGot): void => void here.push(level);
  const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(LONGEST_MS)]);
  const ended = fetchFirstLevels({ instance, frame }, (level) => take(level), signal);
  early = {
    instance,
    frame,
    follow: (onLevel, onEnd) => {
      here.splice(0).forEach(onLevel);
      take = onLevel;
      void ended.then(onEnd);
    },
    stop: () => ending.abort(),
  };
}

/** Those that were asked for early, once. */
export function takeEarlyLevels(): EarlyLevels | null {
  const taken = early;
  early = null;
  return taken;
}

forgetOnLeaving(() => takeEarlyLevels()?.stop());
