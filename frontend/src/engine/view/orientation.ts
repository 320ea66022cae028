/** Which side of the patient each edge of the picture is. */

import type { Turns, View } from "./transform";

export interface EdgeLetters {
  readonly right: string;
  readonly bottom: string;
  readonly left: string;
  readonly top: string;
}

/** PS3.3 C.7.6.2.1.1: x grows to the patient's left, y to the back, z to the head. */
const AXES = [
  { plus: "L", minus: "R" },
  { plus: "P", minus: "A" },
  { plus: "H", minus: "F" },
] as const;
/** A second letter is written from about 12 degrees of obliquity on. */
const WORTH_A_LETTER = 0.2;
const OPPOSITE: Readonly<Record<string, string>> = { L: "R", R: "L", A: "P", P: "A", H: "F", F: "H" };
const SIDES = /^[LRAPHF]{1,3}$/;

/** The edges of the picture as the file has it: right is where columns grow, bottom where rows do. */
interface Unturned {
  readonly right: string;
  readonly bottom: string;
}

/**
 * The letters at the four edges of the picture as it is turned and mirrored; null where the file does not say, or
 * says it in words that are not a biped's (PS3.3 C.7.6.1.1.1). ImageOrientationPatient goes before PatientOrientation.
 */
export function edgeLetters(
  orientation: readonly number[] | null,
  patientOrientation: readonly string[] | null,
  view: Pick<View, "turns" | "flipped">,
): EdgeLetters | null {
  const unturned = fromCosines(orientation) ?? fromLetters(patientOrientation);
  if (unturned === null) return null;
  const right = view.flipped ? oppositeOf(unturned.right) : unturned.right;
  return turned(
    { right, bottom: unturned.bottom, left: oppositeOf(right), top: oppositeOf(unturned.bottom) },
    view.turns,
  );
}

/** The letters of a direction, the strongest first, as PS3.3 C.7.6.1.1.1 orders them. */
export function lettersOf(direction: readonly number[]): string {
  return direction
    .map((share, axis) => ({ share, axis }))
    .filter(({ share }) => Math.abs(share) >= WORTH_A_LETTER)
    .sort((one, other) => Math.abs(other.share) - Math.abs(one.share))
    .map(({ share, axis }) => (share > 0 ? AXES[axis]?.plus : AXES[axis]?.minus) ?? "")
    .join("");
}

export function oppositeOf(letters: string): string {
  return letters.replace(/./gu, (letter) => OPPOSITE[letter] ?? "");
}

function fromCosines(orientation: readonly number[] | null): Unturned | null {
  if (orientation?.length !== 6) return null;
  const right = lettersOf(orientation.slice(0, 3));
  const bottom = lettersOf(orientation.slice(3));
  return right === "" || bottom === "" ? null : { right, bottom };
}

function fromLetters(patientOrientation: readonly string[] | null): Unturned | null {
  const [right = "", bottom = ""] = patientOrientation ?? [];
  return SIDES.test(right) && SIDES.test(bottom) ? { right, bottom } : null;
}

function turned(letters: EdgeLetters, turns: Turns): EdgeLetters {
  // Clockwise: what was at the top comes to the right.
  let now = letters;
  for (let quarter = 0; quarter < turns; quarter += 1) {
    now = { right: now.top, bottom: now.right, left: now.bottom, top: now.left };
  }
  return now;
}
