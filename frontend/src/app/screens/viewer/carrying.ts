/** Carries an entry of the rail to a pane, under a mouse or a finger. */

import { type Signal, signal } from "@preact/signals";

/** What is carried and where it is, CSS pixels; the pane that it would be put into. */
export interface Carried {
  readonly thumbnail: string | null;
  readonly x: number;
  readonly y: number;
  readonly paneId: number | null;
}

export const carried: Signal<Carried | null> = signal(null);

/** What moves less is a tap. */
const SLOP_PX = 8;

/**
 * Follows the pointer that came down on an entry. A finger that goes along the rail scrolls it: the browser takes that
 * one away (touch-action of the entries), and nothing is carried.
 */
export function carryFrom(
  down: PointerEvent & { currentTarget: HTMLElement },
  thumbnail: Carried["thumbnail"],
  drop: (paneId: number) => void,
): void {
  if (down.button !== 0) return;
  const entry = down.currentTarget;
  const following = new AbortController();
  const { signal: until } = following;
  const end = (): void => {
    following.abort();
    carried.value = null;
  };
  const onMove = (event: PointerEvent): void => {
    if (event.pointerId !== down.pointerId) return;
    const { clientX: x, clientY: y } = event;
    if (carried.value === null && Math.hypot(x - down.clientX, y - down.clientY) < SLOP_PX) return;
    if (carried.value === null && event.isTrusted) entry.setPointerCapture(event.pointerId);
    carried.value = { thumbnail, x, y, paneId: paneAt(x, y) };
  };
  const onUp = (event: PointerEvent): void => {
    if (event.pointerId !== down.pointerId) return;
    const { value } = carried;
    end();
    if (value === null) return;
    // Letting go is no tap on the entry.
    entry.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => {
      entry.removeEventListener("click", swallow, { capture: true });
    });
    if (value.paneId !== null) drop(value.paneId);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === "Escape") end();
  };
  addEventListener("pointermove", onMove, { signal: until });
  addEventListener("pointerup", onUp, { signal: until });
  addEventListener("pointercancel", end, { signal: until });
  addEventListener("keydown", onKey, { signal: until });
}

function swallow(event: Event): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function paneAt(x: number, y: number): number | null {
  const pane = document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-pane]");
  return pane === null || pane === undefined ? null : Number(pane.dataset["pane"]);
}
