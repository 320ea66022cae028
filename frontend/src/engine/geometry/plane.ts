/** Where an image lies in the patient, and back: the mapping of PS3.3 C.7.6.2.1.1. Pure. */

import type { Point } from "../model";
import { type Vector, cross, dot, minus, plus, unit } from "./vectors";

/** The plane of one image. Points in it are image pixels: 0,0 is the outer corner of the first one. */
export interface Plane {
  /** Centre of the first pixel, patient millimetres. */
  readonly origin: Vector;
  /** Where columns grow, length 1. */
  readonly along: Vector;
  /** Where rows grow, length 1. */
  readonly down: Vector;
  readonly normal: Vector;
  /** From column to column and from row to row. */
  readonly columnMm: number;
  readonly rowMm: number;
  readonly columns: number;
  readonly rows: number;
}

export interface PlaneParts {
  /** ImagePositionPatient. */
  readonly position: Vector;
  /** ImageOrientationPatient: six cosines. */
  readonly orientation: readonly number[];
  /** From row to row, then from column to column, as Pixel Spacing has them. */
  readonly spacingMm: readonly [number, number];
  readonly columns: number;
  readonly rows: number;
}

/** How far the two directions of an image may be from a right angle, as a cosine. */
const MOST_SKEW = 0.05;

/** null where the directions are none, or no image's. */
export function planeOf({ position, orientation, spacingMm, columns, rows }: PlaneParts): Plane | null {
  const along = direction(orientation, 0);
  const down = direction(orientation, 3);
  const [rowMm, columnMm] = spacingMm;
  if (along === null || down === null || Math.abs(dot(along, down)) > MOST_SKEW) return null;
  const normal = unit(cross(along, down));
  if (normal === null || !(rowMm > 0 && columnMm > 0)) return null;
  return { origin: position, along, down, normal, columnMm, rowMm, columns, rows };
}

function direction(cosines: readonly number[], from: number): Vector | null {
  const [x, y, z] = cosines.slice(from, from + 3);
  return x === undefined || y === undefined || z === undefined ? null : unit([x, y, z]);
}

/** From image pixels to the patient. */
export function toPatient(plane: Plane, { x, y }: Point): Vector {
  const right = plus(plane.origin, plane.along, (x - 0.5) * plane.columnMm);
  return plus(right, plane.down, (y - 0.5) * plane.rowMm);
}

/** The image pixel that lies straight before a point of the patient. */
export function toImage(plane: Plane, point: Vector): Point {
  const from = minus(point, plane.origin);
  return { x: dot(from, plane.along) / plane.columnMm + 0.5, y: dot(from, plane.down) / plane.rowMm + 0.5 };
}

/** How far a point lies before the plane, mm; negative behind it. */
export function distanceMm(plane: Plane, point: Vector): number {
  return dot(minus(point, plane.origin), plane.normal);
}

export function centreOf(plane: Plane): Vector {
  return toPatient(plane, { x: plane.columns / 2, y: plane.rows / 2 });
}

/** Slices that are nearer to parallel than this are of one stack's direction. */
const PARALLEL_DEGREES = 10;
const PARALLEL = Math.cos((PARALLEL_DEGREES * Math.PI) / 180);

/** 1 where both look the same way, -1 where they look at each other, 0 where they are not parallel. */
export function sameWay(one: Pick<Plane, "normal">, other: Pick<Plane, "normal">): -1 | 0 | 1 {
  const cosine = dot(one.normal, other.normal);
  if (cosine >= PARALLEL) return 1;
  return cosine <= -PARALLEL ? -1 : 0;
}

export interface Nearest {
  readonly index: number;
  /** Between the point and that slice. */
  readonly distanceMm: number;
}

/** The slice whose plane is nearest to a point; null where none has a place. */
export function nearestSlice(planes: readonly (Plane | null)[], point: Vector): Nearest | null {
  let nearest: Nearest | null = null;
  for (const [index, plane] of planes.entries()) {
    if (plane === null) continue;
    const away = Math.abs(distanceMm(plane, point));
    if (nearest === null || away < nearest.distanceMm) nearest = { index, distanceMm: away };
  }
  return nearest;
}
