/** What is printed over the picture: words made of facts. Pure. */

import type { GreyWindow, Pixel, StageState } from "../../../engine/index";
import type { PixelValue } from "../../../protocol/index";
import { locale, t } from "../../i18n/viewer";
import type { Item, Slice } from "./stacks";

export function seriesTitle(item: Item): string {
  const { series, clip } = item;
  const unnamed = series.number === null ? t("series.nameless") : t("series.unnamed", { number: String(series.number) });
  const named = series.description || unnamed;
  return clip === null ? named : `${named} ${t("series.clip", { number: clip.number, total: clip.count })}`;
}

/** PS3.3 C.7.3.1 and the defined terms of Image Laterality (0020,0062): U is of no pair, and no side. */
const SIDES: ReadonlySet<string> = new Set(["L", "R", "B"]);

/** Projections are known by their side and view: "R MLO". */
export function viewLabel(slice: Slice | undefined): string {
  const view = slice?.format.view;
  if (view === null || view === undefined) return "";
  return [SIDES.has(view.laterality) ? view.laterality : "", view.position].filter(Boolean).join(" ");
}

export function sliceText(index: number, item: Item): string {
  const moves = item.rateHz !== null;
  return t(moves ? "slice.frame" : "slice.image", { number: index + 1, total: item.slices.length });
}

/** PS3.3 C.11.1.1.2: US says that the unit is not specified. */
const NO_UNIT = "US";

/** PS3.3 C.8.9.1.1.3 and C.11.1.1.2, as they are written in a sentence. */
const UNITS: Readonly<Record<string, string>> = { BQML: "Bq/ml", GML: "g/ml", CNTS: "counts", CPS: "counts/s", OD: "OD", PCNT: "%", [NO_UNIT]: "" };

function unitText(unit: string): string {
  return UNITS[unit] ?? unit;
}

export function windowText(window: GreyWindow | null, unit: string): string {
  if (window === null) return "";
  if (window.lut !== undefined) return t("window.table", { number: window.lut });
  const named = unitText(unit);
  const center = numberOf(window.center);
  const width = numberOf(window.width);
  const kind = window.function === "SIGMOID" ? ` ${t("window.sigmoid")}` : "";
  return `${t("window.readout", { center, width })}${named ? ` ${named}` : ""}${kind}`;
}

const figures = new Intl.NumberFormat(locale, { maximumSignificantDigits: 4, useGrouping: false });

/** For a field of numbers: no more digits than are read elsewhere, and none that it could not read back. */
export function figureOf(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function numberOf(value: number): string {
  return figures.format(value).replace("-", "−");
}

/** Device pixels for one of the image: 100 % shows each as it is. */
export function zoomText(zoom: number): string {
  const percent = zoom * 100;
  return `${percent < 10 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}

/** A length as a reader says it. */
export function lengthText(lengthMm: number): string {
  if (lengthMm >= 10) return t("length.cm", { length: lengthMm / 10 });
  return lengthMm >= 1 ? t("length.mm", { length: lengthMm }) : t("length.um", { length: Math.round(lengthMm * 1000) });
}

export interface Badge {
  readonly kind: "none" | "loading" | "nearest" | "coarse" | "preview" | "original" | "exact";
  readonly word: string;
}

/**
 * How good the picture is, in a word. What the server sends as JPEG is a preview and is never called exact; nor is what
 * the file itself had lost something of: all that it has is here, and it is said what that is.
 */
export function badgeOf(state: Pick<StageState, "level" | "shownIndex" | "trouble">, isLossy = false): Badge {
  if (state.shownIndex === null && state.trouble?.permanent === true) return { kind: "none", word: t("level.none") };
  switch (state.level) {
    case "loading":
      if (state.shownIndex === null) return { kind: "loading", word: t("level.loading") };
      return { kind: "nearest", word: t("level.nearest", { number: state.shownIndex + 1 }) };
    case "coarse":
      return { kind: "coarse", word: t("level.coarse") };
    case "preview":
      return { kind: "preview", word: t("level.preview") };
    case "exact":
      return badgeOfAll(isLossy);
  }
}

function badgeOfAll(isLossy: boolean): Badge {
  return isLossy ? { kind: "original", word: t("level.lossy") } : { kind: "exact", word: t("level.exact") };
}

/** That the file itself had lost something before it came here, and how much. */
export function lossyText(slice: Slice | undefined): string {
  const lossy = slice?.format.lossy;
  if (lossy === null || lossy === undefined) return "";
  return lossy.ratio === null ? t("level.lossy") : t("level.lossyRatio", { ratio: Math.round(lossy.ratio) });
}

/** Pictures a second, as they are told. */
export function rateFigure(rateHz: number): string {
  return rateHz.toFixed(rateHz < 10 ? 1 : 0);
}

const exactly = new Intl.NumberFormat(locale, { maximumSignificantDigits: 7, useGrouping: false });
const uptake = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2, useGrouping: false });

/** What a pixel holds: "−53 HU", "SUV 5.01", "R 3  G 5  B 0". */
export function valueText(told: PixelValue): string {
  const { value, suv, colour, isPadding, unit } = told;
  if (isPadding) return t("probe.padding");
  if (colour !== null) return t("probe.colour", { red: colour[0], green: colour[1], blue: colour[2] });
  if (value === null) return t("probe.unknown");
  return suv === null ? measured(value, unit) : t("probe.suv", { suv: uptake.format(suv) });
}

/** The value itself beside an SUV that was reckoned from it: "5013.4 Bq/ml". */
export function measuredText({ value, suv, unit }: PixelValue): string {
  return value === null || suv === null || unit === "GML" ? "" : measured(value, unit);
}

function measured(value: number, unit: string): string {
  return `${exactly.format(value).replace("-", "−")} ${unitText(unit)}`.trim();
}

/** Column and row, from 0. */
export function pixelText({ column, row }: Pixel): string {
  return t("probe.pixel", { column, row });
}

/** The letters of the two ends of each axis of LPS (PS3.3 C.7.6.2.1.1). */
const ENDS = [["L", "R"], ["P", "A"], ["H", "F"]] as const;

/** A position in the patient, by the letters that stand at the picture's edges: "L 12.3  P 45.1  H 30.2 mm". */
export function positionText(positionMm: readonly number[] | null): string {
  if (positionMm === null) return "";
  const parts = ENDS.map(([plus, minus], axis) => {
    const mm = positionMm[axis] ?? 0;
    return `${mm < 0 ? minus : plus} ${Math.abs(mm).toFixed(1)}`;
  });
  return t("probe.position", { position: parts.join("  ") });
}
