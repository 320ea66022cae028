/**
 * A source of frames that is sent them: it tells the server what is looked at and what is here, and the server sends
 * what serves best. Where no socket comes about it asks for each level by HTTP instead, and goes on trying.
 */

import type { Frame, FrameSink, FrameSource, Look, MakeFrameSource } from "../../../engine/index";
import {
  type LevelGot,
  type LinkState,
  type ViewingListener,
  type ViewingMessage,
  type ViewingSocket,
} from "../../../protocol/index";
import { type Reach, type SocketView, saying } from "../../../protocol/stackSayings";
import type { EarlyLevels } from "../../state/earlyLevels";
import { OpenStacks } from "./openStacks";

export interface StreamedParts {
  /** By HTTP, where no socket comes about. */
  readonly pull: MakeFrameSource;
  /** How far it may reach now, and calls when that changes; answers how to hear no more. */
  readonly reach: () => Reach;
  readonly onReach: (action: () => void) => () => void;
  readonly onBytes: (bytes: number) => void;
  readonly onLink: (link: LinkState) => void;
  /** Levels that were asked for before there was a source. */
  readonly early?: EarlyLevels | null;
  readonly connect: (listener: ViewingListener) => ViewingSocket;
  readonly later?: (action: () => void, ms: number) => void;
}

const FAILED_AGAIN_MS = 10_000;

export const streaming =
  (parts: StreamedParts): MakeFrameSource =>
  (sink) =>
    new StreamedSource(parts, sink);

class StreamedSource implements FrameSource {
  #parts: StreamedParts;
  #sink: FrameSink;
  #stacks: OpenStacks;
  #socket: ViewingSocket;
  #pulled: FrameSource | null = null;
  #looks: readonly Look[] = [];
  #said = "";
  #early: EarlyLevels | null;
  /** Came early, of a frame that nobody looks at yet. */
  #waiting: LevelGot[] = [];
  #isFlushing = false;
  #isClosed = false;
  #stopHearing: () => void;

