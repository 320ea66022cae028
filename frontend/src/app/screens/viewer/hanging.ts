/** How an image hangs in its pane: turned so that the chest wall is where it belongs, and as large as those beside it. Pure. */

import { type Fit, type Size, type Turns, type View, edgeLetters, fit, turnedSize } from "../../../engine/index";
import type { DigestFormat, Hung } from "../../../protocol/index";
import { scaleOf } from "./scale";

export interface Pose {
  /** At which edge of the pane the chest wall lies; null where the image lies in the middle. */
  readonly wall: Hung["chestWall"];
  readonly turns: Turns;
  readonly flipped: boolean;
}

const TURNS: readonly Turns[] = [0, 1, 2, 3];
/** As it came first, and mirrored before turned: of those that are right the first is taken. */
const POSES = [false, true].flatMap((flipped) => TURNS.map((turns) => ({ turns, flipped })));
const UPRIGHT = { turns: 0, flipped: false } as const;

/**
 * Turned and mirrored until the back is at the wall's side and the head, or in a view from above the outer side, is up
 * (PS3.3 C.8.11.7). What does not say its sides is left as it came, in the middle: nothing is known of its chest wall.
 */
export function poseOf({ chestWall }: Pick<Hung, "chestWall">, format: Pick<DigestFormat, "patientOrientation" | "view">): Pose {
  if (chestWall === null) return { wall: null, ...UPRIGHT };
  const laterality = format.view?.laterality ?? "";
  const isRight = (pose: (typeof POSES)[number], letters: readonly string[]): boolean => {
    const sides = edgeLetters(null, format.patientOrientation, pose);
    return sides !== null && sides[chestWall].startsWith("P") && letters.some((letter) => letter !== "" && sides.top.includes(letter));
  };
  const pose = POSES.find((one) => isRight(one, ["H"])) ?? POSES.find((one) => isRight(one, [laterality]));
  return pose === undefined ? { wall: null, ...UPRIGHT } : { wall: chestWall, ...pose };
}

/** CSS pixels for a millimetre when all of the image is in the viewport; null where millimetres are not known. */
export function wholePxPerMm(format: DigestFormat, turns: Turns, viewport: Size): number | null {
  const columnMm = scaleOf(format)?.calibration.columnMm;
  const { width, height } = turnedSize(format, turns);
  if (columnMm === undefined || width <= 0 || height <= 0 || viewport.width <= 0 || viewport.height <= 0) return null;
  return Math.min(viewport.width / width, viewport.height / height) / columnMm;
}

/** Fitted with those beside it: `pxPerMm` for all of them, and the chest wall at its edge of the pane. */
export function fitBeside(format: DigestFormat, pose: Pose, pxPerMm: number | null): Fit {
  const columnMm = scaleOf(format)?.calibration.columnMm;
  return (view, image, viewport) => {
    const whole = fit(view, image, viewport);
    const scale = pxPerMm === null || columnMm === undefined ? whole.scale : pxPerMm * columnMm;
    // Who turned it otherwise has it in the middle: the chest wall is somewhere else then.
    const wall = isAs(pose, view) ? pose.wall : null;
    const aside = (viewport.width - turnedSize(image, view.turns).width * scale) / 2;
    return { ...whole, scale, x: wall === "right" ? aside : wall === "left" ? -aside : 0 };
  };
}

function isAs(pose: Pose, view: Pick<View, "turns" | "flipped">): boolean {
  return pose.turns === view.turns && pose.flipped === view.flipped;
}
