/** What to ask for, given what is looked at: a pure list, in order of importance. */

import { type Frame, type GreyWindow, type Stack, windowKey } from "../model";
import { type CinePlace, placesAfter } from "../stack/cine";
import { isHurried } from "../stack/travel";
import type { Box } from "../view/transform";
import { type Rung, type TilePlace, chooseRung, ladderOf, tilesIn } from "./ladder";
import type { Purpose, Want } from "./requestQueue";
import { type Tile, tileKey } from "./tile";

/** What is looked at now. */
export interface Gaze {
  readonly stack: Stack;
  readonly index: number;
  /** Where the reader is going: 1 forward, -1 back, 0 nowhere yet. */
  readonly direction: -1 | 0 | 1;
  /** Slices a second. */
  readonly speed: number;
  /** The part of the image on screen, image pixels; null when none is. */
  readonly part: Box | null;
  /** Device pixels for one image column. */
  readonly zoom: number;
  /** A magnifier's part and zoom. */
  readonly lens: { readonly part: Box; readonly zoom: number } | null;
  readonly window: GreyWindow | null;
  /** The window is moving: only what is on screen is asked for. */
  readonly isWindowing: boolean;
  /** A cine runs; null where none does. */
  readonly cine: CineGaze | null;
  /**
   * Full frames come as well. `first`: that of the frame on screen is on its way, and nothing may slow it down; `rest`:
   * full levels of others need not come as tiles.
   */
  readonly streaming: "none" | "first" | "rest";
}

/** Where a cine is, and how it goes on. */
export interface CineGaze extends CinePlace {
  readonly bounces: boolean;
}

const PLAIN = ["stack", "index", "direction", "speed", "zoom", "isWindowing", "streaming"] as const;

/** What is known of frames beside their tiles. */
export interface Known {
  /** The tile of this key, where it is here. */
  readonly held: (key: string) => Tile | undefined;
  /** Its own values are here: no tile of it is needed. */
  readonly isExact: (frame: Frame) => boolean;
  /** They will be in a moment: no more than its quick preview is needed. */
  readonly isComing: (frame: Frame) => boolean;
}

export function isSameGaze(one: Gaze, other: Gaze): boolean {
  return (
    PLAIN.every((key) => one[key] === other[key]) &&
    windowKey(one.window) === windowKey(other.window) &&
    isSameCine(one.cine, other.cine) &&
    isSameBox(one.part, other.part) &&
    isSameLens(one.lens, other.lens)
  );
}

function isSameCine(one: CineGaze | null, other: CineGaze | null): boolean {
  if (one === null || other === null) return one === other;
  return one.index === other.index && one.direction === other.direction && one.bounces === other.bounces;
}

function isSameLens(one: Gaze["lens"], other: Gaze["lens"]): boolean {
  if (one === null || other === null) return one === other;
  return one.zoom === other.zoom && isSameBox(one.part, other.part);
}

function isSameBox(one: Box | null, other: Box | null): boolean {
  if (one === null || other === null) return one === other;
  return one.x0 === other.x0 && one.y0 === other.y0 && one.x1 === other.x1 && one.y1 === other.y1;
}

export interface Reach {
  /** Slices in the direction of travel that are had at full level, and behind. */
  readonly ahead: number;
  readonly behind: number;
  /** Slices to either side that are had as a quick preview. */
  readonly preview: number;
}

export interface TileJob {
  readonly frame: Frame;
  readonly place: TilePlace;
  readonly window: GreyWindow | null;
}

/** A cine goes on only with full levels: so far ahead of it they are fetched, and nothing else is. */
const CINE_AHEAD = 24;

export function rungFor(frame: Frame, zoom: number): Rung | null {
  return chooseRung(ladderOf(frame.format), zoom);
}

export function wantsOf(gaze: Gaze, reach: Reach, known: Known): Want<TileJob>[] {
  const list = new WantList(gaze.window, known);
  const frame = gaze.stack.frames[gaze.index];
  if (frame === undefined) return [];
  addVisible(list, gaze, frame);
  if (gaze.isWindowing || gaze.streaming === "first") return list.wants;
  if (gaze.cine !== null) {
    const { length } = gaze.stack.frames;
    for (const { index } of placesAfter(gaze.cine, length, gaze.cine.bounces, CINE_AHEAD)) addNeighbour(list, gaze, index);
    return list.wants;
  }
  if (gaze.streaming === "none") addNear(list, gaze, reach);
  addPreviews(list, gaze, reach);
  return list.wants;
}

