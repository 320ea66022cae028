/** The decoding worker: one stream after another, off the page's own thread. */

import { crc32 } from "./crc32";
import { decodeHtj2k, load } from "./htj2k";
import { decodeJpeg } from "./jpeg";
import type { DecodeAnswer, DecodeJob, Decoded, DecoderCode } from "./messages";
import { unpackedBits } from "./storedValues";

declare const self: DedicatedWorkerGlobalScope;

self.addEventListener("message", ({ data }: MessageEvent<DecodeJob | DecoderCode>) => {
  if ("module" in data) {
    // It is made ready while the first level is still on its way.
    void load(data.module).catch(() => undefined);
    return;
  }
  const job = data;
  decode(job).then(
    (decoded) => {
      answer({ id: job.id, decoded }, [decoded.values.buffer, ...(decoded.overlay === null ? [] : [decoded.overlay.buffer])]);
    },
    (error: unknown) => {
      answer({ id: job.id, failure: String(error) }, []);
    },
  );
});

function answer(message: DecodeAnswer, given: ArrayBuffer[]): void {
  self.postMessage(message, given);
}

async function decode(job: DecodeJob): Promise<Decoded> {
  for (const part of job.parts) if (crc32(part.bytes) !== part.crc32) throw new Error("damaged on its way");
  const values = await (job.codec === "jpeg" ? decodeJpeg(job) : decodeHtj2k(job));
  const isWhole = job.halvings === 0;
  const overlay = isWhole && job.overlay !== null ? await overlayOf(job.overlay, job.size.columns * job.size.rows) : null;
  return { values, overlay };
}

async function overlayOf(packed: Uint8Array<ArrayBuffer>, pixels: number): Promise<Uint8Array<ArrayBuffer>> {
  const bits = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return unpackedBits(new Uint8Array(await new Response(bits).arrayBuffer()), pixels);
}
