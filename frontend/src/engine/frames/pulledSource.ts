/** A source that asks for each level by itself, as HTTP does: what matters most first, what no longer matters not at all. */

import type { Frame, ImageFormat } from "../model";
import { RequestQueue } from "../tiles/requestQueue";
import { type ArrivedLevel, type FrameSink, type FrameSource, LevelFailure, type Look, type MakeFrameSource, type Refusal } from "./source";
import { type LevelJob, wantedOf } from "./wanted";

/** Brings one level. Rejects with LevelFailure where it can say more. */
export type LevelLoader = (frame: Frame, level: number, signal: AbortSignal) => Promise<ArrivedLevel>;

interface Parts {
  readonly load: LevelLoader;
  readonly now: () => number;
  readonly later: (action: () => void, ms: number) => () => void;
  readonly whenIdle: (action: () => void) => () => void;
}

/** Beside tiles, which have connections of their own. */
const LIMITS = { together: 4, behind: 3 } as const;
const NOTHING_KNOWN: Refusal = { reason: "unknown", permanent: false, retryAfterMs: null };

export function pulling(parts: Parts): MakeFrameSource {
  return (sink) => new PulledSource(parts, sink);
}

class PulledSource implements FrameSource {
  #sink: FrameSink;
  #queue: RequestQueue<LevelJob, ArrivedLevel>;
  #looks: readonly Look[] = [];
  /** How many levels frames of a kind have had. */
  #counts = new WeakMap<ImageFormat, number>();

  constructor(parts: Parts, sink: FrameSink) {
    this.#sink = sink;
    this.#queue = new RequestQueue<LevelJob, ArrivedLevel>(
      {
        ...parts,
        run: ({ frame, level }, signal) => parts.load(frame, level, signal),
        onResult: ({ frame }, arrived) => {
          this.#take(frame, arrived);
        },
        onFailure: ({ frame }, error) => this.#note(frame, error),
      },
      LIMITS,
    );
  }

  look(looks: readonly Look[]): void {
    this.#looks = looks;
    this.#queue.want(
      wantedOf(looks, this.#sink, (format) => this.#counts.get(format) ?? 1),
      // Who stands waits for this picture to be exact.
      looks.some(({ speed }) => speed === 0),
    );
  }

  forget(): void {
    // What is wanted is reckoned from what is there.
  }

  retry(): void {
    this.#queue.retry();
  }

  close(): void {
    this.#queue.close();
  }

  #take(frame: Frame, arrived: ArrivedLevel): void {
    this.#sink.take(frame, arrived);
    if (arrived.stream === null) return;
    this.#counts.set(frame.format, arrived.stream.levels.length);
    // Now it is known what else there is to ask for.
    this.look(this.#looks);
  }

  #note(frame: Frame, error: unknown): { again: boolean; afterMs: number | null } {
    const refusal = error instanceof LevelFailure ? error.refusal : NOTHING_KNOWN;
    this.#sink.refuse(frame, refusal);
    if (refusal.permanent) this.look(this.#looks);
    return { again: !refusal.permanent, afterMs: refusal.retryAfterMs };
  }
}
