/** How a stack is played: at which rate, which way round at its ends, and how fast it really goes. */

import { type ReadonlySignal, computed, signal } from "@preact/signals";
import { type CinePace, DEFAULT_RATE_HZ, type StageState, limitRate } from "../../../engine/index";
import { RateMeter } from "./rateMeter";
import type { Item } from "./stacks";

export interface CineStage {
  play(pace: CinePace): void;
  pause(): void;
}

export class CinePlayer {
  readonly rateHz = signal(DEFAULT_RATE_HZ);
  readonly achievedHz = signal<number | null>(null);
  /** It turns back at its ends, rather than begin anew. */
  readonly bounces = signal(false);
  readonly isPlaying: ReadonlySignal<boolean>;
  readonly #stage: () => CineStage | null;
  #shares: readonly number[] | null = null;
  #meter = new RateMeter();
  #lastShown: number | null = null;

  constructor(stage: () => CineStage | null, state: ReadonlySignal<StageState | null>) {
    this.#stage = stage;
    this.isPlaying = computed(() => state.value?.isPlaying ?? false);
  }

  /** Another stack: at the rate that its file wants. */
  load({ rateHz, frameTimesMs }: Pick<Item, "rateHz" | "frameTimesMs">): void {
    this.rateHz.value = limitRate(rateHz ?? DEFAULT_RATE_HZ);
    this.achievedHz.value = null;
    this.#shares = frameTimesMs;
  }

  toggle(): void {
    if (this.isPlaying.value) this.#stage()?.pause();
    else this.#play();
  }

  setRate(rateHz: number): void {
    this.rateHz.value = limitRate(rateHz);
    if (this.isPlaying.value) this.#play();
  }

  setBounces(bounces: boolean): void {
    this.bounces.value = bounces;
    if (this.isPlaying.value) this.#play();
  }

  /** Counts what is really shown. */
  note({ isPlaying, shownIndex }: StageState): void {
    if (isPlaying && shownIndex !== null && shownIndex !== this.#lastShown) {
      this.#meter.add(performance.now());
      this.achievedHz.value = this.#meter.rateHz();
    }
    this.#lastShown = shownIndex;
  }

  #play(): void {
    this.#meter.reset();
    this.achievedHz.value = null;
    this.#stage()?.play({ rateHz: this.rateHz.value, shares: this.#shares, bounces: this.bounces.value });
  }
}
