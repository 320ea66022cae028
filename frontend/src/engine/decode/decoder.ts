/** The page's side of the decoding worker. It is started with the first stream, never before. */

import type { DecodeAnswer, DecodeJob, Decoded } from "./messages";

export interface Decoder {
  /** What `job` holds is given away: its bytes are no longer the caller's where `keep` is not set. */
  decode(job: Omit<DecodeJob, "id">, keep: boolean): Promise<Decoded>;
  close(): void;
}

interface Waiting {
  readonly resolve: (decoded: Decoded) => void;
  readonly reject: (error: Error) => void;
}

export class WorkerDecoder implements Decoder {
  #make: () => Worker;
  #worker: Worker | null = null;
  #waiting = new Map<number, Waiting>();
  #nextId = 1;

  constructor(make: () => Worker) {
    this.#make = make;
  }

  /** Before the first stream is here: the decoder itself has a way to come, too. */
  start(): void {
    this.#worker ??= this.#made();
  }

  decode(job: Omit<DecodeJob, "id">, keep: boolean): Promise<Decoded> {
    this.start();
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker?.postMessage({ ...job, id }, keep ? [] : job.parts.map(({ bytes }) => bytes.buffer));
    });
  }

  close(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#failAll("closed");
  }

  #made(): Worker {
    const worker = this.#make();
    worker.addEventListener("message", ({ data }: MessageEvent<DecodeAnswer>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if ("decoded" in data) waiting?.resolve(data.decoded);
      else waiting?.reject(new Error(data.failure));
    });
    worker.addEventListener("error", () => {
      worker.terminate();
      this.#worker = null;
      this.#failAll("the decoder ended");
    });
    return worker;
  }

  #failAll(reason: string): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(new Error(reason));
  }
}
