/** The decoder's code, compiled on the page's side: beside the worker's own code rather than after it. */

import address from "@cornerstonejs/codec-openjph/wasm?url";

let coming: Promise<WebAssembly.Module | null> | null = null;

/** Compiled once for all workers of the page. null where it did not come: the worker tries for itself. */
export function compiled(): Promise<WebAssembly.Module | null> {
  coming ??= compile();
  return coming;
}

async function compile(): Promise<WebAssembly.Module | null> {
  try {
    return await WebAssembly.compileStreaming(fetch(address, { credentials: "same-origin" }));
  } catch {
    coming = null;
    return null;
  }
}
