/** The stacks that are open on a viewing socket: their numbers, and how what the sink has of them is said. */

import type { Frame, FrameSink, Stack } from "../../../engine/index";
import type { ViewingSocket } from "../../../protocol/index";
import { type Run, type SaidFrames, orderOf, runsOf, saying } from "../../../protocol/stackSayings";

/** More levels than any frame has: said of frames that are of no use here, so that none of them comes. */
const ALL: Omit<Run, "frames"> = { held: 32, levels: 32 };
const FEWEST_UNKNOWN = 32;

export interface OpenStack {
  readonly number: number;
  readonly stack: Stack;
  /** By instance and frame. */
  readonly places: ReadonlyMap<string, number>;
  /** Frames of which levels came that could not be held. */
  readonly useless: Set<number>;
  /** How many levels of each the server believes to be here. */
  readonly believed: Uint8Array;
  isByInstances: boolean;
}

const keyOf = (instance: string, frame: number): string => `${instance}/${frame}`;

export class OpenStacks {
  #open = new Map<string, OpenStack>();
  #lastNumber = 0;
  #sink: FrameSink;
  #untold = new Map<OpenStack, Set<number>>();

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** On a new connection none is open. */
  clear(): void {
    this.#open.clear();
    this.#untold.clear();
  }

  /** Its number; opened where it was not. */
  number(stack: Stack, socket: ViewingSocket): number {
    const known = this.#open.get(stack.id);
    if (known?.stack.frames === stack.frames) return known.number;
    this.#lastNumber += 1;
    const open: OpenStack = {
      number: this.#lastNumber,
      stack,
      places: new Map(stack.frames.map(({ instance, frame }, place) => [keyOf(instance, frame), place])),
      useless: new Set(),
      believed: new Uint8Array(stack.frames.length),
      isByInstances: stack.id.includes("/"), // a clip: one of its series's instances
    };
    this.#open.set(stack.id, open);
    if (known !== undefined) socket.say(saying.close(known.number));
    this.sayOpen(open, socket);
    return open.number;
  }

  sayOpen(open: OpenStack, socket: ViewingSocket): void {
    const { number, stack } = open;
    const [series = ""] = stack.id.split("/");
    socket.say(saying.open(number, series, framesOf(stack, open.isByInstances), this.#runs(open, 0, stack.frames.length)));
    this.#sayParts(open, socket);
  }

  byNumber(number: number): OpenStack | undefined {
    return [...this.#open.values()].find((open) => open.number === number);
  }

  /** Where this frame is; undefined where no open stack has it. */
  find(instance: string, frame: number): { open: OpenStack; place: number; frame: Frame } | undefined {
    for (const open of this.#open.values()) {
      const place = open.places.get(keyOf(instance, frame));
      const found = place === undefined ? undefined : open.stack.frames[place];
      if (place !== undefined && found !== undefined) return { open, place, frame: found };
    }
    return undefined;
  }

  /** Forgets that it is open: the next look opens it anew. */
  drop(open: OpenStack): void {
    this.#open.delete(open.stack.id);
    this.#untold.delete(open);
  }

  /** What is here of this frame has changed in a way that the server does not know of. Said with the next flush. */
  changed(open: OpenStack, place: number): void {
    const places = this.#untold.get(open) ?? new Set();
    places.add(place);
    this.#untold.set(open, places);
  }

  /** Frames that were of no use and are now. */
  reconsider(): void {
    for (const open of this.#open.values()) {
      for (const place of open.useless) {
        const frame = open.stack.frames[place];
        if (frame === undefined || !this.#sink.isWanted(frame)) continue;
        open.useless.delete(place);
        this.changed(open, place);
      }
    }
  }

  /** A level came. Where it could not be kept, or has no level to add to, the server believes what is not so. */
  came(open: OpenStack, place: number, level: number, isWanted: boolean): void {
    open.believed[place] = level + 1;
    const { held } = this.#known(open, place);
    if (held > level) return;
    if (!isWanted) open.useless.add(place);
    this.changed(open, place);
  }

  /** What came damaged was thrown away by whoever decoded it. */
  check(stack: Stack, place: number): void {
    const open = this.#open.get(stack.id);
    if (open === undefined || open.stack.frames !== stack.frames) return;
    if ((open.believed[place] ?? 0) > this.#known(open, place).held) this.changed(open, place);
  }

  /** Says all that changed, frames next to each other in one. */
  flush(socket: ViewingSocket): void {
    for (const [open, places] of this.#untold) {
      for (const [first, last] of stretches(places)) {
        socket.say(saying.have(open.number, first, this.#runs(open, first, last + 1), []));
      }
    }
    this.#untold.clear();
  }

  #sayParts(open: OpenStack, socket: ViewingSocket): void {
    for (const [place, { instance, frame }] of open.stack.frames.entries()) {
      const { held, levels } = this.#known(open, place);
      const bytes = socket.partOf(instance, frame, held);
      if (bytes > 0) socket.say(saying.have(open.number, place, [{ frames: 1, held, levels }], [[place, bytes]]));
    }
  }

  #runs(open: OpenStack, first: number, end: number): Run[] {
    return runsOf(
      Array.from({ length: end - first }, (_, away) => {
        const known = this.#known(open, first + away);
        open.believed[first + away] = known.held;
        return known;
      }),
    );
  }

  #known(open: OpenStack, place: number): Omit<Run, "frames"> {
    const frame = open.stack.frames[place];
    if (frame === undefined || open.useless.has(place)) return ALL;
    const levels = this.#sink.countOf(frame) ?? 0;
    let held = 0;
    while (held < (levels || FEWEST_UNKNOWN) && this.#sink.has(frame, held)) held += 1;
    return { held, levels };
  }
}

function framesOf({ frames }: Stack, byInstances: boolean): SaidFrames {
  const instances = new Map<string, number>();
  for (const { instance } of frames) instances.set(instance, (instances.get(instance) ?? 0) + 1);
  if (byInstances || instances.size === 0) return { instances: [...instances.keys()] };
  const order = orderOf([...instances].map(([uid, numberOfFrames]) => ({ uid, numberOfFrames })));
  return { order, runs: [[0, instances.size - 1]] };
}

function* stretches(places: ReadonlySet<number>): Generator<[first: number, last: number]> {
  let current: [number, number] | null = null;
  for (const place of [...places].sort((one, other) => one - other)) {
    if (current !== null && place === current[1] + 1) current[1] = place;
    else {
      if (current !== null) yield current;
      current = [place, place];
    }
  }
  if (current !== null) yield current;
}
