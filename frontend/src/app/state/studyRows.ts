import type { StudyRow } from "../../protocol/index";

/** Newest first, as the server sorts: by the study's own day and hour; those without one are the last. */
export function newestFirst(a: StudyRow, b: StudyRow): number {
  return compare(momentOf(b), momentOf(a));
}

const momentOf = (row: StudyRow): string => `${row.date ?? ""} ${row.time ?? ""}`;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A page put behind what is there; a row that came twice, because the list moved meanwhile, is shown once. */
export function withPage(rows: readonly StudyRow[], page: readonly StudyRow[]): StudyRow[] {
  const known = new Set(rows.map((row) => row.uid));
  return [...rows, ...page.filter((row) => !known.has(row.uid))];
}

/** Rows that grew take the place of what they were; nothing moves. Gives also those that are not there yet. */
export function withChanges(rows: readonly StudyRow[], changed: readonly StudyRow[]): { rows: StudyRow[]; arrived: StudyRow[] } {
  const anew = new Map(changed.map((row) => [row.uid, row]));
  const known = new Set(rows.map((row) => row.uid));
  return {
    rows: rows.map((row) => anew.get(row.uid) ?? row),
    arrived: changed.filter((row) => !known.has(row.uid)),
  };
}

/**
 * Arrivals put where they belong. One that belongs behind the last row is left out while there are more pages:
 * it will come with its page.
 */
export function withArrivals(rows: readonly StudyRow[], arrived: readonly StudyRow[], hasMore: boolean): StudyRow[] {
  const merged = withPage(rows, arrived).sort(newestFirst);
  const last = rows.at(-1);
  if (!hasMore || last === undefined) return merged;
  const fresh = new Set(arrived.map((row) => row.uid));
  return merged.filter((row) => !fresh.has(row.uid) || newestFirst(row, last) <= 0);
}
