import { describe, expect, it } from "vitest";
import { type Answer, answered, failed } from "../../src/protocol/index";
import type { Upload, Verdict } from "../../src/protocol/later";
import { type Line, carry } from "../../src/app/state/uploads/carry";
import { type Item, newItem, sumOf, withWord } from "../../src/app/state/uploads/item";
import { PieceSize } from "../../src/app/state/uploads/pieces";

const MIB = 1024 * 1024;

/** A server of one upload, as pacs/api/uploads.py describes it; `plan` says which of the next requests go wrong, and how. */
class Server {
  bytes = 0;
  state: Upload["state"] = "receiving";
  verdicts: Verdict[] = [];
  /** Verdicts that come with each question while it reads. */
  coming: Verdict[][] = [];
  plan: ("fine" | "lost" | "lost after" | "busy" | "refused")[] = [];
  pauses = 0;
  begun = 0;
  /** All that was sent, whether it was of use or not. */
  sent = 0;

  constructor(readonly size: number) {}

  upload(from: number | null): Upload {
    const counts = { stored: 0, duplicate: 0, rejected: 0, skipped: 0 };
    for (const { verdict } of this.verdicts) counts[verdict] += 1;
    return {
      id: "u1",
      name: "a.zip",
      sizeBytes: this.size,
      receivedBytes: this.bytes,
      state: this.state,
      chunkBytes: 8 * MIB,
      head: null,
      problem: null,
      verdictCount: this.verdicts.length,
      counts,
      verdicts: from === null ? [] : this.verdicts.slice(from),
    };
  }

  line(): Line {
    const one = <T>(act: () => T): Promise<Answer<T>> => Promise.resolve(this.passing(act));
    return {
      begin: () => one(() => ((this.begun += 1), this.upload(null))),
      send: (upload, piece) =>
        one(() => {
          this.sent += piece.size;
          if (upload.receivedBytes !== this.bytes) return this.upload(null); // 409: it tells where it stands
          this.bytes += piece.size;
          if (this.bytes === this.size) this.read();
          return this.upload(0);
        }),
      ask: (_, from) =>
        one(() => {
          if (this.state === "reading") this.read();
          return this.upload(from);
        }),
      pause: () => {
        this.pauses += 1;
        return Promise.resolve();
      },
    };
  }

  private read(): void {
    this.verdicts.push(...(this.coming.shift() ?? []));
    this.state = this.coming.length > 0 ? "reading" : "done";
  }

  private passing<T>(act: () => T): Answer<T> {
    const fate = this.plan.shift() ?? "fine";
    if (fate === "lost") return failed({ kind: "offline" });
    if (fate === "busy") return failed({ kind: "busy", retryAfterS: 1 });
    if (fate === "refused") return failed({ kind: "refused", status: 413, code: "too_large", message: "It is too large.", fields: {}, requestId: "" });
    const value = act();
    return fate === "lost after" ? failed({ kind: "offline" }) : answered(value);
  }
}

const verdict = (kind: Verdict["verdict"], study: string | null = null): Verdict => ({ name: "x", verdict: kind, reason: null, message: "", study });

async function carried(server: Server, begun: { upload?: Upload; file?: Blob | null } = {}): Promise<{ item: Item; phases: string[] }> {
  let item = newItem("a.zip", server.size);
  const phases: string[] = [];
  await carry({
    file: begun.file === undefined ? new Blob([new Uint8Array(server.size)]) : begun.file,
    upload: begun.upload ?? null,
    begun: () => undefined,
    item: () => item,
    tell: (next) => {
      item = next;
      if (phases.at(-1) !== next.phase) phases.push(next.phase);
    },
    sizes: new PieceSize(),
    stop: new AbortController().signal,
    line: server.line(),
  });
  return { item, phases };
}

