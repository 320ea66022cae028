/**
 * Decides what the pointers on the picture mean, and says so as deltas. It knows nothing of pictures.
 *
 * One finger does what the tool says (scroll, window, pan, aim), two zoom and pan, three change the window. A mouse: left
 * changes the window (or moves, with space), middle moves, right zooms. Lifting one of several fingers ends the gesture
 * rather than turn it into another one.
 */

import type { Point } from "../model";
import { FLING_FROM } from "./momentum";
import { middleOf, pinchDelta } from "./pinch";
import { LONG_PRESS_MS, TapRecogniser, isBeyondSlop } from "./taps";
import type { DragTool, Intent, PointerSample } from "./types";
import { VelocityTracker } from "./velocity";

type Phase = "idle" | "pressed" | "drag" | "magnify" | "pinch" | "window3" | "spent";
type Drag = DragTool | "zoom" | "slide";

interface Contact {
  readonly start: Point;
  readonly startMs: number;
  at: Point;
}

const RIGHT_DRAG_ZOOM_PER_PX = 0.008;

export class Arbiter {
  tool: DragTool = "scroll";
  /** One finger that sets out sideways slides to what lies beside, whatever the tool. */
  slides = false;
  #phase: Phase = "idle";
  #contacts = new Map<number, Contact>();
  #drag: Drag = "scroll";
  #dragFrom: Point = { x: 0, y: 0 };
  #taps = new TapRecogniser();
  #velocity = new VelocityTracker();

  /** When `onTime` must be called if nothing else happens; null when it need not. */
  get deadlineMs(): number | null {
    const first = this.#first();
    return this.#phase === "pressed" && first !== undefined ? first.startMs + LONG_PRESS_MS : null;
  }

  onDown(sample: PointerSample): Intent[] {
    const at = { x: sample.x, y: sample.y };
    const isFirst = this.#contacts.size === 0;
    this.#contacts.set(sample.id, { start: at, startMs: sample.timeMs, at });
    if (isFirst) return this.#begin(sample);
    if (sample.kind === "mouse") return [];
    return this.#more();
  }

  onMove(sample: PointerSample): Intent[] {
    const contact = this.#contacts.get(sample.id);
    if (contact === undefined) return sample.kind === "mouse" ? [{ kind: "hover", x: sample.x, y: sample.y }] : [];
    const before = [...this.#contacts.values()].map((one) => one.at);
    const from = contact.at;
    contact.at = { x: sample.x, y: sample.y };
    switch (this.#phase) {
      case "pressed":
        return this.#maybeDrag(contact, sample.timeMs);
      case "drag":
        return this.#dragged(from, contact, sample.timeMs);
      case "magnify":
        return [{ kind: "magnify", x: sample.x, y: sample.y }];
      case "pinch":
        return this.#pinched(before);
      case "window3":
        return this.#windowed(before);
      default:
        return [];
    }
  }

  onUp(sample: PointerSample): Intent[] {
    const contact = this.#contacts.get(sample.id);
    if (contact === undefined) return [];
    this.#contacts.delete(sample.id);
    const intents = this.#ended(contact, sample);
    this.#phase = this.#contacts.size === 0 ? "idle" : "spent";
    return this.#contacts.size === 0 ? [...intents, { kind: "contact", down: false }] : intents;
  }

  /** The system took the pointer away: nothing is concluded from its leaving. */
  onCancel(id: number): Intent[] {
    if (!this.#contacts.delete(id)) return [];
    const intents = this.#stop();
    this.#taps.forget();
    this.#phase = this.#contacts.size === 0 ? "idle" : "spent";
    return this.#contacts.size === 0 ? [...intents, { kind: "contact", down: false }] : intents;
  }

  onTime(timeMs: number): Intent[] {
    const deadline = this.deadlineMs;
    const first = this.#first();
    if (deadline === null || first === undefined || timeMs < deadline) return [];
    this.#phase = "magnify";
    return [{ kind: "magnify", x: first.at.x, y: first.at.y }];
  }

  #first(): Contact | undefined {
    return this.#contacts.values().next().value;
  }

  #begin(sample: PointerSample): Intent[] {
    this.#velocity = new VelocityTracker();
    if (sample.kind === "mouse") {
      this.#phase = "drag";
      this.#drag = mouseDrag(sample);
    } else {
      this.#phase = "pressed";
      this.#drag = this.tool;
    }
    return [{ kind: "contact", down: true }];
  }

  #more(): Intent[] {
    const intents = this.#stop();
    this.#taps.forget();
    if (this.#phase === "spent") return intents;
    this.#phase = this.#contacts.size === 2 ? "pinch" : this.#contacts.size === 3 ? "window3" : "spent";
    return intents;
  }

