import { crc32 as zlibCrc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { crc32 } from "../../src/engine/decode/crc32";
import { WorkerDecoder } from "../../src/engine/decode/decoder";
import type { DecodeAnswer, DecodeJob } from "../../src/engine/decode/messages";
import { storedValues, unpackedBits } from "../../src/engine/decode/storedValues";

describe("from a decoder's samples to stored values", () => {
  const told = (bits: number, signed: boolean, halvings = 0) => ({ bits, signed, halvings });

  it("keeps every number of an exact frame, in as few bytes as hold them", () => {
    expect(storedValues(Int16Array.of(-5, 7), told(16, true))).toEqual(Int16Array.of(-5, 7));
    expect(storedValues(Int16Array.of(0, 4095), told(12, false))).toEqual(Uint16Array.of(0, 4095));
    expect(storedValues(Uint16Array.of(0, 65535), told(16, false))).toEqual(Uint16Array.of(0, 65535));
    expect(storedValues(Int16Array.of(0, 255), told(8, false))).toEqual(Uint8Array.of(0, 255));
  });

  it("cuts nothing of an exact frame that holds more than its header says", () => {
    expect(storedValues(Int16Array.of(0, 300), told(8, false))).toEqual(Uint16Array.of(0, 300));
    expect(storedValues(Int16Array.of(0, 5000), told(12, false))).toEqual(Uint16Array.of(0, 5000));
  });

  it("keeps a smaller level, which swings beyond them, within the frame's own numbers", () => {
    expect(storedValues(Int16Array.of(-9, 4200), told(12, false, 1))).toEqual(Uint16Array.of(0, 4095));
    expect(storedValues(Int16Array.of(-9, 260), told(8, false, 2))).toEqual(Uint8Array.of(0, 255));
    expect(storedValues(Int16Array.of(-2100, 2100), told(12, true, 1))).toEqual(Int16Array.of(-2048, 2047));
  });

  it("gives a copy: the decoder's memory is used again", () => {
    const memory = Int16Array.of(1, 2);
    const values = storedValues(memory, told(16, true));
    memory.fill(0);
    expect(values).toEqual(Int16Array.of(1, 2));
  });
});

it("unpacks overlays a bit a pixel, the lowest first", () => {
  expect([...unpackedBits(Uint8Array.of(0b0000_0101, 0b1), 10)]).toEqual([1, 0, 1, 0, 0, 0, 0, 0, 1, 0]);
});

it("reckons checksums as zlib does", () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, place) => (place * 31) & 255);
  expect(crc32(bytes)).toBe(zlibCrc32(bytes));
  expect(crc32(new Uint8Array())).toBe(0);
});

describe("the page's side of the worker", () => {
  class FakeWorker extends EventTarget {
    static made: FakeWorker[] = [];
    sent: { job: DecodeJob; given: Transferable[] }[] = [];
    isEnded = false;
    constructor() {
      super();
      FakeWorker.made.push(this);
    }
    postMessage(job: DecodeJob, given: Transferable[]): void {
      this.sent.push({ job, given });
    }
    answer(data: DecodeAnswer): void {
      this.dispatchEvent(new MessageEvent("message", { data }));
    }
    terminate(): void {
      this.isEnded = true;
    }
  }
  const job: Omit<DecodeJob, "id"> = {
    codec: "htj2k",
    parts: [{ bytes: new Uint8Array(4), crc32: 0 }],
    size: { columns: 1, rows: 1, bytes: 4 },
    halvings: 0,
    samples: 1,
    signed: false,
    bits: 8,
    overlay: null,
  };
  const decoderOf = (): WorkerDecoder => {
    FakeWorker.made = [];
    return new WorkerDecoder(() => new FakeWorker() as unknown as Worker);
  };

  it("starts none before there is something to decode, and gives each answer to whoever asked", async () => {
    const decoder = decoderOf();
    expect(FakeWorker.made).toHaveLength(0);
    const [one, other] = [decoder.decode(job, false), decoder.decode(job, true)];
    const [worker] = FakeWorker.made;
    expect(FakeWorker.made).toHaveLength(1);
    expect(worker?.sent.map(({ given }) => given.length)).toEqual([1, 0]);
    const ids = worker?.sent.map((sent) => sent.job.id) ?? [];
    worker?.answer({ id: ids[1] ?? 0, failure: "damaged" });
    worker?.answer({ id: ids[0] ?? 0, decoded: { values: Uint8Array.of(9), overlay: null } });
    await expect(one).resolves.toMatchObject({ values: Uint8Array.of(9) });
    await expect(other).rejects.toThrow("damaged");
  });

  it("starts another where one ended, and fails what that one had", async () => {
    const decoder = decoderOf();
    const lost = decoder.decode(job, true);
    FakeWorker.made[0]?.dispatchEvent(new Event("error"));
    await expect(lost).rejects.toThrow("ended");
    void decoder.decode(job, true).catch(() => undefined);
    expect(FakeWorker.made).toHaveLength(2);
    decoder.close();
    expect(FakeWorker.made[1]?.isEnded).toBe(true);
  });
});
