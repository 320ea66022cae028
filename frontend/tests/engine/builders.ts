import type { Frame, ImageFormat, Stack } from "../../src/engine/model";

/** Levels as the server counts them: halved until one tile holds it all. */
export function levelsOf(columns: number, rows: number, size: number): number {
  let levels = 1;
  for (let side = Math.max(columns, rows); side > size; side = Math.ceil(side / 2)) levels += 1;
  return levels;
}

export function imageFormat(columns: number, rows: number, more: Partial<ImageFormat> = {}): ImageFormat {
  return {
    columns,
    rows,
    aspect: 1,
    levels256: levelsOf(columns, rows, 256),
    levels512: levelsOf(columns, rows, 512),
    colour: false,
    inverse: false,
    ownWindow: { center: 40, width: 400, function: "LINEAR" },
    ...more,
  };
}

export function ctStack(slices: number, format = imageFormat(512, 512)): Stack {
  const frames = Array.from({ length: slices }, (_, index): Frame => ({ instance: `1.2.${index}`, frame: 1, format }));
  return { id: "ct", frames };
}
