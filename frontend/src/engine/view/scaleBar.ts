/** A scale bar that is true, or none. */

export interface Calibration {
  /** Millimetres from row to row and from column to column. */
  readonly rowMm: number;
  readonly columnMm: number;
}

export interface ScaleBar {
  readonly lengthMm: number;
  /** On the screen, CSS pixels. */
  readonly lengthPx: number;
  /** Marks, the two ends among them. */
  readonly marks: number;
}

/** 1, 2, 5 in each decade: lengths that a reader divides without thinking. */
const STEPS = [5, 2, 1] as const;
/** How far the two spacings may disagree with the drawn pixel's shape before one bar would lie for both directions. */
const TOLERANCE = 0.005;

/**
 * The longest round bar that is no longer than `longestPx`. `scale` is CSS pixels for one column; a row is drawn
 * `aspect` columns high. Null where the drawn pixel has not the shape of the measured one: no one bar is true then.
 */
export function scaleBar(
  calibration: Calibration | null,
  aspect: number,
  scale: number,
  longestPx: number,
): ScaleBar | null {
  if (calibration === null) return null;
  const { rowMm, columnMm } = calibration;
  if (!(rowMm > 0 && columnMm > 0 && scale > 0 && longestPx > 0)) return null;
  if (Math.abs(rowMm / columnMm / aspect - 1) > TOLERANCE) return null;
  const pxPerMm = scale / columnMm;
  const lengthMm = roundBelow(longestPx / pxPerMm);
  return { lengthMm, lengthPx: lengthMm * pxPerMm, marks: String(lengthMm).includes("2") ? 3 : 6 };
}

function roundBelow(length: number): number {
  const decade = 10 ** Math.floor(Math.log10(length));
  const step = STEPS.find((candidate) => candidate * decade <= length * (1 + 1e-9)) ?? 1;
  return Number((step * decade).toPrecision(1));
}
