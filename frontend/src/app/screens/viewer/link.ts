/**
 * Which slice of one pane goes with a slice of another: by place in the patient where both say it in one frame of
 * reference (PS3.3 C.7.4.1), else by place in the stack. Pure.
 */

import { type Plane, centreOf, distanceMm, nearestSlice, sameWay } from "../../../engine/index";
import { planesOf } from "./planes";
import type { Item } from "./stacks";

/** What a pane shows, as far as a link must know it. */
export interface Linked {
  /** Panes of different studies are compared. */
  readonly study: string;
  readonly item: Item;
}

/** How two panes scroll together; `hand`: from where the reader linked them. */
export type LinkKind = "position" | "fraction" | "hand";

/** Slices that the reader laid beside each other. */
export interface Anchor {
  readonly leading: number;
  readonly following: number;
}

export interface Followed {
  readonly kind: LinkKind;
  readonly index: number;
  /** The place lies beyond the ends of the stack that follows: what it shows is only the nearest. */
  readonly isBeyond: boolean;
}

/** The slice of `following` that goes with a slice of `leading`; null where the two do not go together. */
export function follow(leading: Linked, index: number, following: Linked, anchor: Anchor | null = null): Followed | null {
  if (leading.item.slices.length < 2 || following.item.slices.length < 2) return null;
  const from = planesOf(leading.item)[index] ?? null;
  const planes = planesOf(following.item);
  if (wayBetween(from, firstOf(planes)) === 0) return null;
  if (anchor !== null) return byHand(leading.item, index, following.item, anchor);
  if (from !== null && sharesFrame(leading.item, following.item)) return byPosition(from, planes);
  if (leading.study === following.study) return null;
  return byFraction(leading.item, index, following.item);
}

function firstOf(planes: readonly (Plane | null)[]): Plane | null {
  return planes.find((plane) => plane !== null) ?? null;
}

function sharesFrame(one: Item, other: Item): boolean {
  return one.series.frameOfReference !== "" && one.series.frameOfReference === other.series.frameOfReference;
}

/** As sameWay; null where one of them does not say where it lies. */
function wayBetween(one: Plane | null, other: Plane | null): -1 | 0 | 1 | null {
  return one === null || other === null ? null : sameWay(one, other);
}

function byPosition(from: Plane, planes: readonly (Plane | null)[]): Followed | null {
  const nearest = nearestSlice(planes, centreOf(from));
  return nearest === null ? null : { kind: "position", index: nearest.index, isBeyond: nearest.distanceMm > gapMm(planes, nearest.index) };
}

/** Between a slice and its neighbour: what is farther away lies outside of the stack. */
function gapMm(planes: readonly (Plane | null)[], index: number): number {
  const plane = planes[index];
  const neighbour = planes[index + 1] ?? planes[index - 1];
  return plane && neighbour ? Math.abs(distanceMm(plane, neighbour.origin)) : 0;
}

function byFraction(leading: Item, index: number, following: Item): Followed {
  const share = index / (leading.slices.length - 1);
  const along = runsTheSameWay(leading, following) ? share : 1 - share;
  return { kind: "fraction", index: Math.round(along * (following.slices.length - 1)), isBeyond: false };
}

/** From the slices that were laid beside each other: by as many millimetres where both tell them, else by as many slices. */
function byHand(leading: Item, index: number, following: Item, anchor: Anchor): Followed {
  const sign = runsTheSameWay(leading, following) ? 1 : -1;
  const stepMm = { leading: stepOf(leading), following: stepOf(following) };
  const ratio = stepMm.leading > 0 && stepMm.following > 0 ? stepMm.leading / stepMm.following : 1;
  const wanted = anchor.following + Math.round(sign * ratio * (index - anchor.leading));
  const limited = Math.max(0, Math.min(following.slices.length - 1, wanted));
  return { kind: "hand", index: limited, isBeyond: limited !== wanted };
}

/** Millimetres from slice to slice over the whole stack, along the normal in the order of the stack; 0 where unknown. */
function stepOf(item: Item): number {
  return Math.abs(lengthOf(item)) / (item.slices.length - 1);
}

function lengthOf(item: Item): number {
  const planes = planesOf(item);
  const [first, last] = [planes[0] ?? null, planes.at(-1) ?? null];
  return first === null || last === null ? 0 : distanceMm(first, last.origin);
}

/** Whether both stacks go the same way through the body, as far as it is known. */
function runsTheSameWay(one: Item, other: Item): boolean {
  const [plane, second] = [planesOf(one)[0] ?? null, planesOf(other)[0] ?? null];
  const way = wayBetween(plane, second) ?? 1;
  return way * Math.sign(lengthOf(one)) * Math.sign(lengthOf(other)) >= 0;
}
