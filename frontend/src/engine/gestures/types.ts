/** What goes into the recognisers and what comes out of them. Positions are CSS pixels from the surface's top left corner. */

export interface PointerSample {
  readonly id: number;
  readonly kind: "mouse" | "touch" | "pen";
  readonly x: number;
  readonly y: number;
  readonly timeMs: number;
  /** Mouse only, as PointerEvent.button: 0 left, 1 middle, 2 right. */
  readonly button: number;
  /** The space bar is held: a left drag moves the picture. */
  readonly space: boolean;
}

export interface WheelSample {
  readonly x: number;
  readonly y: number;
  readonly deltaX: number;
  readonly deltaY: number;
  /** As WheelEvent.deltaMode: 0 pixels, 1 lines, 2 pages. */
  readonly mode: number;
  readonly ctrl: boolean;
  readonly timeMs: number;
}

/** What one finger (or the left button) does now. */
export type DragTool = "scroll" | "window" | "pan" | "aim";

export type Intent =
  | { readonly kind: "contact"; readonly down: boolean }
  /** Positive is forward in the stack: the finger goes down. */
  | { readonly kind: "scroll"; readonly delta: number }
  | { readonly kind: "fling"; readonly velocity: number }
  | { readonly kind: "step"; readonly slices: number }
  | { readonly kind: "pan"; readonly deltaX: number; readonly deltaY: number }
  | { readonly kind: "zoom"; readonly factor: number; readonly x: number; readonly y: number }
  | { readonly kind: "window"; readonly deltaX: number; readonly deltaY: number }
  | { readonly kind: "windowEnd" }
  | { readonly kind: "tap"; readonly x: number; readonly y: number }
  | { readonly kind: "doubleTap"; readonly x: number; readonly y: number }
  /** How far a finger went sideways since it set out; let go, at so many pixels a millisecond. Called off it went nowhere. */
  | { readonly kind: "slide"; readonly offset: number }
  | { readonly kind: "slideEnd"; readonly offset: number; readonly velocity: number }
  | { readonly kind: "magnify"; readonly x: number; readonly y: number }
  | { readonly kind: "magnifyEnd" }
  /** A mark is moved by as much as the finger, which need not lie on it. */
  | { readonly kind: "aim"; readonly deltaX: number; readonly deltaY: number }
  /** A mouse passes without a button. */
  | { readonly kind: "hover"; readonly x: number; readonly y: number }
  | { readonly kind: "hoverEnd" };
