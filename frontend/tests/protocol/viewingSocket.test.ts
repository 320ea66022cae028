import { beforeEach, describe, expect, it } from "vitest";
import { type LevelGot, type LinkState, type ViewingMessage, ViewingSocket } from "../../src/protocol/index";
import { LevelParts } from "../../src/protocol/levelParts";

/** A socket whose other end is the test. */
class FakeSocket {
  binaryType = "blob";
  readonly sent: string[] = [];
  isClosed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.isClosed = true;
  }
}

/** A page whose clock, network and attention the test holds. */
class FakeWorld {
  readonly sockets: FakeSocket[] = [];
  #timers: { action: () => void; atMs: number }[] = [];
  #back: (() => void)[] = [];
  nowMs = 0;
  online = true;
  hidden = false;

  connect = (): WebSocket => {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket as unknown as WebSocket;
  };
  now = (): number => this.nowMs;
  later = (action: () => void, ms: number): (() => void) => {
    const timer = { action, atMs: this.nowMs + ms };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };
  random = (): number => 0.5;
  isOnline = (): boolean => this.online;
  isHidden = (): boolean => this.hidden;
  onBack = (action: () => void): (() => void) => {
    this.#back.push(action);
    return () => {
      this.#back = this.#back.filter((other) => other !== action);
    };
  };

