import { locale } from "../i18n/index";

const STEPS = [
  { unit: "gigabyte", bytes: 1e9, digits: 1 },
  { unit: "megabyte", bytes: 1e6, digits: 1 },
  { unit: "kilobyte", bytes: 1e3, digits: 0 },
  { unit: "byte", bytes: 1, digits: 0 },
] as const;

const formats = STEPS.map(({ unit, digits }) => new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: digits }));

/** "3.2 MB" */
export function sizeInWords(bytes: number): string {
  const place = STEPS.findIndex((step) => bytes >= step.bytes);
  const at = place < 0 ? STEPS.length - 1 : place;
  return formats[at]?.format(bytes / (STEPS[at]?.bytes ?? 1)) ?? "";
}
