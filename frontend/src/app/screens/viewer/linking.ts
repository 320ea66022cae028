/** Lets the panes of a room go along with the one in hand: its place in the body, and if wanted its zoom and window. */

import { effect, signal, untracked } from "@preact/signals";
import { type Anchor, type Followed, type Linked, follow } from "./link";
import type { Reading } from "./reading";
import type { Room } from "./room";
import { type Passed, windowFor, viewFor } from "./together";

/** What the pane in hand was like when the others last went along. */
interface Last {
  readonly leading: Reading;
  readonly itemId: string;
  readonly index: number;
  readonly passed: Passed;
}

export class Linking {
  /** Panes scroll together where they go together. */
  readonly isOn = signal(true);
  /** Panes of one modality zoom, move and change their window together. */
  readonly isLookOn = signal(false);
  #room: Room;
  /** By the two entries that the reader laid beside each other. */
  #anchors = new Map<string, Anchor>();
  #last: Last | null = null;

  constructor(room: Room) {
    this.#room = room;
  }

  /** Until the returned function is called. */
  start(): () => void {
    return effect(() => {
      const leading = this.#room.active.value;
      const item = leading.item.value;
      const state = leading.state.value;
      const [scrolls, looks] = [this.isOn.value, this.isLookOn.value];
      if (item === undefined || state === null) return;
      const last = this.#last;
      const passed = { view: state.view, window: state.isOwnWindow ? null : state.window };
      this.#last = { leading, itemId: item.id, index: state.index, passed };
      // Taking another pane in hand, or showing another series in it, moves nothing yet.
      if (last?.leading !== leading || last.itemId !== item.id) return;
      untracked(() => {
        for (const other of this.#others(leading)) {
          if (scrolls && last.index !== state.index) this.#scroll(leading, other);
          if (looks) this.#look(leading, other, last.passed, passed);
        }
      });
    });
  }

  /**
   * How a pane goes along with the one in hand, or while it is in hand itself, the first with it; null where they do not.
   * Told of all but the first, so that what is printed stays where it is.
   */
  relationOf(reading: Reading): Followed | null {
    const [first] = this.#room.shown.value;
    const active = this.#room.active.value;
    if (first === undefined || reading === first) return null;
    return active === reading ? this.#followed(reading, first) : this.#followed(active, reading);
  }

  /** Which slice a pane begins with, beside what the others show; null where it goes with none of them. */
  placeFor(beginning: Reading): number | null {
    if (!this.isOn.peek()) return null;
    for (const beside of this.#others(beginning)) {
      if (beside.state.peek() === null) continue;
      const followed = untracked(() => this.#followed(beside, beginning));
      if (followed !== null) return followed.index;
    }
    return null;
  }

  /**
   * Lets go, or takes up again. Whatever the reader laid beside each other meanwhile stays so from then on; what lies as
   * it would by itself needs no hand.
   */
  toggle(): void {
    const leading = this.#room.active.peek();
    for (const other of this.#others(leading)) {
      const names = [nameOf(leading, other), nameOf(other, leading)] as const;
      for (const name of names) this.#anchors.delete(name);
      const own = untracked(() => this.#followed(leading, other));
      if (this.isOn.peek() || own === null || own.index === other.index.peek()) continue;
      this.#anchors.set(names[0], { leading: leading.index.peek(), following: other.index.peek() });
      this.#anchors.set(names[1], { leading: other.index.peek(), following: leading.index.peek() });
    }
    this.isOn.value = !this.isOn.peek();
  }

  toggleLook(): void {
    this.isLookOn.value = !this.isLookOn.peek();
    const leading = this.#room.active.peek();
    const last = this.#last;
    if (!this.isLookOn.peek() || last?.leading !== leading) return;
    for (const other of this.#others(leading)) this.#look(leading, other, null, last.passed);
  }

  #others(reading: Reading): Reading[] {
    return this.#room.shown.peek().filter((other) => other !== reading && other.item.peek() !== undefined);
  }

  #followed(leading: Reading, following: Reading): Followed | null {
    const [one, other] = [linkedOf(leading), linkedOf(following)];
    if (one === null || other === null) return null;
    return follow(one, leading.index.value, other, this.#anchors.get(nameOf(leading, following)) ?? null);
  }

  #scroll(leading: Reading, other: Reading): void {
    const followed = this.#followed(leading, other);
    if (followed !== null) other.goTo(followed.index);
  }

  #look(leading: Reading, other: Reading, before: Passed | null, now: Passed): void {
    const [one, another] = [leading.slice.peek(), other.slice.peek()];
    if (one === undefined || another === undefined || !areOfOneKind(leading, other)) return;
    if (before?.view !== now.view) other.setView((view) => viewFor(view, now.view, one.format, another.format));
    const window = before?.window === now.window ? undefined : windowFor(now.window, one.format, another.format);
    if (window !== undefined) other.setWindow(window);
  }
}

function areOfOneKind(one: Reading, other: Reading): boolean {
  return one.item.peek()?.series.modality === other.item.peek()?.series.modality;
}

function linkedOf(reading: Reading): Linked | null {
  const { value: item } = reading.item;
  return item === undefined ? null : { study: reading.digest.study.uid, item };
}

function nameOf(leading: Reading, following: Reading): string {
  return `${leading.item.peek()?.id ?? ""} ${following.item.peek()?.id ?? ""}`;
}
