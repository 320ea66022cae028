/** One socket for a viewing session, opened again whenever it is cut, and found dead when it only seems to live. */

import { LevelParts } from "./levelParts";
import { type LevelGot, readEnvelope } from "./frames";
import { type ViewingMessage, readViewingMessage, sayingOfLine } from "./viewingMessages";

/** `blocked`: it does not come about, though the page is here; somebody between us and the server may not let it. */
export type LinkState = "connecting" | "up" | "cut" | "blocked" | "ended";

export interface ViewingListener {
  /** A connection stands that knows nothing yet: say what is open, what is here, what is looked at. */
  onUp: () => void;
  onLink: (link: LinkState) => void;
  onLevel: (level: LevelGot) => void;
  /** Of this frame's unfinished level nothing is here any more. */
  onLost: (instance: string, frame: number) => void;
  onMessage: (message: ViewingMessage) => void;
  /** Bytes that came. */
  onBytes: (bytes: number) => void;
}

/** What it needs of the page; a test brings its own. */
export interface SocketWorld {
  connect: () => WebSocket;
  now: () => number;
  later: (action: () => void, ms: number) => () => void;
  random: () => number;
  isOnline: () => boolean;
  isHidden: () => boolean;
  /** Calls when the network is back, or the page is looked at again. */
  onBack: (action: () => void) => () => void;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 20_000;
/** A connection that held for so long was good: the next wait starts short again. */
const STEADY_MS = 5_000;
/** So many tries that never opened, one after another, and it counts as blocked. */
const TRIES_UNTIL_BLOCKED = 2;
/** A network between that swallows the handshake answers nothing at all. */
const OPENS_WITHIN_MS = 10_000;
const BLOCKED_WAIT_MS = 60_000;
/** A silence after which it is asked whether anybody is there, and one after which nobody is. */
const ASK_AFTER_MS = 12_000;
const DEAD_AFTER_MS = 24_000;
/** Out of a tunnel the old connection seldom lives: it has so long to show that it does. */
const BACK_WITHIN_MS = 4_000;
const ACK_EVERY_MS = 25;
/** Of a WebSocket, readyState. */
const OPEN = 1;
/** Close codes that end it: signed out; our words are not understood, or too many. */
const SIGNED_OUT = 4401;
const USELESS = new Set([4400, 4403, 4429]);

export class ViewingSocket {
  #listener: ViewingListener;
  #world: SocketWorld;
  #parts = new LevelParts();
  #socket: WebSocket | null = null;
  #isUp = false;
  #isClosed = false;
  #failures = 0;
  #neverOpened = 0;
  #openedAtMs = 0;
  #heardAtMs = 0;
  #receivedBytes = 0;
  #cancelRetry: () => void = () => undefined;
  #cancelAck: (() => void) | null = null;
  #ackedAtMs = -Infinity;
  #cancelWatch: () => void = () => undefined;
  #stopHearing: () => void;

