/** Starts the decoding worker and gives it the decoder. */

import { compiled } from "./compiled";
import type { DecoderCode } from "./messages";

/** The worker's code and the decoder come side by side: one after the other is a journey more over a mobile network. */
export function makeWorker(): Worker {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "decoder" });
  void compiled().then((module) => {
    worker.postMessage({ module } satisfies DecoderCode);
  });
  return worker;
}
