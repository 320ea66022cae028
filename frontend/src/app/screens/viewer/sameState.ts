import { type StageState, windowKey } from "../../../engine/index";

/** The engine tells its state at each drawing; most of them change nothing that is printed. */
export function isSame(one: StageState, other: StageState): boolean {
  return (Object.keys(one) as (keyof StageState)[]).every((key) =>
    key === "window" ? windowKey(one.window) === windowKey(other.window) : one[key] === other[key],
  );
}
