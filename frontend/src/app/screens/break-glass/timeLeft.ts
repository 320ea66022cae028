const MINUTE_MS = 60_000;

/** How many minutes there are until a moment, a begun one as a whole one; both in ms since 1970. */
export const minutesLeft = (until: number, now: number): number => Math.max(0, Math.ceil((until - now) / MINUTE_MS));
