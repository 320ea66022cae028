/** What lies at one pixel of a frame whose values are all here. */

import { modalityValue } from "../values/modality";
import type { FramePicture, Probed } from "./heldFrame";

/** Column and row from 0; null outside the image. */
export function probed({ values, stream, size }: FramePicture, column: number, row: number): Probed | null {
  if (column < 0 || row < 0 || column >= size.columns || row >= size.rows) return null;
  const first = (row * size.columns + column) * stream.samples;
  const stored = [...values.subarray(first, first + stream.samples)];
  const [grey = 0] = stored;
  const isPadding = stream.padding !== null && grey >= stream.padding[0] && grey <= stream.padding[1];
  return { column, row, stored, value: stream.samples === 3 || isPadding ? null : modalityValue(stream, grey) };
}
