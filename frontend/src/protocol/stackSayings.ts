/** What is said of stacks on the viewer's socket (viewer/streaming/sayings.py). */

/** Of frames one after another: so many, levels held of each, levels there are (0: not known). */
export interface Run {
  frames: number;
  held: number;
  levels: number;
}

/** How far what is sent reaches: the whole stack; the visible frame alone (in the background); previews (data saver). */
export type Reach = "stack" | "frame" | "previews";

export interface SocketView {
  stack: number;
  /** Index in the stack. */
  at: number;
  direction: -1 | 0 | 1;
  /** Frames a second. */
  speed: number;
  /** Device pixels for one column of the image. */
  zoom: number;
  reach: Reach;
  /** So many frames can be held on the side that was left, and where it goes. */
  behind: number;
  ahead: number;
  playing: boolean;
}

/** Frames of a series by their places as the digest lays it out, which `order` proves; or the instances themselves. */
export type SaidFrames = { order: number; runs: (readonly [first: number, last: number])[] } | { instances: string[] };

export const saying = {
  open: (stack: number, series: string, frames: SaidFrames, have: readonly Run[]): string =>
    JSON.stringify({ type: "open", stack, series, ...frames, have: flat(have) }),
  look: (views: readonly SocketView[]): string => JSON.stringify({ type: "look", views }),
  have: (stack: number, from: number, levels: readonly Run[], parts: readonly (readonly [frame: number, bytes: number])[]): string =>
    JSON.stringify({ type: "have", stack, from, levels: flat(levels), parts }),
  close: (stack: number): string => JSON.stringify({ type: "close", stack }),
};

const flat = (runs: readonly Run[]): number[] => runs.flatMap(({ frames, held, levels }) => [frames, held, levels]);

/** Runs of what is known of each frame. */
export function runsOf(known: Iterable<Omit<Run, "frames">>): Run[] {
  const runs: Run[] = [];
  for (const { held, levels } of known) {
    const last = runs.at(-1);
    if (last?.held === held && last.levels === levels) last.frames += 1;
    else runs.push({ frames: 1, held, levels });
  }
  return runs;
}

/** What CRC-32 (ISO 3309) makes of four bits: a series has some 60 letters an image, and they are gone through while it opens. */
const OF_FOUR_BITS = Uint32Array.from({ length: 16 }, (_, bits) => {
  let value = bits;
  for (let bit = 0; bit < 4; bit += 1) value = (value >>> 1) ^ (0xedb88320 & -(value & 1));
  return value;
});

/** The CRC-32 by which both sides know that they mean the same order of a series: of "UID:frames/UID:frames/…". */
export function orderOf(instances: Iterable<{ uid: string; numberOfFrames: number }>): number {
  const told = [...instances].map(({ uid, numberOfFrames }) => `${uid}:${numberOfFrames}`).join("/");
  let crc = ~0;
  for (let at = 0; at < told.length; at += 1) {
    crc ^= told.charCodeAt(at);
    crc = (crc >>> 4) ^ (OF_FOUR_BITS[crc & 15] ?? 0);
    crc = (crc >>> 4) ^ (OF_FOUR_BITS[crc & 15] ?? 0);
  }
  return ~crc >>> 0;
}
