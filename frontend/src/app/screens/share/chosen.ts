/** Which images of a study a link shows, where they are chosen one by one. */

/** As the server takes them in one link. */
export const MOST_CHOSEN = 500;

export interface ImageToShare {
  uid: string;
  frames: number;
}

/** A series that has images, as it is offered. */
export interface SeriesToShare {
  uid: string;
  title: string;
  images: readonly ImageToShare[];
}

export type Chosen = ReadonlySet<string>;

/** One more or one less; what is beyond the most is left out. */
export function toggled(chosen: Chosen, uid: string): Chosen {
  const next = new Set(chosen);
  if (!next.delete(uid)) return added(chosen, [uid]);
  return next;
}

export const added = (chosen: Chosen, uids: readonly string[]): Chosen => new Set([...new Set([...chosen, ...uids])].slice(0, MOST_CHOSEN));

/** From one image to another, whichever comes first. */
export function between(images: readonly ImageToShare[], one: number, other: number): string[] {
  return images.slice(Math.min(one, other), Math.max(one, other) + 1).map(({ uid }) => uid);
}

/** Where a key leads in a grid of so many columns; null where it leads nowhere. */
export function stepped(key: string, at: number, count: number, columns: number): number | null {
  const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -at, End: count - 1 - at };
  const step = steps[key];
  if (step === undefined) return null;
  const next = at + step;
  return next >= 0 && next < count ? next : at;
}
