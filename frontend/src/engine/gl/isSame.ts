/** Whether two scenes would be drawn alike. Pure. */

/** The same, or lists and plain records of the same. What is neither (a picture, numbers in memory) is itself alone. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (!hasParts(one) || !hasParts(other)) return false;
  return Object.keys({ ...one, ...other }).every((name) => isSame(one[name], other[name]));
}

function hasParts(value: unknown): value is Record<string, unknown> {
  return value?.constructor === Object || Array.isArray(value);
}