class WantList {
  readonly wants: Want<TileJob>[] = [];
  #seen = new Set<string>();
  readonly #window: GreyWindow | null;
  readonly #windowKey: string;
  readonly #known: Known;

  constructor(window: GreyWindow | null, known: Known) {
    this.#window = window;
    this.#windowKey = windowKey(window);
    this.#known = known;
  }

  isComing(frame: Frame): boolean {
    return this.#known.isComing(frame);
  }

  /** `anyWindow`: a tile of another window will do, since the painter re-windows it meanwhile. */
  add(purpose: Purpose, frame: Frame, place: TilePlace, anyWindow: boolean): void {
    if (this.#known.isExact(frame)) return;
    const tile = tileKey(frame, place);
    const held = this.#known.held(tile);
    if (held !== undefined && (anyWindow || isColour(frame) || held.windowKey === this.#windowKey)) return;
    const key = `${tile}@${this.#windowKey}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.wants.push({ key, purpose, job: { frame, place, window: isColour(frame) ? null : this.#window } });
  }
}

/** Windows are for greys: colours come as they are (PS3.3 C.11.2.1.2 applies to monochrome images). */
function isColour(frame: Frame): boolean {
  return frame.format.colour;
}

function addVisible(list: WantList, gaze: Gaze, frame: Frame): void {
  const ladder = ladderOf(frame.format);
  const [quick] = ladder;
  const target = chooseRung(ladder, gaze.zoom);
  if (quick === undefined || target === null) return;
  // The quick preview comes before all, once: in another window it will do where the full level follows at once.
  const isComing = list.isComing(frame);
  list.add("visible", frame, { rung: quick, x: 0, y: 0 }, isComing || (target.place > 0 && !isHurried(gaze.speed)));
  if (isComing) return;
  if (!isHurried(gaze.speed)) addPart(list, frame, target, gaze.part);
  if (gaze.lens !== null) addPart(list, frame, chooseRung(ladder, gaze.lens.zoom), gaze.lens.part);
}

function addPart(list: WantList, frame: Frame, rung: Rung | null, part: Box | null): void {
  if (rung === null || part === null) return;
  for (const place of tilesIn(rung, part)) list.add("visible", frame, place, false);
}

function addNear(list: WantList, gaze: Gaze, reach: Reach): void {
  const forward = gaze.direction === 0 ? 1 : gaze.direction;
  const ahead = gaze.direction === 0 ? Math.max(reach.behind, reach.ahead / 2) : reach.ahead;
  const behind = gaze.direction === 0 ? ahead : reach.behind;
  for (let away = 1; away <= ahead; away += 1) {
    addNeighbour(list, gaze, gaze.index + forward * away);
    if (away <= behind) addNeighbour(list, gaze, gaze.index - forward * away);
  }
}

function addNeighbour(list: WantList, gaze: Gaze, index: number): void {
  const frame = gaze.stack.frames[index];
  if (frame === undefined) return;
  const ladder = ladderOf(frame.format);
  const target = chooseRung(ladder, gaze.zoom);
  const [quick] = ladder;
  if (quick === undefined || target === null) return;
  const places = gaze.part === null || isHurried(gaze.speed) ? [] : tilesIn(target, gaze.part);
  // Of several tiles some may come late: the quick preview beneath them leaves no part blank.
  if (places.length !== 1) list.add("near", frame, { rung: quick, x: 0, y: 0 }, true);
  for (const place of places) list.add("near", frame, place, false);
}

/** Quick previews of the rest of the stack, nearest first, so that the scrubber finds a picture anywhere. */
function addPreviews(list: WantList, gaze: Gaze, reach: Reach): void {
  const forward = gaze.direction === 0 ? 1 : gaze.direction;
  for (let away = 1; away <= reach.preview; away += 1) {
    for (const index of [gaze.index + forward * away, gaze.index - forward * away]) {
      const frame = gaze.stack.frames[index];
      const quick = frame === undefined ? undefined : ladderOf(frame.format)[0];
      if (frame === undefined || quick === undefined) continue;
      // In this window: what a narrow one cut off cannot be shown by a wide one, and a fast scroll shows nothing else.
      list.add("prefetch", frame, { rung: quick, x: 0, y: 0 }, false);
    }
  }
}
