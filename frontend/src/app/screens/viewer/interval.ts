/** How far apart two studies are. Pure. */

import { t } from "../../i18n/viewer";

const DAY_MS = 86_400_000;
const DAYS_OF_MONTH = 30.44;
const DAYS_OF_YEAR = 365.25;

/** How long before another study this one was made. */
export function intervalText(date: string | null, other: string | null): string {
  const days = Math.round((Date.parse(other ?? "") - Date.parse(date ?? "")) / DAY_MS);
  if (Number.isNaN(days)) return t("interval.unknown");
  if (days === 0) return t("interval.sameDay");
  const away = Math.abs(days);
  const when = days > 0 ? "earlier" : "later";
  if (away < 2 * DAYS_OF_MONTH) return t(`interval.days.${when}`, { count: away });
  if (away < 2 * DAYS_OF_YEAR) return t(`interval.months.${when}`, { count: Math.round(away / DAYS_OF_MONTH) });
  return t(`interval.years.${when}`, { count: Math.floor(away / DAYS_OF_YEAR) });
}
