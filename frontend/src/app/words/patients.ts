import type { Patient } from "../../protocol/index";
import { t } from "../i18n/index";

const UNITS = { Y: "age.years", M: "age.months", W: "age.weeks", D: "age.days" } as const;
type Unit = keyof typeof UNITS;
const isUnit = (letter: string): letter is Unit => letter in UNITS;

/** An age string of the standard (PS3.5 6.2, AS: 034Y, 005M) in words. */
export function ageInWords(age: string): string {
  const [, digits = "", unit = ""] = /^(\d{1,3})([DWMY])$/.exec(age) ?? [];
  const count = Number(digits);
  // 000Y is what some write who do not know it; a child of no days has just been born.
  return isUnit(unit) && (count > 0 || unit === "D") ? t(UNITS[unit], { count }) : "";
}

/** The age at the study: as the file says it, else from the day of birth. */
export function ageAt(patient: Patient, date: string | null): string {
  const told = ageInWords(patient.age);
  if (told !== "" || patient.birthDate === null || date === null) return told;
  return ageBetween(patient.birthDate, date);
}

const DAY_MS = 86_400_000;
const DAYS_TOLD_UNTIL = 28;
const WEEKS_TOLD_UNTIL_MONTHS = 3;
const MONTHS_TOLD_UNTIL_YEARS = 2;

/** In the unit in which a child of that age is spoken of. */
function ageBetween(born: string, date: string): string {
  const days = Math.round((Date.parse(date) - Date.parse(born)) / DAY_MS);
  if (!(days >= 0)) return "";
  if (days < DAYS_TOLD_UNTIL) return t("age.days", { count: days });
  const months = monthsBetween(born, date);
  if (months < WEEKS_TOLD_UNTIL_MONTHS) return t("age.weeks", { count: Math.floor(days / 7) });
  const years = Math.floor(months / 12);
  return years < MONTHS_TOLD_UNTIL_YEARS ? t("age.months", { count: months }) : t("age.years", { count: years });
}

function monthsBetween(born: string, date: string): number {
  const [one, other] = [born, date].map((day) => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7))) as [number, number];
  return other - one - (date.slice(8) < born.slice(8) ? 1 : 0);
}

const SEXES = { F: "sex.F", M: "sex.M", O: "sex.O" } as const;

export function sexInWords(sex: string): string {
  return sex in SEXES ? t(SEXES[sex as keyof typeof SEXES]) : "";
}

/** "34 y, female" */
export const ageAndSex = (patient: Patient, date: string | null): string =>
  [ageAt(patient, date), sexInWords(patient.sex)].filter(Boolean).join(", ");
