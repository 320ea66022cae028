/** Does on a stage what the gestures say. */

import { Momentum } from "./gestures/momentum";
import { ScrollSteps, pixelsPerSlice } from "./gestures/scrollSteps";
import type { Intent } from "./gestures/types";
import type { GreyWindow } from "./model";
import type { Stage } from "./stage";
import { fit, panBy, zoomAbout } from "./view/transform";

/** Across this many pixels of drag a window changes by its own width. */
const PX_PER_WIDTH = 280;
const LEAST_WIDTH: Readonly<Record<GreyWindow["function"], number>> = {
  LINEAR: 1,
  LINEAR_EXACT: 1e-6,
  SIGMOID: 1e-6,
};
const DOUBLE_TAP_FACTOR = 2.5;
/** A double tap on a single image steps this much with the wheel. */
const WHEEL_ZOOM = 1.15;

export interface HandOptions {
  readonly reducedMotion: () => boolean;
  readonly onContact: (down: boolean) => void;
}

export class Hand {
  #stage: Stage;
  #options: HandOptions;
  #steps = new ScrollSteps();
  #stopFling: () => void = () => undefined;
  /** The window as dragged, not rounded, so that small movements add up. */
  #dragged: GreyWindow | null = null;

  constructor(stage: Stage, options: HandOptions) {
    this.#stage = stage;
    this.#options = options;
  }

  perform(intent: Intent): void {
    switch (intent.kind) {
      case "contact":
        this.#onContact(intent.down);
        break;
      case "scroll":
        this.#scroll(intent.delta);
        break;
      case "fling":
        this.#fling(intent.velocity);
        break;
      case "step":
        this.#step(intent.slices);
        break;
      case "window":
        this.#moveWindow(intent.deltaX, intent.deltaY);
        break;
      case "windowEnd":
        this.#endWindow();
        break;
      case "magnify":
        this.#stage.setLens(intent);
        break;
      case "magnifyEnd":
        this.#stage.setLens(null);
        break;
      default:
        this.#move(intent);
    }
  }

  /** Taps, slides and what only points are for others: nothing is done to the picture. */
  #move(intent: Exclude<Intent, { kind: "contact" | "scroll" | "fling" | "step" | "window" | "windowEnd" | "magnify" | "magnifyEnd" }>): void {
    const { frame } = this.#stage;
    if (frame === undefined) return;
    const { viewport, ratio } = this.#stage;
    const { format } = frame;
    this.#stage.setView((view) => {
      switch (intent.kind) {
        case "pan":
          return panBy(view, format, intent.deltaX, intent.deltaY);
        case "zoom":
          return zoomAbout(view, format, viewport, ratio, intent.factor, intent);
        case "doubleTap":
          return view.fitted
            ? zoomAbout(view, format, viewport, ratio, DOUBLE_TAP_FACTOR, intent)
            : fit(view, format, viewport);
        default:
          return view;
      }
    });
  }

  #onContact(down: boolean): void {
    if (down) {
      this.#stopFling();
      this.#steps.reset();
      this.#stage.pause();
    }
    this.#options.onContact(down);
  }

  #scroll(delta: number): void {
    const perSlice = pixelsPerSlice(this.#stage.stack.frames.length, this.#stage.viewport.height);
    const slices = this.#steps.take(delta, perSlice);
    if (slices !== 0) this.#stage.goTo(this.#stage.index + slices);
  }

  #fling(velocity: number): void {
    if (this.#options.reducedMotion()) return;
    const momentum = new Momentum(velocity, performance.now());
    this.#stopFling = this.#stage.animate((nowMs) => {
      this.#scroll(momentum.advance(nowMs));
      return !momentum.isOver;
    });
  }

  #step(slices: number): void {
    this.#stage.pause();
    if (this.#stage.stack.frames.length > 1) {
      this.#stage.goTo(this.#stage.index + slices);
      return;
    }
    const { width, height } = this.#stage.viewport;
    this.#move({ kind: "zoom", factor: slices > 0 ? 1 / WHEEL_ZOOM : WHEEL_ZOOM, x: width / 2, y: height / 2 });
  }

  #moveWindow(deltaX: number, deltaY: number): void {
    const { frame } = this.#stage;
    if (frame === undefined || frame.format.colour) return;
    const before = this.#dragged ?? this.#stage.window;
    if (before === null) return;
    this.#dragged = draggedWindow(before, deltaX, deltaY);
    this.#stage.setWindow(rounded(this.#dragged), true);
  }

  #endWindow(): void {
    if (this.#dragged === null) return;
    this.#stage.setWindow(rounded(this.#dragged));
    this.#dragged = null;
  }
}

/** To the right is wider (less contrast); down raises the center (darker). A table cannot be dragged: it becomes a window. */
export function draggedWindow(window: GreyWindow, deltaX: number, deltaY: number): GreyWindow {
  const perPx = Math.max(window.width, LEAST_WIDTH[window.function]) / PX_PER_WIDTH;
  return {
    function: window.function,
    width: Math.max(LEAST_WIDTH[window.function], window.width + deltaX * perPx),
    center: window.center + deltaY * perPx,
  };
}

/** To digits that can be read: a hundredth of the width or better, whole numbers where those are finer. */
export function rounded(window: GreyWindow): GreyWindow {
  const digits = Math.max(0, Math.min(9, 2 - Math.floor(Math.log10(window.width))));
  const width = Math.max(LEAST_WIDTH[window.function], Number(window.width.toFixed(digits)));
  return { ...window, width, center: Number(window.center.toFixed(digits)) };
}
