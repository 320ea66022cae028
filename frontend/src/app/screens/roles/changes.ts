import type { Template } from "../../../protocol/later";

/** What a change of a template takes, and what it gives. */
export interface Change {
  taken: string[];
  given: string[];
  isBreadthOther: boolean;
}

export const changeOf = (before: Template, after: Template): Change => ({
  taken: before.rights.filter((act) => !after.rights.includes(act)),
  given: after.rights.filter((act) => !before.rights.includes(act)),
  isBreadthOther: before.breadth !== after.breadth,
});

export const isChange = ({ taken, given, isBreadthOther }: Change): boolean => taken.length + given.length > 0 || isBreadthOther;

/** Acts in the order in which people think of them: from looking to running the archive. */
const ORDER = ["search", "list", "view", "download", "share", "store", "delete", "break_glass", "administer"];

export const inOrder = (acts: readonly string[]): string[] => [...acts].sort((one, other) => placeOf(one) - placeOf(other));

const placeOf = (act: string): number => (ORDER.includes(act) ? ORDER.indexOf(act) : ORDER.length);
