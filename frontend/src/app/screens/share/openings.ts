/** How often a link may be opened: as chosen, and as the server is told it. */

export type Often = "any" | "once" | "number";

export interface Openings {
  often: Often;
  /** The number, as it was typed. */
  typed: string;
}

export const MOST_OPENINGS = 10_000;
export const ANY_NUMBER: Openings = { often: "any", typed: "" };

/** Null for any number; undefined where what was typed is none that can be. */
export function mostOpenings({ often, typed }: Openings): number | null | undefined {
  if (often === "any") return null;
  if (often === "once") return 1;
  const told = typed.trim();
  const number = /^\d+$/.test(told) ? Number(told) : 0;
  return number >= 1 && number <= MOST_OPENINGS ? number : undefined;
}
