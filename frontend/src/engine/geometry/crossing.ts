/** Where the plane of one image cuts through another image: a reference line. Pure. */

import type { Point } from "../model";
import { type Plane, distanceMm, sameWay, toImage, toPatient } from "./plane";

export interface Line {
  readonly from: Point;
  readonly to: Point;
}

/**
 * The line in which the image `cutter` meets `image`, as far as both have pixels; in pixels of `image`. null where the
 * two are parallel, or where one ends before it meets the other.
 */
export function crossing(cutter: Plane, image: Plane): Line | null {
  if (sameWay(cutter, image) !== 0) return null;
  const line = meeting(cutter, image);
  const seenFromCutter = {
    from: toImage(cutter, toPatient(image, line.from)),
    to: toImage(cutter, toPatient(image, line.to)),
  };
  const inImage = insideOf(line, image);
  const inCutter = insideOf(seenFromCutter, cutter);
  const begins = Math.max(inImage.begins, inCutter.begins);
  const ends = Math.min(inImage.ends, inCutter.ends);
  return begins < ends ? { from: at(line, begins), to: at(line, ends) } : null;
}

/** The whole line in which the planes meet, longer than any image. They must not be parallel. */
function meeting(cutter: Plane, image: Plane): Line {
  // Over the image the distance from the cutter is linear, c + a x + b y: the line is where it is none.
  const corner = distanceMm(cutter, toPatient(image, { x: 0, y: 0 }));
  const perColumn = distanceMm(cutter, toPatient(image, { x: 1, y: 0 })) - corner;
  const perRow = distanceMm(cutter, toPatient(image, { x: 0, y: 1 })) - corner;
  const steepness = Math.hypot(perColumn, perRow);
  const foot = { x: (-corner * perColumn) / steepness ** 2, y: (-corner * perRow) / steepness ** 2 };
  const reach = (2 * (image.columns + image.rows) + Math.hypot(foot.x, foot.y)) / steepness;
  return {
    from: { x: foot.x + perRow * reach, y: foot.y - perColumn * reach },
    to: { x: foot.x - perRow * reach, y: foot.y + perColumn * reach },
  };
}

/** Which share of a line lies within an image, from 0 at its start to 1 at its end (after Liang and Barsky). */
function insideOf({ from, to }: Line, { columns, rows }: Pick<Plane, "columns" | "rows">): { begins: number; ends: number } {
  let [begins, ends] = [0, 1];
  const axes = [
    { start: from.x, step: to.x - from.x, most: columns },
    { start: from.y, step: to.y - from.y, most: rows },
  ];
  for (const { start, step, most } of axes) {
    if (step === 0) {
      if (start < 0 || start > most) return { begins: 1, ends: 0 };
      continue;
    }
    const [one, other] = [-start / step, (most - start) / step];
    begins = Math.max(begins, Math.min(one, other));
    ends = Math.min(ends, Math.max(one, other));
  }
  return { begins, ends };
}

function at({ from, to }: Line, share: number): Point {
  return { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) };
}
