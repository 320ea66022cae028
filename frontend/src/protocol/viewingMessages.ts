/** What is said on the viewer's socket by the server (viewer/streaming/messages.py), and by us of the line (viewer/streaming/sayings.py). */

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

/** What is said of the line itself. What is said of stacks: stackSayings.ts. */
export const sayingOfLine = {
  ack: (bytes: number): string => JSON.stringify({ type: "ack", bytes }),
  ping: (): string => JSON.stringify({ type: "ping" }),
};
