/** One finger sideways brings the next series, or the one before, under the finger as it goes. */

import { signal } from "@preact/signals";
import type { Intent } from "../../../engine/index";
import { reducedMotion } from "./layout";
import type { Reading } from "./reading";
import type { Item } from "./stacks";

/** The picture is this far aside, CSS pixels; what comes is null at the ends of the strip. */
export interface Slide {
  readonly offset: number;
  readonly coming: Item | null;
  /** The finger left: the picture goes on by itself. */
  readonly isLetGo: boolean;
}

/** Let go after this share of the width, or faster than this (pixels a millisecond), it goes on to the next. */
const ENOUGH = 0.28;
const FAST = 0.45;
/** Where nothing follows, the picture gives way a little. */
const GIVES_WAY = 0.2;
const GOES_MS = 150;

export class Sliding {
  readonly slide = signal<Slide | null>(null);
  #reading: Reading;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  /** Whether it was a slide, and is done with. */
  onIntent(intent: Intent): boolean {
    if (intent.kind === "slide") this.#follow(intent.offset);
    else if (intent.kind === "slideEnd") this.#letGo(intent.offset, intent.velocity);
    else return false;
    return true;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.slide.value = null;
  }

  #follow(offset: number): void {
    clearTimeout(this.#timer);
    const coming = this.#coming(offset);
    this.slide.value = { offset: coming === null ? offset * GIVES_WAY : offset, coming, isLetGo: false };
  }

  #letGo(offset: number, velocity: number): void {
    const { width } = this.#reading.viewport.peek();
    const isFast = Math.abs(velocity) > FAST && Math.sign(velocity) === Math.sign(offset);
    const isEnough = Math.abs(offset) > ENOUGH * width || isFast;
    const coming = isEnough ? this.#coming(offset) : null;
    const goes = reducedMotion.peek() ? 0 : GOES_MS;
    this.slide.value = { offset: coming === null ? 0 : Math.sign(offset) * width, coming, isLetGo: true };
    this.#timer = setTimeout(() => {
      if (coming !== null) this.#reading.stepItem(offset < 0 ? 1 : -1);
      this.slide.value = null;
    }, goes);
  }

  /** To the left comes what follows. */
  #coming(offset: number): Item | null {
    const place = this.#reading.neighbour(offset < 0 ? 1 : -1);
    return place === null ? null : (this.#reading.items[place] ?? null);
  }
}
