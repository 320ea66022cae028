/** Reading what came over the wire: nothing enters the app unless it has the shape that was agreed. */
export class Unreadable extends Error {
  constructor(expected: string) {
    super(`expected ${expected}`);
    this.name = "Unreadable";
  }
}

export type Read<T> = (value: unknown) => T;
export type Wire = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Wire =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function record(value: unknown): Wire {
  if (!isRecord(value)) throw new Unreadable("an object");
  return value;
}

export function text(value: unknown): string {
  if (typeof value !== "string") throw new Unreadable("text");
  return value;
}

export function number(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new Unreadable("a number");
  return value;
}

export function boolean(value: unknown): boolean {
  if (typeof value !== "boolean") throw new Unreadable("true or false");
  return value;
}

export const nothing: Read<undefined> = () => undefined;

export const orNull =
  <T>(read: Read<T>): Read<T | null> =>
  (value) =>
    value === null || value === undefined ? null : read(value);

export const listOf =
  <T>(read: Read<T>): Read<T[]> =>
  (value) => {
    if (!Array.isArray(value)) throw new Unreadable("a list");
    return value.map(read);
  };

export const oneOf =
  <T extends string>(...allowed: readonly T[]): Read<T> =>
  (value) => {
    const found = allowed.find((each) => each === value);
    if (found === undefined) throw new Unreadable(allowed.join(" | "));
    return found;
  };
