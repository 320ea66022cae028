/** How one pane looks when another of the same modality is zoomed, moved, turned or windowed. Pure. */

import { type GreyWindow, type View, edgeLetters } from "../../../engine/index";
import type { DigestFormat } from "../../../protocol/index";
import { scaleOf } from "./scale";

/** What is passed on. */
export interface Passed {
  readonly view: View;
  /** null: each file's own. */
  readonly window: GreyWindow | null;
}

const UPRIGHT = { turns: 0, flipped: false } as const;

/** As large as the other in millimetres; moved and turned with it where both begin with the same sides of the patient. */
export function viewFor(own: View, leading: View, leadingFormat: DigestFormat, format: DigestFormat): View {
  const turned = haveSameSides(leadingFormat, format) ? { turns: leading.turns, flipped: leading.flipped } : {};
  if (leading.fitted) return { ...own, ...turned, fitted: true };
  const moved = haveSameSides(leadingFormat, format) ? { x: leading.x, y: leading.y } : {};
  return { ...own, ...turned, ...moved, scale: leading.scale * ratioOf(leadingFormat, format), fitted: false };
}

/** How much wider a column of this one is. */
function ratioOf(leading: DigestFormat, format: DigestFormat): number {
  const [one, other] = [scaleOf(leading)?.calibration, scaleOf(format)?.calibration];
  return one === undefined || other === undefined ? leading.columns / format.columns : other.columnMm / one.columnMm;
}

function haveSameSides(one: DigestFormat, other: DigestFormat): boolean {
  const [first, second] = [one, other].map((format) => edgeLetters(format.orientation, format.patientOrientation, UPRIGHT));
  return first?.right === second?.right && first?.bottom === second?.bottom;
}

/** The window for the other; undefined where its values are of another kind. */
export function windowFor(window: GreyWindow | null, leading: DigestFormat, format: DigestFormat): GreyWindow | null | undefined {
  const isGrey = !leading.colour && !format.colour;
  return isGrey && leading.unit === format.unit && leading.unit !== "" ? window : undefined;
}
