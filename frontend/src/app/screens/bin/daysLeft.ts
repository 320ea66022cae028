const DAY_MS = 86_400_000;

/** Whole days until then, begun ones counted; never below 0. */
export const daysLeft = (erasedAt: string, now = Date.now()): number => Math.max(0, Math.ceil((Date.parse(erasedAt) - now) / DAY_MS));
