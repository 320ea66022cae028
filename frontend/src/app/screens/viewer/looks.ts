/** All windows and tables of the file on screen: asked for once somebody wants to choose among them. */

import { type ReadonlySignal, computed, effect, signal } from "@preact/signals";
import { type Answer, type FrameAsked, type Looks, fetchLooks } from "../../../protocol/index";

export interface LooksParts {
  readonly frame: ReadonlySignal<FrameAsked | null>;
  /** Names the stack: what is known of one of its slices stands for the others until they are asked for. */
  readonly stack: ReadonlySignal<string>;
  readonly isWanted: ReadonlySignal<boolean>;
  readonly fetch?: (of: FrameAsked, signal: AbortSignal) => Promise<Answer<Looks>>;
}

export class LooksAtHand {
  readonly looks: ReadonlySignal<Looks | null>;
  readonly #parts: LooksParts;
  readonly #known = signal<{ readonly stack: string; readonly key: string; readonly looks: Looks | null } | null>(null);
  #asking: AbortController | null = null;

  constructor(parts: LooksParts) {
    this.#parts = parts;
    this.looks = computed(() => (this.#known.value?.stack === parts.stack.value ? this.#known.value.looks : null));
  }

  listen(): () => void {
    const stop = effect(() => {
      const { value: frame } = this.#parts.frame;
      if (this.#parts.isWanted.value && frame !== null) void this.#ask(frame, this.#parts.stack.value);
    });
    return () => {
      stop();
      this.#asking?.abort();
    };
  }

  async #ask(frame: FrameAsked, stack: string): Promise<void> {
    const key = `${frame.instance}/${frame.frame}`;
    if (this.#known.peek()?.key === key) return;
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    const answer = await (this.#parts.fetch ?? fetchLooks)(frame, asking.signal);
    if (!asking.signal.aborted && answer.ok) this.#known.value = { stack, key, looks: answer.value };
  }
}
