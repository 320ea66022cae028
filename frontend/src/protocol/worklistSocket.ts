import { type Read, Unreadable, listOf, number, record, text } from "./wire";
import { waitOrOnline } from "./rest";

/** What the work list's socket says (viewer/streaming/messages.py). */
export type WorklistMessage = { type: "studies_changed"; studies: string[]; cursor: number } | { type: "signed_out" };

export const readWorklistMessage: Read<WorklistMessage> = (value) => {
  const wire = record(value);
  if (wire["type"] === "signed_out") return { type: "signed_out" };
  if (wire["type"] !== "studies_changed") throw new Unreadable("a message of the work list");
  return { type: "studies_changed", studies: listOf(text)(wire["studies"]), cursor: number(wire["cursor"]) };
};

export interface WorklistListener {
  /** Where the list stands, asked anew for every connection. */
  cursor: () => number;
  onMessage: (message: WorklistMessage) => void;
  /** Whether news are coming in at the moment. */
  onLink: (isUp: boolean) => void;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** A line that held this long was good: the next wait starts short again. */
const STEADY_MS = 10_000;

/** Keep one socket open until told to stop, waiting longer after each failure. */
export function followWorklist(listener: WorklistListener, stop: AbortSignal): void {
  void keepOpen(listener, stop);
}

async function keepOpen(listener: WorklistListener, stop: AbortSignal): Promise<void> {
  for (let failures = 0; !stop.aborted; failures++) {
    const openedAt = Date.now();
    const ended = await listenOnce(listener, stop);
    listener.onLink(false);
    if (ended === "signed_out") return;
    if (Date.now() - openedAt > STEADY_MS) failures = 0;
    await waitOrOnline(waitMs(failures), stop);
  }
}

const waitMs = (failures: number): number => Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures) * (0.75 + Math.random() / 2);

function listenOnce(listener: WorklistListener, stop: AbortSignal): Promise<"closed" | "signed_out"> {
  return new Promise((resolve) => {
    const address = new URL(`/ws/worklist?cursor=${listener.cursor()}`, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    let ended: "closed" | "signed_out" = "closed";
    const close = (): void => socket.close();
    stop.addEventListener("abort", close, { once: true });
    socket.addEventListener("open", () => listener.onLink(true));
    socket.addEventListener("message", ({ data }) => {
      const message = understood(data);
      if (message === null) return;
      if (message.type === "signed_out") ended = "signed_out";
      listener.onMessage(message);
    });
    socket.addEventListener("close", () => {
      stop.removeEventListener("abort", close);
      resolve(ended);
    });
  });
}

function understood(data: unknown): WorklistMessage | null {
  try {
    return readWorklistMessage(JSON.parse(text(data)));
  } catch {
    return null; // of a newer server, perhaps: the list itself is still right
  }
}
