export type SheetHeight = "peek" | "half" | "full";

/** Parts of the window's height; the style sheet has the same ones. */
const PART: Readonly<Record<SheetHeight, number>> = { peek: 0.22, half: 0.5, full: 0.92 };
/** How far ahead, in time, a flick is thought to carry. */
const CARRIED_MS = 180;

export const shownPx = (topPx: number, movedPx: number): number => innerHeight - topPx - movedPx;

/** Where a sheet of which `shown` px are seen comes to rest, moving down at `speed` px/ms; null: it closes. */
export function nearestHeight(shown: number, speed: number, heights: readonly SheetHeight[], windowPx = innerHeight): SheetHeight | null {
  const heading = (shown - speed * CARRIED_MS) / windowPx;
  const lowest = heights[0];
  if (lowest === undefined || heading < PART[lowest] / 2) return null;
  return heights.reduce((best, each) => (Math.abs(PART[each] - heading) < Math.abs(PART[best] - heading) ? each : best), lowest);
}

/** One rest higher (1) or lower (-1); null below the lowest. */
export function stepped(height: SheetHeight, heights: readonly SheetHeight[], by: 1 | -1): SheetHeight | null {
  const place = heights.indexOf(height) + by;
  return place < 0 ? null : (heights[Math.min(place, heights.length - 1)] ?? height);
}
