/** All that full frames need, made together: it comes when the first picture is there. */

import { WorkerDecoder } from "../decode/decoder";
import { makeWorker } from "../decode/makeWorker";
import { inTask, whenIdle } from "../tasks";
import { FrameStore } from "./frameStore";
import { type LevelLoader, pulling } from "./pulledSource";
import type { MakeFrameSource } from "./source";

export interface OpenFramesParts {
  /** Brings levels one by one. */
  readonly load: LevelLoader;
  /** A source that brings all that is wanted in its own order, and falls back on one that asks for levels one by one. */
  readonly streaming?: (pull: MakeFrameSource) => MakeFrameSource;
  readonly budgetBytes: number;
}

export function openFrameStore({ load, streaming, budgetBytes }: OpenFramesParts): FrameStore {
  const decoder = new WorkerDecoder(makeWorker);
  // Its code comes while the first level is on its way.
  decoder.start();
  const pull = pulling({ load, now: () => performance.now(), later: inTask, whenIdle });
  return new FrameStore({ makeSource: streaming?.(pull) ?? pull, decoder, budgetBytes });
}
