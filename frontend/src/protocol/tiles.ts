import type { WindowFunction } from "./digest";
import { type Answer, answered, failed } from "./failure";
import { failureOf } from "./rest";

export interface TileAsked {
  instance: string;
  /** From 1. */
  frame: number;
  size: 256 | 512;
  z: number;
  x: number;
  y: number;
  /** null: the window that the file brings. */
  window: { center: number; width: number; function: WindowFunction; /** One of the file's VOI LUTs, from 1. */ lut?: number } | null;
}

export interface TileGot {
  image: Blob;
  /** The window that was applied, where the server tells. */
  window: { center: number; width: number; function: WindowFunction } | null;
}

/** The server tells which window a tile shows: the file's own may differ from slice to slice. */
const APPLIED_WINDOW = "Lightbox-Window";
const FUNCTIONS: readonly WindowFunction[] = ["LINEAR", "LINEAR_EXACT", "SIGMOID"];

export function tileUrl({ instance, frame, size, z, x, y, window }: TileAsked): string {
  return `/view/instances/${instance}/frames/${frame}/tiles/${z}/${x}/${y}.jpg?size=${size}${lookPart(window)}`;
}

export async function fetchTile(asked: TileAsked, signal: AbortSignal): Promise<Answer<TileGot>> {
  try {
    const response = await fetch(tileUrl(asked), {
      headers: { Accept: "image/jpeg" },
      credentials: "same-origin",
      signal,
    });
    if (!response.ok) return failed(await failureOf(response));
    return answered({
      image: await response.blob(),
      window: parseAppliedWindow(response.headers.get(APPLIED_WINDOW)),
    });
  } catch {
    return failed({ kind: signal.aborted ? "aborted" : "offline" });
  }
}

export function parseAppliedWindow(header: string | null): TileGot["window"] {
  const [center, width, name] = (header ?? "").split(",");
  const found = FUNCTIONS.find((each) => each === name?.trim());
  if (!center || !width || found === undefined) return null;
  const window = { center: Number(center), width: Number(width), function: found };
  return Number.isFinite(window.center) && window.width > 0 ? window : null;
}

function lookPart(window: TileAsked["window"]): string {
  if (window === null) return "";
  if (window.lut !== undefined) return `&voi-lut=${window.lut}`;
  return `&window=${window.center},${window.width}${functionPart(window.function)}`;
}

function functionPart(kind: WindowFunction): string {
  return kind === "LINEAR" ? "" : `,${kind}`;
}
