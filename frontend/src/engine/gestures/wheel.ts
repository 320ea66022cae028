/** From wheels and touch pads to slices and zoom. Pure. */

import type { Intent, WheelSample } from "./types";

const PX_PER_LINE = 40;
const PX_PER_PAGE = 400;
/** A notch of a wheel is at least this much; touch pads send many smaller ones. */
const NOTCH_PX = 50;
const TOUCHPAD_PX_PER_SLICE = 24;
const ZOOM_PER_PX = 0.0025;
const MOST_ZOOM_STEP = 1.35;
/** Pauses longer than this begin a new movement. */
const PAUSE_MS = 250;

export class WheelRecogniser {
  #rest = 0;
  #lastMs = -Infinity;

  onWheel(sample: WheelSample): Intent[] {
    const pixels = inPixels(sample);
    if (pixels === 0) return [];
    if (sample.ctrl) return [zoomIntent(sample, pixels)];
    const slices = this.#slices(pixels, sample);
    return slices === 0 ? [] : [{ kind: "step", slices }];
  }

  #slices(pixels: number, sample: WheelSample): number {
    const turnedBack = Math.sign(pixels) !== Math.sign(this.#rest);
    if (turnedBack || sample.timeMs - this.#lastMs > PAUSE_MS) this.#rest = 0;
    this.#lastMs = sample.timeMs;
    // A notched wheel moves by one slice a notch, however many lines the system makes of a notch.
    if (sample.mode !== 0 || Math.abs(pixels) >= NOTCH_PX) return Math.sign(pixels);
    this.#rest += pixels / TOUCHPAD_PX_PER_SLICE;
    const whole = Math.trunc(this.#rest);
    this.#rest -= whole;
    return whole;
  }
}

/** Zoom of a wheel at a point: up is nearer. Pinches of a touch pad come as wheels with ctrl. */
export function zoomIntent(sample: WheelSample, pixels = inPixels(sample)): Intent {
  const factor = Math.exp(-pixels * ZOOM_PER_PX);
  const limited = Math.min(MOST_ZOOM_STEP, Math.max(1 / MOST_ZOOM_STEP, factor));
  return { kind: "zoom", factor: limited, x: sample.x, y: sample.y };
}

function inPixels({ deltaX, deltaY, mode }: WheelSample): number {
  // With shift held some systems turn the wheel sideways.
  const delta = Math.abs(deltaY) >= Math.abs(deltaX) ? deltaY : deltaX;
  if (mode === 1) return delta * PX_PER_LINE;
  return mode === 2 ? delta * PX_PER_PAGE : delta;
}
