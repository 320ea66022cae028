/** The panes that hang together: which row of the study's hanging they begin with, and how each image lies in its pane. */

import { effect, signal } from "@preact/signals";
import { type Fit, type View, fit } from "../../../engine/index";
import type { DigestFormat, Hung } from "../../../protocol/index";
import { type Pose, fitBeside, poseOf, wholePxPerMm } from "./hanging";
import type { Reading } from "./reading";
import type { Room } from "./room";
import type { Place } from "./stacks";

const UPRIGHT: Pose = { wall: null, turns: 0, flipped: false };

export class HungPanes {
  /** The first of the rows that hang; null while none does. */
  readonly row = signal<number | null>(null);
  #room: Room;
  #poses = signal<ReadonlyMap<number, Pose>>(new Map());

  constructor(room: Room) {
    this.#room = room;
  }

  /** Whether what is on screen hangs side by side. */
  get isOn(): boolean {
    return this.#room.shown.value.some(({ id }) => this.#poses.value.has(id));
  }

  get rows(): readonly (readonly Hung[])[] {
    return this.#room.study.digest.hanging?.rows ?? [];
  }

  /** Whether there is a row to go on to from the one that hangs. */
  canStep(by: 1 | -1): boolean {
    const { value: row } = this.row;
    if (row === null || !this.isOn) return false;
    return by < 0 ? row > 0 : row + Math.ceil(this.#room.shown.value.length / 2) < this.rows.length;
  }

  /** What hangs in so many panes, two for each row; null where a pane stays empty. */
  columnsFrom(row: number, count: number): (Hung | null)[] {
    return Array.from({ length: count / 2 }, (_, below) => inColumns(this.rows[row + below] ?? [])).flat();
  }

  /** Where an image of a hanging is in the strip. */
  placeOf({ series, instance }: Hung): Place | null {
    const { digest, items } = this.#room.study;
    const told = digest.series[series]?.instances[instance];
    for (const [item, { slices }] of items.entries()) {
      const index = slices.findIndex((slice) => slice.instance === told);
      if (index !== -1) return { item, index };
    }
    return null;
  }

  /** These panes hang, each by what the hanging says of it, from this row on. */
  set(row: number, hung: readonly (readonly [Reading, Hung | null])[]): void {
    this.row.value = row;
    // Those that hung before stay in it: what they are asked last is how they hung.
    this.#poses.value = new Map([
      ...this.#poses.peek(),
      ...hung.flatMap(([reading, one]) => {
        const format = formatOf(reading);
        return format === undefined || one === null ? [] : [[reading.id, poseOf(one, format)] as const];
      }),
    ]);
  }

  /** Something else is shown in a pane: it hangs no longer. */
  leave(reading: Reading): void {
    if (!this.#poses.peek().has(reading.id)) return;
    this.#poses.value = new Map([...this.#poses.peek()].filter(([id]) => id !== reading.id));
  }

  has(reading: Reading): boolean {
    return this.#poses.peek().has(reading.id);
  }

  /** How an image lies before the reader turns it. */
  uprightOf(reading: Reading): Pick<View, "turns" | "flipped"> {
    const { turns, flipped } = this.#poses.peek().get(reading.id) ?? UPRIGHT;
    return { turns, flipped };
  }

  /** How the picture of a pane lies while it is fitted. */
  fitOf(reading: Reading): Fit {
    return (view, image, viewport) => {
      const pose = this.#poses.peek().get(reading.id);
      const format = formatOf(reading);
      if (pose === undefined || format === undefined) return fit(view, image, viewport);
      return fitBeside(format, pose, this.#pxPerMm())(view, image, viewport);
    };
  }

  /** When one pane changes its size, all that hang with it change theirs. Until the returned function is called. */
  start(): () => void {
    return effect(() => {
      const hung = this.#hung();
      const sizes = hung.map(({ viewport }) => viewport.value);
      if (sizes.some(({ width }) => width > 0)) for (const reading of hung) reading.setView((view) => view);
    });
  }

  #hung(): Reading[] {
    return this.#room.shown.value.filter(({ id }) => this.#poses.value.has(id));
  }

  /** As large as the pane allows that has the least room; null where millimetres are not known of all. */
  #pxPerMm(): number | null {
    const scales = this.#hung()
      .filter(({ viewport }) => viewport.peek().width > 0)
      .map((reading) => {
        const format = formatOf(reading);
        return format === undefined ? null : wholePxPerMm(format, this.uprightOf(reading).turns, reading.viewport.peek());
      });
    return scales.some((scale) => scale === null) ? null : Math.min(...scales.filter((scale) => scale !== null));
  }
}

/** A left breast alone still hangs at the right. */
function inColumns([one, other]: readonly Hung[]): (Hung | null)[] {
  return other === undefined && one?.chestWall === "left" ? [null, one] : [one ?? null, other ?? null];
}

function formatOf(reading: Reading): DigestFormat | undefined {
  return reading.item.peek()?.slices[reading.index.peek()]?.format;
}
