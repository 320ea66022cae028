/** What the pixel at one place of the picture holds. The server reads it from the stored values, never from a picture. */

import { type ReadonlySignal, type Signal, computed, effect, signal } from "@preact/signals";
import type { Intent, Pixel, Point, Probed, Size } from "../../../engine/index";
import { type Answer, type DigestFormat, type FrameAsked, type PixelValue, fetchValue } from "../../../protocol/index";

export interface ProbeParts {
  /** The frame that is on screen. */
  readonly frame: ReadonlySignal<FrameAsked | null>;
  /** The pixel under a point of the viewport; null beside the image. */
  readonly pixelAt: (point: Point) => Pixel | null;
  readonly placeOf: (pixel: Pixel) => Point | null;
  /** What is known here of a pixel of that frame, of its stored values; null where they are not here. Read as a signal. */
  readonly valueHere?: (pixel: Pixel) => PixelValue | null;
  readonly fetch?: (of: FrameAsked, column: number, row: number, signal: AbortSignal) => Promise<Answer<PixelValue>>;
}

export type Told =
  | { readonly kind: "waiting" }
  | { readonly kind: "known"; readonly value: PixelValue }
  | { readonly kind: "unknown" };

const WAITING: Told = { kind: "waiting" };

export class Probe {
  /** The reader wants a mark that stays; else a value is told only while a magnifier is held. */
  readonly isOn = signal(false);
  readonly at: Signal<Pixel | null> = signal(null);
  /** Never of another place or frame than the ones that are shown: those are forgotten at once. */
  readonly told: ReadonlySignal<Told>;
  readonly #parts: ProbeParts;
  readonly #glance = signal(false);
  readonly isShown = computed(() => this.isOn.value || this.#glance.value);
  readonly #wanted: ReadonlySignal<Wanted | null>;
  readonly #known = signal<{ readonly key: string; readonly told: Told } | null>(null);
  #asking: AbortController | null = null;

  constructor(parts: ProbeParts) {
    this.#parts = parts;
    this.#wanted = computed(() => wantedOf(this.isShown.value, parts.frame.value, this.at.value));
    this.told = computed(() => {
      const [known, wanted] = [this.#known.value, this.#wanted.value];
      const told = known !== null && known.key === wanted?.key ? known.told : WAITING;
      if (told.kind === "known" || wanted === null) return told;
      // The values that are drawn are here at once; the server adds where that is in the patient, and uptake.
      const here = parts.valueHere?.(wanted.at) ?? null;
      return here === null ? told : { kind: "known", value: here };
    });
  }

  /** Asks for values until the returned function is called. */
  listen(): () => void {
    const stop = effect(() => {
      if (this.#wanted.value !== null) void this.#ask();
    });
    return () => {
      stop();
      this.#asking?.abort();
    };
  }

  /** A mark in the middle of the viewport, where there is none in sight. */
  turnOn(middle: Point): void {
    this.at.value ??= this.#parts.pixelAt(middle);
    this.isOn.value = true;
  }

  toggle({ width, height }: Size): void {
    if (this.isOn.peek()) this.turnOff();
    else this.turnOn({ x: width / 2, y: height / 2 });
  }

  turnOff(): void {
    this.isOn.value = false;
    this.at.value = null;
  }

  nudge(columns: number, rows: number): void {
    const at = this.at.peek();
    if (at === null) return;
    const place = this.#parts.placeOf({ column: at.column + columns, row: at.row + rows });
    const moved = place === null ? null : this.#parts.pixelAt(place);
    if (moved !== null) this.#moveTo(moved);
  }

  onIntent(intent: Intent): void {
    if (intent.kind === "magnify") {
      this.#glance.value = true;
      this.#pointAt(intent);
    } else if (intent.kind === "magnifyEnd") {
      this.#glance.value = false;
      if (!this.isOn.peek()) this.at.value = null;
    } else if (this.isOn.peek()) {
      this.#aim(intent);
    }
  }

  #aim(intent: Intent): void {
    if (intent.kind === "hover" || intent.kind === "tap") this.#pointAt(intent);
    if (intent.kind === "aim") this.#shift(intent.deltaX, intent.deltaY);
    if (intent.kind === "contact") this.#rest = { x: 0, y: 0 };
  }

  /** What a finger moved the mark by, less than a pixel of the image. */
  #rest: Point = { x: 0, y: 0 };

  #shift(deltaX: number, deltaY: number): void {
    const at = this.at.peek();
    const place = at === null ? null : this.#parts.placeOf(at);
    if (place === null) return;
    const wanted = { x: place.x + deltaX + this.#rest.x, y: place.y + deltaY + this.#rest.y };
    const moved = this.#parts.pixelAt(wanted);
    if (moved === null) return;
    const is = this.#parts.placeOf(moved) ?? wanted;
    this.#rest = { x: wanted.x - is.x, y: wanted.y - is.y };
    this.#moveTo(moved);
  }

  #pointAt(point: Point): void {
    const pixel = this.#parts.pixelAt(point);
    if (pixel !== null) this.#moveTo(pixel);
  }

  #moveTo(pixel: Pixel): void {
    const at = this.at.peek();
    if (at?.column !== pixel.column || at.row !== pixel.row) this.at.value = pixel;
  }

  /** One request at a time, and the latest place only: a mouse passes over hundreds. */
  async #ask(): Promise<void> {
    if (this.#asking !== null) return;
    for (let wanted = this.#wanted.peek(); wanted !== null && wanted.key !== this.#known.peek()?.key; wanted = this.#wanted.peek()) {
      const asking = new AbortController();
      this.#asking = asking;
      const answer = await (this.#parts.fetch ?? fetchValue)(wanted.frame, wanted.at.column, wanted.at.row, asking.signal);
      this.#asking = null;
      if (asking.signal.aborted) return;
      this.#known.value = { key: wanted.key, told: answer.ok ? { kind: "known", value: answer.value } : { kind: "unknown" } };
    }
  }
}

interface Wanted {
  readonly key: string;
  readonly frame: FrameAsked;
  readonly at: Pixel;
}

function wantedOf(isShown: boolean, frame: FrameAsked | null, at: Pixel | null): Wanted | null {
  if (!isShown || frame === null || at === null) return null;
  return { key: `${frame.instance}/${frame.frame}/${at.column}/${at.row}`, frame, at };
}

/** What the values that are drawn say of a pixel, in the words of the server. Decoded colours are told by the server alone. */
export function pixelValueOf({ column, row, stored, value }: Probed, { unit, colour }: Pick<DigestFormat, "unit" | "colour">): PixelValue | null {
  if (colour || stored.length !== 1) return null;
  return { column, row, value, unit, colour: null, isPadding: value === null, suv: null, positionMm: null };
}
