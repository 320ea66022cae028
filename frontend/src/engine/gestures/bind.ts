/** Listens to a surface and passes what the arbiter makes of it: the only gesture file that knows the DOM. */

import { Arbiter } from "./arbiter";
import type { DragTool, Intent, PointerSample } from "./types";
import { WheelRecogniser } from "./wheel";

export interface BoundGestures {
  setTool(tool: DragTool): void;
  /** Whether one finger that goes sideways slides, rather than do what the tool says. */
  setSlides(slides: boolean): void;
  release(): void;
}

/** Passes the gestures on `surface` to `perform` until released. The surface needs `touch-action: none`. */
export function bindGestures(surface: HTMLElement, perform: (intent: Intent) => void): BoundGestures {
  const arbiter = new Arbiter();
  const wheel = new WheelRecogniser();
  const listening = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let space = false;

  const tell = (intents: readonly Intent[]): void => {
    intents.forEach(perform);
    clearTimeout(timer);
    const deadline = arbiter.deadlineMs;
    if (deadline === null) return;
    timer = setTimeout(
      () => {
        tell(arbiter.onTime(performance.now()));
      },
      Math.max(0, deadline - performance.now()),
    );
  };
  const sampleOf = (event: PointerEvent): PointerSample => {
    const box = surface.getBoundingClientRect();
    return {
      id: event.pointerId,
      kind: event.pointerType === "touch" || event.pointerType === "pen" ? event.pointerType : "mouse",
      x: event.clientX - box.left,
      y: event.clientY - box.top,
      timeMs: event.timeStamp,
      button: event.button,
      space,
    };
  };
  const on = <Name extends keyof HTMLElementEventMap>(
    name: Name,
    listener: (event: HTMLElementEventMap[Name]) => void,
  ): void => {
    surface.addEventListener(name, listener, { passive: false, signal: listening.signal });
  };

  on("pointerdown", (event) => {
    // The surface keeps the pointer when it leaves the picture; a synthetic pointer cannot be kept.
    if (event.isTrusted) surface.setPointerCapture(event.pointerId);
    if (event.pointerType === "mouse") event.preventDefault();
    tell(arbiter.onDown(sampleOf(event)));
  });
  on("pointermove", (event) => {
    tell(arbiter.onMove(sampleOf(event)));
  });
  on("pointerup", (event) => {
    tell(arbiter.onUp(sampleOf(event)));
  });
  on("pointercancel", (event) => {
    tell(arbiter.onCancel(event.pointerId));
  });
  on("pointerleave", (event) => {
    if (event.pointerType === "mouse") tell([{ kind: "hoverEnd" }]);
  });
  on("wheel", (event) => {
    event.preventDefault();
    const box = surface.getBoundingClientRect();
    tell(
      wheel.onWheel({
        x: event.clientX - box.left,
        y: event.clientY - box.top,
        deltaX: event.deltaX,
        deltaY: event.deltaY,
        mode: event.deltaMode,
        ctrl: event.ctrlKey || event.metaKey,
        timeMs: event.timeStamp,
      }),
    );
  });
  // A right drag zooms, a middle drag pans: neither may open a menu or start the browser's own scrolling.
  on("contextmenu", (event) => {
    event.preventDefault();
  });
  on("auxclick", (event) => {
    event.preventDefault();
  });
  const onKey = (event: KeyboardEvent): void => {
    if (event.code === "Space") space = event.type === "keydown";
  };
  addEventListener("keydown", onKey, { signal: listening.signal });
  addEventListener("keyup", onKey, { signal: listening.signal });
  addEventListener("blur", () => (space = false), { signal: listening.signal });

  return {
    setTool: (tool) => {
      arbiter.tool = tool;
    },
    setSlides: (slides) => {
      arbiter.slides = slides;
    },
    release: () => {
      listening.abort();
      clearTimeout(timer);
    },
  };
}
