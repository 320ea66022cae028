/** Millimetres of a picture, and where they are known from. Pure. */

import type { Calibration } from "../../../engine/index";
import type { DigestFormat, DigestRegion } from "../../../protocol/index";
import type { Key } from "../../i18n/viewer";

const SOURCES: Readonly<Record<string, Key>> = {
  "Pixel Spacing": "scale.pixelSpacing",
  Calibrated: "scale.calibrated",
  "At detector": "scale.atDetector",
  "Digitized film": "scale.digitizedFilm",
  "Ultrasound region": "scale.region",
};

export interface Scale {
  readonly calibration: Calibration;
  readonly sourceKey: Key;
}

/** null where nothing is known, or where it is not known which of several scales holds. */
export function scaleOf(format: DigestFormat): Scale | null {
  const { pixelSpacingMm, spacingSource } = format;
  const sourceKey = SOURCES[spacingSource ?? ""];
  if (pixelSpacingMm !== null && sourceKey !== undefined) {
    return { calibration: { rowMm: pixelSpacingMm[0], columnMm: pixelSpacingMm[1] }, sourceKey };
  }
  const calibration = calibrationOfRegions(format);
  return calibration === null ? null : { calibration, sourceKey: "scale.region" };
}

/** How much of a picture a scale must hold for where another region has none. */
const MOST = 0.5;

/**
 * The one scale of an ultrasound image (PS3.3 C.8.5.5). One bar stands for all of the picture, so there is none where
 * regions in millimetres disagree, or where they are the lesser part beside one that is not in millimetres, such as a
 * spectrum or an M-mode strip: a reader would lay the bar along its seconds. Around regions there are words alone.
 */
function calibrationOfRegions({ ultrasoundRegions, columns, rows }: DigestFormat): Calibration | null {
  const regions = ultrasoundRegions ?? [];
  const measured = regions.flatMap((region) => calibrationOf(region) ?? []);
  const [one] = measured;
  if (one === undefined || !measured.every((other) => other.rowMm === one.rowMm && other.columnMm === one.columnMm)) return null;
  const isAll = measured.length === regions.length;
  const largest = Math.max(...regions.filter((region) => calibrationOf(region) !== null).map(areaOf));
  return isAll || largest > MOST * columns * rows ? one : null;
}

const calibrationOf = ({ dx_mm, dy_mm }: DigestRegion): Calibration | null =>
  dx_mm === null || dy_mm === null ? null : { rowMm: dy_mm, columnMm: dx_mm };

const areaOf = ({ x0, y0, x1, y1 }: DigestRegion): number => Math.max(0, x1 - x0) * Math.max(0, y1 - y0);
