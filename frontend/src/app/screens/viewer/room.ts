/** The room in which a study is read: one pane or several, one of them in hand, and what stands around them all. */

import { type ReadonlySignal, batch, computed, signal } from "@preact/signals";
import type { Digest } from "../../../protocol/index";
import { Comparing } from "./comparing";
import { HungPanes } from "./hungPanes";
import { isLow, isWide } from "./layout";
import { Linking } from "./linking";
import { type Left, Reading } from "./reading";
import { type Item, type Place, firstPlace, itemsOf } from "./stacks";

/** How many panes there are. */
export type Layout = 1 | 2 | 4;
export const LAYOUTS: readonly Layout[] = [1, 2, 4];

const MOST_PANES = 4;
/** Nobody reads one breast alone who has room for both. */
const HUNG_AT_ONCE = "mammography";

export type Panel = "series" | "window" | "turn" | "cine" | "layout" | "more";

/** A study that is open in the room: the one that is read, or one that it is compared with. */
export interface Study {
  readonly digest: Digest;
  readonly items: readonly Item[];
}

export class Room {
  /** The one that was opened. */
  readonly study: Study;
  readonly panes: ReadonlySignal<readonly Reading[]>;
  /** The pane in hand: buttons and keys are for this one. */
  readonly active: ReadonlySignal<Reading>;
  /** The pane in hand, or else the first that shows the study that was opened. */
  readonly own: ReadonlySignal<Reading>;
  /** Those on screen: a phone has room for two. */
  readonly shown: ReadonlySignal<readonly Reading[]>;
  readonly layouts = computed(() => LAYOUTS.filter((count) => count <= mostPanes()));
  readonly layout: ReadonlySignal<Layout>;
  readonly panel = signal<Panel | null>(null);
  /** How high a panel's sheet stands on a phone; it takes from the picture's place. */
  readonly sheet = signal<"peek" | "half" | "full">("half");
  readonly isHelpShown = signal(false);
  readonly isShareShown = signal(false);
  /** A finger is on a picture. */
  readonly isTouched = signal(false);
  /** Something has been drawn: what is less urgent than the first picture may come now. */
  readonly hasBegun = signal(false);
  /** How each series was left, for when the reader comes back to it in whichever pane. */
  readonly left = new Map<string, Left>();
  readonly linking: Linking;
  readonly comparing: Comparing;
  readonly hung: HungPanes;
  readonly #panes = signal<readonly Reading[]>([]);
  readonly #activeId = signal(0);
  /** Whether the reader wants the series beside the picture; null while they have not said. */
  readonly #railWanted = signal<boolean | null>(null);
  readonly isRailShown = computed(() => this.#railWanted.value ?? this.#isRailOfUse());
  #lastId = 0;

  constructor(digest: Digest) {
    this.study = { digest, items: itemsOf(digest) };
    const first = this.#read(this.study, firstPlace(digest, this.study.items) ?? { item: 0, index: 0 });
    this.#panes.value = [first];
    this.#activeId.value = first.id;
    this.panes = this.#panes;
    this.active = computed(() => this.#panes.value.find(({ id }) => id === this.#activeId.value) ?? first);
    this.own = computed(() => {
      const isOwn = (reading: Reading): boolean => reading.digest === digest;
      return isOwn(this.active.value) ? this.active.value : (this.#panes.value.find(isOwn) ?? this.active.value);
    });
    this.shown = computed(() => fewest(this.#panes.value, this.active.value, mostPanes()));
    this.layout = computed(() => layoutFor(this.shown.value.length));
    this.linking = new Linking(this);
    this.comparing = new Comparing(this);
    this.hung = new HungPanes(this);
    if (digest.hanging?.name === HUNG_AT_ONCE && mostPanes() === MOST_PANES) this.#hang(0, digest.hanging.rows.length > 1 ? 4 : 2);
  }

  /** Begins what goes on while the room is open; the returned function ends it. */
  start(): () => void {
    const stops = [this.linking.start(), this.comparing.start(), this.hung.start()];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** So many panes. A study that hangs side by side does; else new ones show the series that follow and are not shown yet. */
  setLayout(count: Layout): void {
    if (count > 1 && this.hung.rows.length > 0 && !this.comparing.isOn.peek()) {
      this.#hang(0, count);
      return;
    }
    const panes = fewest(this.#panes.peek(), this.active.peek(), count);
    batch(() => {
      this.#panes.value = panes;
      for (let missing = count - panes.length; missing > 0; missing -= 1) this.#addPane();
    });
  }

  /** The next layout that there is room for. */
  nextLayout(): void {
    const layouts = this.layouts.peek();
    const next = layouts[(layouts.indexOf(this.layout.peek()) + 1) % layouts.length];
    if (next !== undefined) this.setLayout(next);
  }

  activate(reading: Reading): void {
    this.#activeId.value = reading.id;
  }

  /** The next series in the pane in hand, or the next row where images hang side by side; or the one before. */
  stepSeries(by: 1 | -1): void {
    const { row } = this.hung;
    if (row.peek() !== null && this.hung.canStep(by)) this.#hang((row.peek() ?? 0) + by, this.layout.peek());
    else this.active.peek().stepItem(by);
  }

  nextPane(): void {
    const shown = this.shown.peek();
    const next = shown[(shown.indexOf(this.active.peek()) + 1) % shown.length];
    if (next !== undefined) this.activate(next);
  }

  /** Shows a series in a pane, which is then the one in hand. */
  put(study: Study, item: number, paneId: number): void {
    const into = this.#panes.peek().find(({ id }) => id === paneId);
    if (into === undefined) return;
    if (into.digest === study.digest) {
      this.activate(into);
      into.openItem(item);
    } else {
      this.#replace(into, this.#read(study, { item, index: middleOf(study.items[item]) }), true);
    }
  }

  /** Shows a series of another study beside the one that is read. */
  putBeside(study: Study, item: number): void {
    const place = { item, index: middleOf(study.items[item]) };
    const own = this.own.peek();
    batch(() => {
      this.#panes.value = [own, this.#read(study, place)];
      this.activate(own);
    });
  }

  /** The study that was opened and nothing else. */
  readAlone(): void {
    this.activate(this.own.peek());
    this.setLayout(1);
  }

  toggleRail(): void {
    this.#railWanted.value = !this.isRailShown.value;
  }

  /** Opens a panel, or closes it when it is the one that is open. Only one is open at a time. */
  togglePanel(panel: Panel): void {
    this.panel.value = this.panel.value === panel ? null : panel;
  }

  /** Rows of the hanging, two panes each; the pane in hand is the one of the study's first picture, where that hangs. */
  #hang(row: number, count: Layout): void {
    const hung = this.hung.columnsFrom(row, count);
    const panes = hung.map((one) => this.#read(this.study, one === null ? null : this.hung.placeOf(one)));
    const before = this.active.peek().itemIndex.peek();
    batch(() => {
      this.#panes.value = panes;
      this.activate(panes.find(({ itemIndex }) => itemIndex.peek() === before) ?? panes[0] ?? this.active.peek());
      this.hung.set(row, panes.map((pane, place) => [pane, hung[place] ?? null]));
    });
  }

  #isRailOfUse(): boolean {
    return !isLow.value && (this.study.items.length > 1 || this.#panes.value.length > 1);
  }

  #read(study: Study, place: Place | null): Reading {
    this.#lastId += 1;
    return new Reading({ id: this.#lastId, room: this, ...study, place });
  }

  #replace(before: Reading, after: Reading, isActive: boolean): void {
    batch(() => {
      this.#panes.value = this.#panes.peek().map((pane) => (pane === before ? after : pane));
      if (isActive) this.activate(after);
    });
  }

  #addPane(): void {
    const panes = this.#panes.peek();
    const { digest, items } = this.study;
    const taken = panes.map((pane) => (pane.digest === digest ? pane.itemIndex.peek() : null));
    const item = nextFree(items, taken, this.own.peek().itemIndex.peek() ?? 0);
    this.#panes.value = [...panes, this.#read(this.study, item === null ? null : { item, index: middleOf(items[item]) })];
  }
}

function middleOf(item: Item | undefined): number {
  return Math.floor((item?.slices.length ?? 0) / 2);
}

function mostPanes(): number {
  return isWide.value && !isLow.value ? MOST_PANES : 2;
}

function layoutFor(panes: number): Layout {
  return LAYOUTS.find((count) => count >= panes) ?? 4;
}

/** At most so many of the panes, the one in hand among them. */
function fewest(panes: readonly Reading[], active: Reading, most: number): readonly Reading[] {
  if (panes.length <= most) return panes;
  const first = panes.slice(0, most);
  return first.includes(active) ? first : [...first.slice(0, most - 1), active];
}

/** The next entry after `from`, round the strip, that can be shown and is not taken; null where there is none. */
export function nextFree(items: readonly Item[], taken: readonly (number | null)[], from: number): number | null {
  for (let step = 1; step < items.length; step += 1) {
    const place = (from + step) % items.length;
    if (!taken.includes(place) && (items[place]?.slices.length ?? 0) > 0) return place;
  }
  return null;
}