  #maybeDrag(contact: Contact, timeMs: number): Intent[] {
    if (!isBeyondSlop(contact.start, contact.at)) return [];
    this.#phase = "drag";
    this.#taps.forget();
    if (this.slides && isSideways(contact.start, contact.at)) this.#drag = "slide";
    // From here on, not from where the finger came down: otherwise the picture jumps by the slop.
    this.#dragFrom = contact.at;
    this.#velocity.add(this.#drag === "slide" ? contact.at.x : contact.at.y, timeMs);
    return [];
  }

  #dragged(from: Point, contact: Contact, timeMs: number): Intent[] {
    const deltaX = contact.at.x - from.x;
    const deltaY = contact.at.y - from.y;
    if (deltaX === 0 && deltaY === 0) return [];
    switch (this.#drag) {
      case "scroll":
        this.#velocity.add(contact.at.y, timeMs);
        return [{ kind: "scroll", delta: deltaY }];
      case "window":
        return [{ kind: "window", deltaX, deltaY }];
      case "pan":
        return [{ kind: "pan", deltaX, deltaY }];
      case "aim":
        return [{ kind: "aim", deltaX, deltaY }];
      case "slide":
        this.#velocity.add(contact.at.x, timeMs);
        return [{ kind: "slide", offset: contact.at.x - this.#dragFrom.x }];
      case "zoom":
        return [
          {
            kind: "zoom",
            factor: Math.exp(-deltaY * RIGHT_DRAG_ZOOM_PER_PX),
            x: contact.start.x,
            y: contact.start.y,
          },
        ];
    }
  }

  #pinched(before: readonly Point[]): Intent[] {
    const [one, other] = [...this.#contacts.values()].map((contact) => contact.at);
    const [was, wasOther] = before;
    if (one === undefined || other === undefined || was === undefined || wasOther === undefined) return [];
    const { factor, middle, deltaX, deltaY } = pinchDelta([was, wasOther], [one, other]);
    return [
      { kind: "pan", deltaX, deltaY },
      { kind: "zoom", factor, x: middle.x, y: middle.y },
    ];
  }

  #windowed(before: readonly Point[]): Intent[] {
    const was = middleOf(before);
    const now = middleOf([...this.#contacts.values()].map((contact) => contact.at));
    return [{ kind: "window", deltaX: now.x - was.x, deltaY: now.y - was.y }];
  }

  #ended(contact: Contact, sample: PointerSample): Intent[] {
    if (this.#phase === "pressed" || this.#isClick(contact, sample) || this.#wasLeftInTime(contact, sample)) {
      const tap = this.#taps.onTap(contact.at, contact.startMs, sample.timeMs);
      const stop = this.#stop();
      return tap === null ? stop : [...stop, { kind: tap, x: contact.at.x, y: contact.at.y }];
    }
    return this.#phase === "drag" ? this.#letGo(contact, sample.timeMs) : this.#stop();
  }

  #letGo(contact: Contact, timeMs: number): Intent[] {
    const velocity = this.#velocity.velocity(timeMs);
    if (this.#drag === "slide") return [{ kind: "slideEnd", offset: contact.at.x - this.#dragFrom.x, velocity }];
    if (this.#drag === "scroll") return Math.abs(velocity) >= FLING_FROM ? [{ kind: "fling", velocity }] : [];
    return this.#stop();
  }

  #isClick(contact: Contact, sample: PointerSample): boolean {
    return (
      sample.kind === "mouse" &&
      sample.button === 0 &&
      this.#phase === "drag" &&
      !isBeyondSlop(contact.start, contact.at)
    );
  }

  /** A busy page hears of it only after the time for a long press: it is still no long press. */
  #wasLeftInTime(contact: Contact, sample: PointerSample): boolean {
    const stayed = !isBeyondSlop(contact.start, contact.at);
    return this.#phase === "magnify" && stayed && sample.timeMs - contact.startMs < LONG_PRESS_MS;
  }

  /** What must be said when the gesture under way is over. */
  #stop(): Intent[] {
    if (this.#phase === "magnify") return [{ kind: "magnifyEnd" }];
    if (this.#phase === "drag" && this.#drag === "slide") return [{ kind: "slideEnd", offset: 0, velocity: 0 }];
    const isWindow = this.#phase === "window3" || (this.#phase === "drag" && this.#drag === "window");
    return isWindow ? [{ kind: "windowEnd" }] : [];
  }
}

/** How much more sideways than up or down: a thumb that scrolls goes in a curve. */
const SIDEWAYS = 1.7;

function isSideways(from: Point, to: Point): boolean {
  return Math.abs(to.x - from.x) > SIDEWAYS * Math.abs(to.y - from.y);
}

function mouseDrag(sample: PointerSample): Drag {
  if (sample.button === 1 || sample.space) return "pan";
  return sample.button === 2 ? "zoom" : "window";
}
