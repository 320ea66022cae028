/** What is pointed at: from slices and boxes of the engine to frames and pixels that are asked for. */

import type { Box, GreyWindow } from "../../../engine/index";
import { type FrameAsked, fetchAutoWindow } from "../../../protocol/index";
import type { Slice } from "./stacks";

export function frameOf(slice: Slice | undefined): FrameAsked | null {
  return slice === undefined ? null : { instance: slice.instance.uid, frame: slice.frame };
}

/** The window that suits what is seen of a slice, by its values; null where none can be had. */
export async function windowOfSeen(slice: Slice, seen: Box | null): Promise<GreyWindow | null> {
  const frame = frameOf(slice);
  if (frame === null || seen === null) return null;
  const answer = await fetchAutoWindow(frame, wholePixels(seen), new AbortController().signal);
  if (!answer.ok) return null;
  const { center, width, function: kind } = answer.value;
  return { center, width, function: kind };
}

/** All pixels of which a part is seen. */
function wholePixels({ x0, y0, x1, y1 }: Box): Box {
  return { x0: Math.floor(x0), y0: Math.floor(y0), x1: Math.ceil(x1), y1: Math.ceil(y1) };
}
