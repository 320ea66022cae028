/** Two fingers: how much they moved apart, and where their middle went. Pure. */

import type { Point } from "../model";

export interface PinchDelta {
  readonly factor: number;
  readonly middle: Point;
  readonly deltaX: number;
  readonly deltaY: number;
}

/** Fingers nearer than this give no ratio worth having. */
const LEAST_SPAN_PX = 12;

export function pinchDelta(before: readonly [Point, Point], after: readonly [Point, Point]): PinchDelta {
  const was = middleOf(before);
  const middle = middleOf(after);
  const span = Math.max(LEAST_SPAN_PX, spanOf(before));
  return {
    factor: Math.max(LEAST_SPAN_PX, spanOf(after)) / span,
    middle,
    deltaX: middle.x - was.x,
    deltaY: middle.y - was.y,
  };
}

export function middleOf(points: readonly Point[]): Point {
  const count = Math.max(1, points.length);
  return {
    x: points.reduce((sum, point) => sum + point.x, 0) / count,
    y: points.reduce((sum, point) => sum + point.y, 0) / count,
  };
}

function spanOf([one, other]: readonly [Point, Point]): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
