/** Brings the engine's tiles from the server, and says in the engine's words why one did not come. */

import { type LoadedTile, type TileAddress, TileFailure, type TileLoader } from "../../../engine/index";
import { type DigestOpening, type Failure, fetchTile } from "../../../protocol/index";

/** Where the digest brought the first picture along, that one is at hand. */
export function tileLoader(opening: DigestOpening | null): TileLoader {
  return (address, signal) =>
    opening !== null && isOf(opening, address) ? Promise.resolve(opening) : loadTile(address, signal);
}

/** The whole picture in one tile of 256, in the window that the file brings. */
function isOf(opening: DigestOpening, { instance, frame, size, z, window }: TileAddress): boolean {
  return instance === opening.instance && frame === opening.frame && size === 256 && z === 0 && window === null;
}

async function loadTile(address: TileAddress, signal: AbortSignal): Promise<LoadedTile> {
  const answer = await fetchTile(address, signal);
  if (answer.ok) return answer.value;
  throw failureOf(answer.failure);
}

/** Reasons of our own beside those that the server gives. */
export const TROUBLE = { offline: "offline", busy: "busy", server: "server", signedOut: "signed_out" } as const;

export function failureOf(failure: Failure): TileFailure {
  switch (failure.kind) {
    case "offline":
    case "aborted":
    case "unreadable":
      return new TileFailure(TROUBLE.offline, "", false);
    case "busy":
      return new TileFailure(TROUBLE.busy, "", false, { retryAfterMs: failure.retryAfterS * 1000 });
    case "server":
      return new TileFailure(TROUBLE.server, "", false, { requestId: failure.requestId });
    case "signed_out":
      return new TileFailure(TROUBLE.signedOut, "", true);
    case "refused":
      return new TileFailure(failure.code, failure.message, true, { requestId: failure.requestId });
  }
}