describe("an upload", () => {
  it("is sent in pieces, read, and ends with its verdicts", async () => {
    const server = new Server(3 * MIB);
    server.coming = [[verdict("stored", "1.2")], [verdict("stored", "1.2"), verdict("rejected", "1.3")], [verdict("duplicate", "1.4")]];
    const { item, phases } = await carried(server);
    expect(phases).toEqual(["sending", "reading", "done"]);
    expect(item).toMatchObject({ sentBytes: 3 * MIB, counts: { stored: 2, rejected: 1, duplicate: 1 }, studies: ["1.2", "1.4"] });
    expect(item.notable.map((each) => each.verdict)).toEqual(["rejected", "duplicate"]);
  });

  it("goes on after the network was away, without sending anything twice", async () => {
    const server = new Server(3 * MIB);
    server.coming = [[verdict("stored", "1.2")]];
    // The first piece arrives but its answer does not; then two questions are lost.
    server.plan = ["fine", "lost after", "lost", "lost"];
    const { item, phases } = await carried(server);
    expect(phases).toContain("paused");
    expect(item.phase).toBe("done");
    expect(server.sent).toBe(3 * MIB);
    expect(server.begun).toBe(1);
    expect(server.pauses).toBe(3);
  });

  it("waits for a busy server, also before it has begun", async () => {
    const server = new Server(10);
    server.coming = [[verdict("stored")]];
    server.plan = ["busy", "busy", "fine", "busy"];
    expect((await carried(server)).item.phase).toBe("done");
    expect(server.begun).toBe(1);
  });

  it("says why it was refused, and tries no more", async () => {
    const server = new Server(10);
    server.plan = ["refused"];
    const { item } = await carried(server);
    expect(item).toMatchObject({ phase: "failed", problem: "It is too large." });
    expect(server.pauses).toBe(0);
  });

  it("that was begun before a reload goes on where it stopped", async () => {
    const server = new Server(3 * MIB);
    server.bytes = 2 * MIB;
    server.coming = [[verdict("stored")]];
    const { item } = await carried(server, { upload: server.upload(null) });
    expect(server.begun).toBe(0);
    expect(item).toMatchObject({ phase: "done", sentBytes: 3 * MIB });
  });

  it("without its file is left for when the file is chosen again", async () => {
    const server = new Server(10);
    const { item } = await carried(server, { upload: server.upload(null), file: null });
    expect(item.phase).toBe("unfinished");
  });

  it("that is being read after a reload brings all its verdicts", async () => {
    const server = new Server(10);
    server.bytes = 10;
    server.state = "reading";
    server.verdicts = [verdict("rejected")];
    server.coming = [[verdict("skipped")]];
    const { item } = await carried(server, { upload: server.upload(null), file: null });
    expect(item).toMatchObject({ phase: "done", counts: { rejected: 1, skipped: 1 } });
    expect(item.notable).toHaveLength(2);
  });
});

describe("all uploads as one", () => {
  it("count what is settled in full, and leave out what waits for its file", () => {
    const item = (change: Partial<Item>): Item => ({ ...newItem("a", 100), ...change });
    const counts = { stored: 3, duplicate: 0, rejected: 1, skipped: 0 };
    const sum = sumOf([item({ phase: "done", sentBytes: 100, counts }), item({ phase: "paused", sentBytes: 40 }), item({ phase: "failed" }), item({ phase: "unfinished" })]);
    expect(sum).toEqual({ files: 3, settled: 2, bytes: 300, sentBytes: 240, isPaused: true, counts });
  });

  it("forget verdicts of a reading that began anew", () => {
    const server = new Server(1);
    server.verdicts = [verdict("rejected")];
    const first = withWord(newItem("a", 1), server.upload(0), 0);
    expect(withWord(first, server.upload(0), 0).notable).toHaveLength(1);
  });
});

describe("the size of a piece", () => {
  it("follows the network, up and down, within what the server takes", () => {
    const sizes = new PieceSize();
    expect(sizes.next(8 * MIB)).toBe(MIB);
    sizes.went(MIB, 100);
    expect(sizes.next(8 * MIB)).toBe(4 * MIB);
    sizes.went(4 * MIB, 100);
    expect(sizes.next(8 * MIB)).toBe(8 * MIB);
    sizes.went(MIB, 12_000);
    expect(sizes.next(8 * MIB)).toBe(MIB / 4);
    sizes.failed();
    expect(sizes.next(8 * MIB)).toBe(128 * 1024);
  });
});