  constructor(listener: ViewingListener, world: SocketWorld) {
    this.#listener = listener;
    this.#world = world;
    this.#stopHearing = world.onBack(() => this.retry());
    this.#connect();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Whether it was sent: what is said while the line is cut is said anew when it stands. */
  say(text: string): boolean {
    if (!this.#isUp || this.#socket === null) return false;
    this.#socket.send(text);
    return true;
  }

  /** How many bytes of this level, the frame's next, came before a cut. */
  partOf(instance: string, frame: number, level: number): number {
    return this.#parts.bytesOf(instance, frame, level);
  }

  /** The frame is kept no more: nor is a part of it. */
  forget(instance: string, frame: number): void {
    this.#parts.forget(instance, frame);
  }

  /** The network is back, or the page is: connect now, or see whether the connection still lives. */
  retry(): void {
    if (this.#isClosed) return;
    if (this.#socket === null) {
      this.#failures = 0;
      this.#connect();
    } else if (this.#isUp) {
      this.#askWhetherAlive(BACK_WITHIN_MS);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#stopHearing();
    this.#parts.clear();
    this.#cancelRetry();
    this.#drop();
  }

  #connect(): void {
    this.#cancelRetry();
    this.#listener.onLink("connecting");
    const socket = this.#world.connect();
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#receivedBytes = 0;
    this.#openedAtMs = this.#world.now();
    this.#cancelWatch = this.#world.later(() => this.#lose(socket), OPENS_WITHIN_MS);
    socket.onopen = (): void => this.#open(socket);
    // One that was opened ahead may stand already; nothing has been said on it.
    if (socket.readyState === OPEN) queueMicrotask(() => this.#open(socket));
    socket.onmessage = ({ data }: MessageEvent<unknown>): void => {
      if (socket === this.#socket) this.#hear(data);
    };
    socket.onclose = ({ code }: CloseEvent): void => this.#lose(socket, code);
  }

  #open(socket: WebSocket): void {
    if (socket !== this.#socket || this.#isUp) return;
    this.#isUp = true;
    this.#neverOpened = 0;
    this.#openedAtMs = this.#heardAtMs = this.#world.now();
    this.#listener.onLink("up");
    this.#listener.onUp();
    this.#watch();
  }

  #hear(data: unknown): void {
    this.#heardAtMs = this.#world.now();
    if (data instanceof ArrayBuffer) this.#take(data);
    else this.#understand(data);
  }

  #take(envelope: ArrayBuffer): void {
    this.#receivedBytes += envelope.byteLength;
    this.#acknowledgeSoon();
    this.#listener.onBytes(envelope.byteLength);
    let got: LevelGot;
    try {
      got = readEnvelope(envelope);
    } catch {
      return; // of a newer server, perhaps: pictures come as tiles all the same
    }
    this.#failures = 0; // a connection that brought something was good
    const { level, lost } = this.#parts.put(got);
    for (const { instance, frame } of lost) this.#listener.onLost(instance, frame);
    if (level !== null) this.#listener.onLevel(level);
  }

  #understand(data: unknown): void {
    let message: ViewingMessage;
    try {
      message = readViewingMessage(JSON.parse(String(data)));
    } catch {
      return; // of a newer server, perhaps: what we know still holds
    }
    this.#failures = 0; // where all is here already, there is nothing else to bring
    this.#listener.onMessage(message);
  }

  /** At once after a silence, that the server learns of a good line; then no more often than it can use. */
  #acknowledgeSoon(): void {
    if (this.#cancelAck !== null) return;
    const acknowledge = (): void => {
      this.#cancelAck = null;
      this.#ackedAtMs = this.#world.now();
      this.say(sayingOfLine.ack(this.#receivedBytes));
    };
    const waitMs = this.#ackedAtMs + ACK_EVERY_MS - this.#world.now();
    if (waitMs <= 0) acknowledge();
    else this.#cancelAck = this.#world.later(acknowledge, waitMs);
  }

  #watch(): void {
    this.#cancelWatch();
    this.#cancelWatch = this.#world.later(() => {
      const silentMs = this.#world.now() - this.#heardAtMs;
      if (silentMs < ASK_AFTER_MS || this.#world.isHidden()) this.#watch();
      else this.#askWhetherAlive(DEAD_AFTER_MS - ASK_AFTER_MS);
    }, ASK_AFTER_MS);
  }

  #askWhetherAlive(withinMs: number): void {
    const [socket, askedAtMs] = [this.#socket, this.#world.now()];
    if (socket === null) return;
    this.say(sayingOfLine.ping());
    this.#cancelWatch();
    this.#cancelWatch = this.#world.later(() => {
      if (this.#heardAtMs > askedAtMs) this.#watch();
      else this.#lose(socket);
    }, withinMs);
  }

  #lose(socket: WebSocket, code = 0): void {
    if (socket !== this.#socket) return;
    this.#rememberHowItWent();
    this.#drop();
    if (code === SIGNED_OUT) {
      this.#listener.onLink("ended");
      return;
    }
    const isBlocked = USELESS.has(code) || (this.#neverOpened >= TRIES_UNTIL_BLOCKED && this.#world.isOnline());
    this.#listener.onLink(isBlocked ? "blocked" : "cut");
    this.#connectLater(isBlocked ? BLOCKED_WAIT_MS : this.#waitMs());
  }

  #rememberHowItWent(): void {
    if (!this.#isUp) this.#neverOpened += 1;
    else if (this.#world.now() - this.#openedAtMs >= STEADY_MS) this.#failures = 0;
  }

  /** A page that nobody looks at connects when somebody does; one without a network when there is one. */
  #connectLater(waitMs: number): void {
    this.#failures += 1;
    this.#cancelRetry = this.#world.later(() => {
      if (this.#world.isHidden() || !this.#world.isOnline()) return; // onBack calls
      this.#connect();
    }, waitMs);
  }

  #waitMs(): number {
    // Each waits for another while: a server that comes back is not met by all phones at once.
    return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures) * (0.5 + this.#world.random());
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#isUp = false;
    this.#cancelWatch();
    this.#cancelAck?.();
    this.#cancelAck = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}

/** The page that we are in, and how a socket is had. */
export function pageWorld(connect: () => WebSocket): SocketWorld {
  return {
    connect,
    now: () => performance.now(),
    later: (action, ms) => {
      const timer = setTimeout(action, ms);
      return () => clearTimeout(timer);
    },
    random: Math.random,
    isOnline: () => navigator.onLine,
    isHidden: () => document.hidden,
    onBack: (action) => {
      const seen = (): void => {
        if (!document.hidden) action();
      };
      addEventListener("online", action);
      document.addEventListener("visibilitychange", seen);
      return () => {
        removeEventListener("online", action);
        document.removeEventListener("visibilitychange", seen);
      };
    },
  };
}
