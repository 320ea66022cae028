/** What is said on the viewer's socket, by the server (viewer/streaming/messages.py) and by us (viewer/streaming/sayings.py). */

import { type Read, boolean, number, oneOf, record, text } from "./wire";

export type ViewingMessage =
  | { type: "opened"; stack: number; frames: number }
  | { type: "unlike"; stack: number }
  | { type: "closed"; stack: number; reason: string }
  | { type: "cannot"; stack: number; instance: string; frame: number; reason: string; permanent: boolean }
  | { type: "idle" }
  | { type: "pong" }
  | { type: "bad"; place: string }
  | { type: "signed_out" };

const kind = oneOf("opened", "unlike", "closed", "cannot", "idle", "pong", "bad", "signed_out");

export const readViewingMessage: Read<ViewingMessage> = (value) => {
  const wire = record(value);
  const type = kind(wire["type"]);
  switch (type) {
    case "opened":
      return { type, stack: number(wire["stack"]), frames: number(wire["frames"]) };
    case "unlike":
      return { type, stack: number(wire["stack"]) };
    case "closed":
      return { type, stack: number(wire["stack"]), reason: text(wire["reason"]) };
    case "cannot":
      return {
        type,
        stack: number(wire["stack"]),
        instance: text(wire["instance"]),
        frame: number(wire["frame"]),
        reason: text(wire["reason"]),
        permanent: boolean(wire["permanent"]),
      };
    case "bad":
      return { type, place: text(wire["place"]) };
    default:
      return { type };
  }
};

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
  ack: (bytes: number): string => JSON.stringify({ type: "ack", bytes }),
  ping: (): string => JSON.stringify({ type: "ping" }),
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

/** The CRC-32 by which both sides know that they mean the same order of a series: of "UID:frames/UID:frames/…". */
export function orderOf(instances: Iterable<{ uid: string; numberOfFrames: number }>): number {
  const told = [...instances].map(({ uid, numberOfFrames }) => `${uid}:${numberOfFrames}`).join("/");
  let crc = ~0;
  for (let at = 0; at < told.length; at += 1) {
    crc ^= told.charCodeAt(at);
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc >>> 0;
}