  constructor(parts: StreamedParts, sink: FrameSink) {
    this.#parts = parts;
    this.#sink = sink;
    this.#stacks = new OpenStacks(sink);
    const listener: ViewingListener = {
      onUp: () => this.#begin(),
      onLink: (link) => this.#note(link),
      onLevel: (level) => this.#take(level),
      onLost: (instance, frame) => this.#changed(instance, frame),
      onMessage: (message) => this.#heed(message),
      onBytes: parts.onBytes,
    };
    this.#socket = parts.connect(listener);
    this.#early = parts.early ?? null;
    this.#early?.follow(
      (level) => this.#takeEarly(level),
      () => this.#endEarly(),
    );
    this.#stopHearing = parts.onReach(() => this.look(this.#looks));
  }

  look(looks: readonly Look[]): void {
    this.#looks = looks;
    this.#waiting.splice(0).forEach((level) => this.#takeEarly(level));
    this.#pulled?.look(this.#pulledLooks());
    this.#stacks.reconsider();
    for (const { stack, index } of looks) this.#stacks.check(stack, index);
    this.#sayLook();
    this.#flushSoon();
  }

  forget({ instance, frame }: Frame): void {
    this.#socket.forget(instance, frame);
    this.#changed(instance, frame);
  }

  retry(): void {
    this.#pulled?.retry();
    if (this.#socket.isUp) this.#begin();
    this.#socket.retry();
  }

  close(): void {
    this.#isClosed = true;
    this.#stopHearing();
    this.#early?.stop();
    this.#pulled?.close();
    this.#socket.close();
  }

  /** The server knows nothing of us yet, or is to think anew. */
  #begin(): void {
    this.#stacks.clear();
    this.#said = "";
    this.#sayLook();
  }

  #note(link: LinkState): void {
    if (link === "up") {
      this.#pulled?.close();
      this.#pulled = null;
    } else if (link === "blocked" && this.#pulled === null) {
      this.#pulled = this.#parts.pull(this.#sink);
      this.#pulled.look(this.#pulledLooks());
    }
    this.#parts.onLink(link);
  }

  #sayLook(): void {
    if (!this.#socket.isUp || this.#isComingEarly()) return;
    const views = this.#looks.map((look) => this.#viewOf(look));
    const text = saying.look(views);
    if (text !== this.#said && this.#socket.say(text)) this.#said = text;
  }

  /** Whether what is looked at comes without being asked for: said, it would come twice. */
  #isComingEarly(): boolean {
    const look = this.#looks[0];
    const frame = look?.stack.frames[look.index];
    return this.#early !== null && look?.speed === 0 && frame?.instance === this.#early.instance && frame.frame === this.#early.frame;
  }

  #takeEarly(level: LevelGot): void {
    if (this.#isClosed) return;
    const frame = this.#looks.map(({ stack, index }) => stack.frames[index]).find((one) => one?.instance === level.instance && one.frame === level.frame);
    if (frame === undefined) this.#waiting.push(level);
    else if (this.#sink.isWanted(frame) && (level.level === 0 || this.#sink.has(frame, level.level - 1))) this.#sink.take(frame, level);
  }

  #endEarly(): void {
    this.#early = null;
    this.#sayLook();
  }

  #viewOf({ stack, index, direction, speed, zoom, alone, ahead, behind }: Look): SocketView {
    const reach = this.#parts.reach();
    return {
      stack: this.#stacks.number(stack, this.#socket),
      at: index,
      direction,
      // A hand is never steady: what differs in the third digit is the same look.
      speed: Number(speed.toPrecision(2)),
      zoom: Number(zoom.toPrecision(3)),
      reach: alone && reach === "stack" ? "frame" : reach,
      behind,
      ahead,
      playing: false,
    };
  }

  /** Who saves data reads tiles; who does not look wants what they will see first. */
  #pulledLooks(): readonly Look[] {
    const reach = this.#parts.reach();
    if (reach === "previews") return [];
    return reach === "frame" ? this.#looks.map((look) => ({ ...look, alone: true })) : this.#looks;
  }

  #take(level: LevelGot): void {
    const found = this.#stacks.find(level.instance, level.frame);
    if (found === undefined) return;
    const { open, place, frame } = found;
    const isWanted = this.#sink.isWanted(frame);
    if (level.level === 0 || this.#sink.has(frame, level.level - 1)) this.#sink.take(frame, level);
    this.#stacks.came(open, place, level.level, isWanted);
    this.#flushSoon();
  }

  #changed(instance: string, frame: number): void {
    const found = this.#stacks.find(instance, frame);
    if (found === undefined) return;
    this.#stacks.changed(found.open, found.place);
    this.#flushSoon();
  }

  /** Many go at once where room is made: they are said together. */
  #flushSoon(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    queueMicrotask(() => {
      this.#isFlushing = false;
      if (!this.#isClosed) this.#stacks.flush(this.#socket);
    });
  }

  #heed(message: ViewingMessage): void {
    switch (message.type) {
      case "cannot":
        this.#refuse(message);
        break;
      case "unlike":
        this.#openByInstances(message.stack);
        break;
      case "closed":
        this.#closed(message.stack, message.reason);
        break;
      default:
    }
  }

  #refuse({ instance, frame, reason, permanent }: Extract<ViewingMessage, { type: "cannot" }>): void {
    const found = this.#stacks.find(instance, frame);
    if (found === undefined) return;
    this.#sink.refuse(found.frame, { reason, permanent, retryAfterMs: permanent ? null : FAILED_AGAIN_MS });
    if (!permanent) this.#againLater(found.open.number);
  }

  #openByInstances(number: number): void {
    const open = this.#stacks.byNumber(number);
    if (open === undefined || open.isByInstances) return;
    open.isByInstances = true;
    this.#stacks.sayOpen(open, this.#socket);
  }

  #closed(number: number, reason: string): void {
    const open = this.#stacks.byNumber(number);
    if (open === undefined) return;
    if (reason === "too_many") this.#stacks.drop(open);
    else if (reason === "failed") this.#againLater(number);
    else for (const frame of open.stack.frames) this.#sink.refuse(frame, { reason, permanent: true, retryAfterMs: null });
  }

  #againLater(number: number): void {
    const later = this.#parts.later ?? ((action, ms) => void setTimeout(action, ms));
    later(() => {
      const open = this.#stacks.byNumber(number);
      if (open === undefined || this.#isClosed) return;
      this.#stacks.drop(open);
      this.#said = "";
      this.#sayLook();
    }, FAILED_AGAIN_MS);
  }
}
