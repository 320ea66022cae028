import { locale } from "../i18n/index";

/** Moments in the person's own time. */
const full = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", year: "numeric" });

/** "12 Mar 2026, 14:20:05" */
export const momentInFull = (at: string): string => full.format(new Date(at));

/** "14:20" */
export const clockOf = (at: string): string => clock.format(new Date(at));

/** "Thursday, 12 March 2026": the day under which events are gathered. */
export const dayInWords = (at: string): string => day.format(new Date(at));

const thisYear = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const anyYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** A moment on the person's own clock: "Mon 30 Nov, 14:20", "30 Nov 2027, 14:20". */
export const momentInWords = (moment: Date, now = new Date()): string => (moment.getFullYear() === now.getFullYear() ? thisYear : anyYear).format(moment);
