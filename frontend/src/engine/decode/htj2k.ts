/** Decodes HTJ2K streams cut at the end of a level (ISO 15444-15), by OpenJPH. Only the worker knows of it. */

import openJph, { type HTJ2KDecoder, type InstantiateWasm, type OpenJph } from "@cornerstonejs/codec-openjph";
import address from "@cornerstonejs/codec-openjph/wasm?url";
import type { StoredValues } from "../values/range";
import type { DecodeJob } from "./messages";
import { storedValues } from "./storedValues";

let loading: Promise<OpenJph> | null = null;

/** `module`: the decoder where it was compiled already; without it, it is got from its address. */
export function load(module: WebAssembly.Module | null = null): Promise<OpenJph> {
  const silent = (): void => undefined;
  loading ??= openJph({
    locateFile: () => address,
    print: silent,
    printErr: silent,
    ...(module !== null && { instantiateWasm: instantiating(module) }),
  });
  return loading;
}

function instantiating(module: WebAssembly.Module): InstantiateWasm {
  return (imports, receive) => {
    void WebAssembly.instantiate(module, imports).then((instance) => {
      receive(instance, module);
    });
    return {};
  };
}

export async function decodeHtj2k(job: DecodeJob): Promise<StoredValues> {
  const { HTJ2KDecoder } = await load();
  const decoder = new HTJ2KDecoder();
  try {
    give(decoder, job);
    if (job.halvings > 0) decoder.decodeSubResolution(job.halvings);
    else decoder.decode();
    return taken(decoder, job);
  } finally {
    decoder.delete();
  }
}

function give(decoder: HTJ2KDecoder, { parts }: DecodeJob): void {
  const place = decoder.getEncodedBuffer(parts.reduce((sum, { bytes }) => sum + bytes.length, 0));
  let at = 0;
  for (const { bytes } of parts) {
    place.set(bytes, at);
    at += bytes.length;
  }
}

function taken(decoder: HTJ2KDecoder, job: DecodeJob): StoredValues {
  const { bitsPerSample, componentCount, isSigned } = decoder.getFrameInfo();
  const bytes = decoder.getDecodedBuffer();
  const sampleBytes = bitsPerSample > 8 ? 2 : 1;
  const expected = job.size.columns * job.size.rows * job.samples * sampleBytes;
  if (decoder.getLastErrorMessage() !== "" || componentCount !== job.samples || bytes.length !== expected) {
    throw new Error("not the picture that was told of");
  }
  if (sampleBytes === 1) return new Uint8Array(bytes);
  // Where in the decoder's memory they lie need not be an even place.
  const even = bytes.byteOffset % 2 === 0 ? bytes : new Uint8Array(bytes);
  return storedValues(isSigned ? new Int16Array(even.buffer, even.byteOffset, even.length / 2) : new Uint16Array(even.buffer, even.byteOffset, even.length / 2), job);
}
