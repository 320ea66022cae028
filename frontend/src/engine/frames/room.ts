/** Who may be held, given what is looked at and how many bytes there are: nothing is admitted that must push out another. */

import { type Frame, frameKey } from "../model";
import type { Look } from "./source";
import { outward } from "./wanted";

/** What one stage looks at, before it is known how much around it may be held. */
export type Gaze = Omit<Look, "ahead" | "behind">;

export interface Room {
  readonly looks: readonly Look[];
  /** Keys of the frames that may be held, the most important first. */
  readonly admitted: ReadonlySet<string>;
}

const GREY_BYTES = 2;
const COLOUR_BYTES = 3;
/** Of a frame that is looked at there is a texture as well; before that, what its last level is decoded from. */
const VISIBLE_TIMES = 2.25;
/** The rest is for what is on its way. */
const HELD_SHARE = 0.85;
/** Of what lies around a reader who goes one way, this much is ahead. */
const AHEAD_SHARE = 2 / 3;

/** What a frame's values take. */
export function bytesOf({ format }: Frame): number {
  return format.columns * format.rows * (format.colour ? COLOUR_BYTES : GREY_BYTES);
}

/** `refused`: has no stream. What is too large to be held beside its own texture is left to tiles. */
export function roomFor(gazes: readonly Gaze[], budgetBytes: number, refused: (frame: Frame) => boolean): Room {
  const admitted = new Set<string>();
  const tooLarge = new Set<Gaze>();
  let left = budgetBytes;
  for (const gaze of gazes) {
    const frame = gaze.stack.frames[gaze.index];
    if (frame === undefined || refused(frame) || admitted.has(frameKey(frame))) continue;
    const bytes = bytesOf(frame) * VISIBLE_TIMES;
    if (bytes > left) {
      tooLarge.add(gaze);
      continue;
    }
    left -= bytes;
    admitted.add(frameKey(frame));
  }
  const each = (left * HELD_SHARE) / Math.max(1, gazes.length);
  // Who cannot have what is looked at has no use for what lies around it.
  const looks = gazes.map((gaze) => ({ ...gaze, ...reachOf(gaze, tooLarge.has(gaze) ? 0 : each) }));
  for (const look of looks) for (const frame of outward(look)) if (!refused(frame)) admitted.add(frameKey(frame));
  return { looks, admitted };
}

function reachOf({ stack, index, direction }: Gaze, bytes: number): { ahead: number; behind: number } {
  const frame = stack.frames[index];
  if (frame === undefined) return { ahead: 0, behind: 0 };
  const count = Math.floor(bytes / Math.max(1, largest(stack.frames)));
  const forward = direction !== -1;
  const room = { ahead: forward ? stack.frames.length - 1 - index : index, behind: forward ? index : stack.frames.length - 1 - index };
  const wished = Math.ceil(count * (direction === 0 ? 0.5 : AHEAD_SHARE));
  const ahead = Math.min(room.ahead, Math.max(wished, count - room.behind));
  return { ahead, behind: Math.max(0, Math.min(room.behind, count - ahead)) };
}

/** Frames of one stack may differ in size. */
const known = new WeakMap<readonly Frame[], number>();

function largest(frames: readonly Frame[]): number {
  const before = known.get(frames);
  if (before !== undefined) return before;
  const most = frames.reduce((bytes, frame) => Math.max(bytes, bytesOf(frame)), 0);
  known.set(frames, most);
  return most;
}
