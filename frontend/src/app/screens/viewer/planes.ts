/** Where each slice of an entry lies in the patient, from what the digest tells. Pure. */

import { type Plane, type Vector, planeOf } from "../../../engine/index";
import type { DigestSeries } from "../../../protocol/index";
import type { Item, Slice } from "./stacks";

const known = new WeakMap<Item, readonly (Plane | null)[]>();

/** The plane of each slice; null where the file does not tell it. */
export function planesOf(item: Item): readonly (Plane | null)[] {
  const before = known.get(item);
  if (before !== undefined) return before;
  const places = placesOfSeries(item.series);
  const first = firstFrames(item.series);
  const planes = item.slices.map((slice) => {
    const position = places[(first.get(slice.instance.uid) ?? NaN) + slice.frame - 1] ?? null;
    return position === null ? null : planeAt(position, slice);
  });
  known.set(item, planes);
  return planes;
}

/** The place of every frame of a series, from the runs of the digest. */
export function placesOfSeries({ positions }: Pick<DigestSeries, "positions">): (Vector | null)[] {
  return (positions ?? []).flatMap(([count = 0, x, y, z, dx = 0, dy = 0, dz = 0]) =>
    Array.from({ length: count }, (_, step): Vector | null =>
      x === undefined || y === undefined || z === undefined ? null : [x + step * dx, y + step * dy, z + step * dz],
    ),
  );
}

/** Which frame of the series is an instance's first. */
function firstFrames({ instances }: DigestSeries): Map<string, number> {
  const first = new Map<string, number>();
  let frames = 0;
  for (const { uid, numberOfFrames } of instances) {
    first.set(uid, frames);
    frames += numberOfFrames;
  }
  return first;
}

function planeAt(position: Vector, { format }: Slice): Plane | null {
  const { orientation, pixelSpacingMm, columns, rows } = format;
  if (orientation === null || pixelSpacingMm === null) return null;
  return planeOf({ position, orientation, spacingMm: pixelSpacingMm, columns, rows });
}