  back(): void {
    for (const action of this.#back) action();
  }

  pass(ms: number): void {
    const endMs = this.nowMs + ms;
    for (;;) {
      const [next] = this.#timers.filter(({ atMs }) => atMs <= endMs).sort((one, other) => one.atMs - other.atMs);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.action();
    }
    this.nowMs = endMs;
  }

  get socket(): FakeSocket {
    const last = this.sockets.at(-1);
    if (last === undefined) throw new Error("none was opened");
    return last;
  }
}

function envelope(header: Readonly<Record<string, unknown>>, payload: readonly number[] = []): ArrayBuffer {
  const told = new TextEncoder().encode(JSON.stringify({ instance: "1.2", frame: 1, level: 1, crc32: 7, ...header }));
  const whole = new ArrayBuffer(4 + told.length + payload.length);
  new DataView(whole).setUint32(0, told.length, true);
  new Uint8Array(whole, 4).set(told);
  new Uint8Array(whole, 4 + told.length).set(payload);
  return whole;
}

let world: FakeWorld;
let links: LinkState[];
let levels: LevelGot[];
let messages: ViewingMessage[];
let lost: string[];
let ups: number;
let socket: ViewingSocket;

beforeEach(() => {
  [world, links, levels, messages, lost, ups] = [new FakeWorld(), [], [], [], [], 0];
  socket = new ViewingSocket(
    {
      onUp: () => (ups += 1),
      onLink: (link) => links.push(link),
      onLevel: (level) => levels.push(level),
      onLost: (instance, frame) => lost.push(`${instance}/${frame}`),
      onMessage: (message) => messages.push(message),
      onBytes: () => undefined,
    },
    world,
  );
});

const open = (): void => world.socket.onopen?.();
const cut = (code = 1006): void => world.socket.onclose?.({ code });
const come = (data: unknown): void => world.socket.onmessage?.({ data });

describe("the viewer's socket", () => {
  it("is opened again after every cut, fifty times, and each time what is here is said anew", () => {
    for (let kill = 0; kill < 50; kill += 1) {
      open();
      world.pass(6_000);
      cut();
      world.pass(1_000);
    }
    expect(world.sockets).toHaveLength(51);
    expect(ups).toBe(50);
    expect(links).not.toContain("blocked");
  });

  it("takes one that stands already", async () => {
    const standing = Object.assign(new FakeSocket(), { readyState: 1 });
    cut();
    world.connect = () => standing as unknown as WebSocket;
    world.pass(1_000);
    await Promise.resolve();
    expect(socket.isUp).toBe(true);
    expect(ups).toBe(1);
  });

  it("waits longer after each failure, and starts short again after a connection that held", () => {
    const waits: number[] = [];
    for (let failure = 0; failure < 8; failure += 1) {
      const before = world.sockets.length;
      open();
      cut();
      let waitedMs = 0;
      for (; world.sockets.length === before; waitedMs += 50) world.pass(50);
      waits.push(waitedMs);
    }
    expect(waits).toEqual([...waits].sort((one, other) => one - other));
    expect(waits[0]).toBeLessThanOrEqual(300);
    expect(waits.at(-1)).toBeLessThanOrEqual(20_050);
    open();
    world.pass(6_000);
    const before = world.sockets.length;
    cut();
    world.pass(300);
    expect(world.sockets).toHaveLength(before + 1);
  });

  it("does nothing in a tunnel, and connects the moment there is a network", () => {
    open();
    world.online = false;
    cut();
    world.pass(600_000);
    expect(world.sockets).toHaveLength(1);
    world.online = true;
    world.back();
    expect(world.sockets).toHaveLength(2);
  });

  it("does not connect for a page that nobody looks at", () => {
    open();
    world.hidden = true;
    cut();
    world.pass(600_000);
    expect(world.sockets).toHaveLength(1);
    world.hidden = false;
    world.back();
    expect(world.sockets).toHaveLength(2);
  });

  it("counts as blocked when it never comes about while there is a network, and is tried again seldom", () => {
    cut();
    world.pass(1_000);
    cut();
    expect(links.at(-1)).toBe("blocked");
    world.pass(59_000);
    expect(world.sockets).toHaveLength(2);
    world.pass(2_000);
    expect(world.sockets).toHaveLength(3);
    open();
    expect(links.at(-1)).toBe("up");
  });

  it("counts as blocked where nothing answers at all", () => {
    world.pass(10_001);
    world.pass(1_000);
    world.pass(10_001);
    expect(links.at(-1)).toBe("blocked");
  });

  it("is not thought blocked in a tunnel", () => {
    world.online = false;
    cut();
    world.back();
    cut();
    expect(links.at(-1)).toBe("cut");
  });

  it("ends where we are signed out", () => {
    open();
    come(JSON.stringify({ type: "signed_out" }));
    cut(4401);
    world.pass(600_000);
    expect(messages).toEqual([{ type: "signed_out" }]);
    expect(links.at(-1)).toBe("ended");
    expect(world.sockets).toHaveLength(1);
  });

  it.each([4400, 4403, 4429])("leaves it to HTTP where we are not understood (%i)", (code) => {
    open();
    cut(code);
    expect(links.at(-1)).toBe("blocked");
  });

  it("asks after a silence whether anybody is there, and connects anew when nobody is", () => {
    open();
    world.pass(12_001);
    expect(world.socket.sent.at(-1)).toBe('{"type":"ping"}');
    world.pass(13_000);
    expect(world.sockets[0]?.isClosed).toBe(true);
    world.pass(1_000);
    expect(world.sockets).toHaveLength(2);
  });

  it("keeps a connection that answers", () => {
    open();
    for (let turn = 0; turn < 20; turn += 1) {
      world.pass(12_001);
      come('{"type":"pong"}');
    }
    expect(world.sockets).toHaveLength(1);
  });

  it("finds out soon after a tunnel that the old connection is dead", () => {
    open();
    world.back();
    world.pass(5_000);
    expect(world.sockets).toHaveLength(2);
  });

  it("acknowledges at once after a silence, then no more often than each 25 ms, and counts anew for each connection", () => {
    open();
    const bytes = envelope({}, [1, 2, 3]).byteLength;
    for (let turn = 0; turn < 10; turn += 1) {
      come(envelope({}, [1, 2, 3]));
      world.pass(5);
    }
    world.pass(100);
    const acks = world.socket.sent.map((text) => (JSON.parse(text) as { bytes: number }).bytes);
    expect(acks[0]).toBe(bytes);
    expect(acks.at(-1)).toBe(10 * bytes);
    expect(acks.length).toBeLessThanOrEqual(4);
    cut();
    world.pass(1_000);
    open();
    come(envelope({}, [1]));
    expect(JSON.parse(world.socket.sent.at(-1) ?? "")).toEqual({ type: "ack", bytes: envelope({}, [1]).byteLength });
  });

  it("hands on levels and passes over what it cannot read", () => {
    open();
    come(envelope({ level: 2 }, [5, 6]));
    come(new ArrayBuffer(2));
    come("{");
    come('{"type":"of a newer server"}');
    expect(levels.map(({ level, payload }) => [level, [...payload]])).toEqual([[2, [5, 6]]]);
  });

  it("goes on with half a level after a cut", () => {
    open();
    come(envelope({ part: [0, 4] }, [1, 2]));
    cut();
    world.pass(1_000);
    expect(socket.partOf("1.2", 1, 1)).toBe(2);
    expect(socket.partOf("1.2", 1, 2)).toBe(0);
    open();
    come(envelope({ part: [2, 4] }, [3, 4]));
    expect(levels.map(({ payload, part }) => [[...payload], part])).toEqual([[[1, 2, 3, 4], null]]);
  });

  it("says nothing and keeps nothing once it is closed", () => {
    open();
    socket.close();
    expect(socket.say("x")).toBe(false);
    world.back();
    world.pass(600_000);
    expect(world.sockets).toHaveLength(1);
    expect(world.socket.isClosed).toBe(true);
  });
});

describe("parts of levels", () => {
  const part = (frame: number, offset: number, payload: readonly number[], more: Partial<LevelGot> = {}): LevelGot => ({
    instance: "1.2",
    frame,
    level: 1,
    stream: null,
    crc32: 7,
    payload: Uint8Array.from(payload),
    part: [offset, 6],
    ...more,
  });

  it("are put together", () => {
    const parts = new LevelParts();
    expect(parts.put(part(1, 0, [1, 2])).level).toBeNull();
    expect(parts.put(part(2, 0, [9])).level).toBeNull();
    expect(parts.put(part(1, 2, [3, 4])).level).toBeNull();
    expect([...(parts.put(part(1, 4, [5, 6])).level?.payload ?? [])]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(parts.bytesOf("1.2", 1, 1)).toBe(0);
  });

  it.each([
    ["one is missing", part(1, 4, [5, 6])],
    ["they are of another making", part(1, 2, [3], { crc32: 8 })],
    ["they are of another level", part(1, 2, [3], { level: 2 })],
    ["they are of another length", part(1, 2, [3], { part: [2, 60] })],
    ["they run over the end", part(1, 2, [3, 4, 5, 6, 7])],
  ])("are given up where %s", (_, second) => {
    const parts = new LevelParts();
    parts.put(part(1, 0, [1, 2]));
    expect(parts.put(second)).toEqual({ level: null, lost: [second] });
    expect(parts.bytesOf("1.2", 1, 1)).toBe(0);
  });

  it("are few at once: the oldest are given up, and that is told", () => {
    const parts = new LevelParts();
    const lost = Array.from({ length: 14 }, (_, frame) => parts.put(part(frame, 0, [1])).lost).flat();
    expect(lost.map(({ frame }) => frame)).toEqual([0, 1]);
  });
});
