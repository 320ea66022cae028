/** From greys to what a screen shows (PS3.3 C.11.6), as viewer/imaging/presentation.py and the renderer above it. */

import type { FrameStream, VoiTable } from "../frames/stream";
import type { GreyWindow } from "../model";
import { type ModalityValues, modalityValues, placeOf } from "./modality";
import { type Greys, greysOf } from "./voi";

const BLACK = 0;
const WHITE = 255;

export interface Shown {
  /** null: as the file wants it. */
  readonly by: GreyWindow | VoiTable | null;
  readonly inverted: boolean;
}

type Grey = Pick<FrameStream, "modality" | "signed" | "padding" | "inverse" | "look">;

/** The grey of each stored value, at the place that `placeOf` gives it: 65,536 of them. */
export function greyTable(stream: Grey, { by, inverted }: Shown, values = modalityValues(stream)): Greys {
  const look = by ?? stream.look;
  const greys = look === null ? new Uint8Array(values.numbers.length) : greysOf(values, look);
  if (stream.inverse !== inverted) for (let place = 0; place < greys.length; place += 1) greys[place] = WHITE - (greys[place] ?? 0);
  blacken(greys, stream);
  return greys;
}

/** Padding is no part of the picture: black whatever window and inversion (PS3.3 C.7.5.1.1.2). */
function blacken(greys: Greys, { padding, signed }: Grey): void {
  if (padding === null) return;
  const [least, most] = signed ? [-0x8000, 0x7fff] : [0, 0xffff];
  const last = Math.min(most, Math.floor(padding[1]));
  for (let stored = Math.max(least, Math.ceil(padding[0])); stored <= last; stored += 1) greys[placeOf(stored)] = BLACK;
}

/** Tables at hand: a window that stays is not reckoned again for the next slice, whose header says the same. */
export class GreyTables {
  #values = new Map<string, ModalityValues>();
  #tables = new Map<string, Greys>();

  /** The table, and a key that is the same for the same table. */
  get(stream: FrameStream, shown: Shown): { readonly key: string; readonly greys: Greys } {
    const grey = greyKey(stream);
    const look = shown.by ?? stream.look;
    const key = `${grey}|${look === null ? "" : lookKey(look)}|${String(shown.inverted)}`;
    const held = this.#tables.get(key);
    if (held !== undefined) return { key, greys: held };
    const values = this.#values.get(grey) ?? modalityValues(stream);
    const greys = greyTable(stream, shown, values);
    keep(this.#values, grey, values, MOST_VALUES);
    keep(this.#tables, key, greys, MOST_TABLES);
    return { key, greys };
  }
}

/** Half a megabyte each, and 64 kB each. */
const MOST_VALUES = 2;
const MOST_TABLES = 8;

function keep<Value>(held: Map<string, Value>, key: string, value: Value, most: number): void {
  held.delete(key);
  held.set(key, value);
  const [oldest] = held.keys();
  if (held.size > most && oldest !== undefined) held.delete(oldest);
}

/** Tables of numbers are told apart by being the same object. */
const identities = new WeakMap<object, number>();
let nextIdentity = 1;

function identityOf(entries: object): number {
  const known = identities.get(entries);
  if (known !== undefined) return known;
  identities.set(entries, nextIdentity);
  return nextIdentity++;
}

function greyKey({ modality, signed, padding, inverse }: Grey): string {
  const values =
    modality.kind === "table"
      ? `t${modality.first},${identityOf(modality.entries)}`
      : `${modality.slope},${modality.intercept}`;
  return `${values}|${String(signed)}|${padding?.join() ?? ""}|${String(inverse)}`;
}

function lookKey(look: GreyWindow | VoiTable): string {
  if ("kind" in look) return `t${look.first},${look.bits},${identityOf(look.entries)}`;
  return `${look.center},${look.width},${look.function}`;
}
