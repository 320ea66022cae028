import { locale } from "../i18n/index";

/** Whose clock: the day and hour that a study bears are those of the place where it was made. */
const LOCAL = { timeZone: "UTC" } as const;
const DAY_MS = 86_400_000;

const clock = new Intl.DateTimeFormat(locale, { ...LOCAL, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const thisYear = new Intl.DateTimeFormat(locale, { ...LOCAL, day: "numeric", month: "short" });
const anyYear = new Intl.DateTimeFormat(locale, { ...LOCAL, day: "numeric", month: "short", year: "numeric" });
const inFull = new Intl.DateTimeFormat(locale, { ...LOCAL, day: "numeric", month: "long", year: "numeric" });
const monthAndYear = new Intl.DateTimeFormat(locale, { ...LOCAL, month: "long", year: "numeric" });
const weekday = new Intl.DateTimeFormat(locale, { ...LOCAL, weekday: "long" });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

/** YYYY-MM-DD of the person's own calendar, `days` from today. */
export function calendarDay(days = 0, now = new Date()): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

function momentOf(date: string, time: string | null): Date | null {
  const moment = new Date(`${date}T${time ?? "00:00:00"}Z`);
  return Number.isNaN(moment.getTime()) ? null : moment;
}

/** How many calendar days ago; negative in the future. */
function daysAgo(date: string, now: Date): number {
  return Math.round((Date.parse(calendarDay(0, now)) - Date.parse(date)) / DAY_MS);
}

/** "today 14:20", "yesterday 09:05", "Monday 11:00", "12 Mar", "12 Mar 2021". */
export function dayAndTime(date: string | null, time: string | null, now = new Date()): string {
  const moment = date === null ? null : momentOf(date, time);
  if (date === null || moment === null) return "";
  const ago = daysAgo(date, now);
  if (ago < 0 || ago > 6) return (isThisYear(date, now) ? thisYear : anyYear).format(moment);
  const day = ago < 2 ? relative.format(-ago, "day") : weekday.format(moment);
  return time === null ? day : `${day} ${clock.format(moment)}`;
}

/** "12 Mar 2021 14:20": which of two studies it is, whatever the day is today. */
export function dateAndTime(date: string | null, time: string | null): string {
  const moment = date === null ? null : momentOf(date, time);
  if (moment === null) return "";
  return [anyYear.format(moment), time === null ? "" : clock.format(moment)].filter(Boolean).join(" ");
}

const isThisYear = (date: string, now: Date): boolean => date.slice(0, 4) === calendarDay(0, now).slice(0, 4);

/** "12 March 2021": for people who should not have to guess. */
export function fullDate(date: string | null): string {
  const moment = date === null ? null : momentOf(date, null);
  return moment === null ? "" : inFull.format(moment);
}

export function monthOf(date: string | null): string {
  const moment = date === null ? null : momentOf(date, null);
  return moment === null ? "" : monthAndYear.format(moment);
}

/** Of a moment in the person's own time: "12 March 2021". */
const momentInFull = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" });
export const dayOf = (moment: Date): string => momentInFull.format(moment);
