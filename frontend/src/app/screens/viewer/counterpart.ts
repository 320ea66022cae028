/** Which series of another study belongs beside this one. Pure. */

import { planesOf } from "./planes";
import { sameWay } from "../../../engine/index";
import { viewLabel } from "./readout";
import type { Item } from "./stacks";

/** What weighs how much: a series of another modality is hardly ever the one that was meant. */
const WEIGHTS = { modality: 16, view: 8, plane: 6, words: 4, bodyPart: 2, count: 1 } as const;

/** The place of the most alike; null where nothing can be shown. */
export function counterpartOf(item: Item, others: readonly Item[]): number | null {
  let best: { place: number; likeness: number } | null = null;
  for (const [place, other] of others.entries()) {
    if (other.slices.length === 0) continue;
    const likeness = likenessOf(item, other);
    if (best === null || likeness > best.likeness) best = { place, likeness };
  }
  return best?.place ?? null;
}

export function likenessOf(one: Item, other: Item): number {
  const { series: here } = one;
  const { series: there } = other;
  return (
    WEIGHTS.modality * Number(here.modality === there.modality) +
    WEIGHTS.view * Number(viewLabel(one.slices[0]) === viewLabel(other.slices[0])) +
    WEIGHTS.plane * Number(areParallel(one, other)) +
    WEIGHTS.words * sharedWords(here.description, there.description) +
    WEIGHTS.bodyPart * Number(here.bodyPart === there.bodyPart) +
    WEIGHTS.count * (Math.min(one.slices.length, other.slices.length) / Math.max(one.slices.length, other.slices.length))
  );
}

function areParallel(one: Item, other: Item): boolean {
  const [plane, second] = [planesOf(one)[0] ?? null, planesOf(other)[0] ?? null];
  return plane === null || second === null ? plane === second : sameWay(plane, second) !== 0;
}

/** The share of words that two names have in common, 0 to 1. */
function sharedWords(one: string, other: string): number {
  const [words, others] = [wordsOf(one), wordsOf(other)];
  const all = new Set([...words, ...others]);
  return all.size === 0 ? 0 : [...words].filter((word) => others.has(word)).length / all.size;
}

function wordsOf(name: string): Set<string> {
  return new Set(name.toLowerCase().match(/[\p{L}\p{N}.]+/gu) ?? []);
}
