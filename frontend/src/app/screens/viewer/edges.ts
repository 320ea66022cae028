/** Where the picture's edges lie on the screen, as far as they are on it. Pure. */

import type { ImageFormat, Size, View } from "../../../engine/index";

/** Distances from the four sides of the viewport, CSS pixels; 0 where the picture goes beyond. */
export interface Edges {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export function placesOf(view: View, format: Pick<ImageFormat, "columns" | "rows" | "aspect">, viewport: Size): Edges {
  const lies = view.turns % 2 === 1;
  const height = format.rows * format.aspect;
  const halfWidth = ((lies ? height : format.columns) * view.scale) / 2;
  const halfHeight = ((lies ? format.columns : height) * view.scale) / 2;
  const inside = (distance: number): number => Math.max(0, Math.round(distance));
  return {
    left: inside(viewport.width / 2 + view.x - halfWidth),
    right: inside(viewport.width / 2 - view.x - halfWidth),
    top: inside(viewport.height / 2 + view.y - halfHeight),
    bottom: inside(viewport.height / 2 - view.y - halfHeight),
  };
}
