/** Points and directions of the patient: millimetres, x to the left, y to the back, z to the head (PS3.3 C.7.6.2.1.1). Pure. */

export type Vector = readonly [number, number, number];

export function dot(one: Vector, other: Vector): number {
  return one[0] * other[0] + one[1] * other[1] + one[2] * other[2];
}

export function cross([a, b, c]: Vector, [d, e, f]: Vector): Vector {
  return [b * f - c * e, c * d - a * f, a * e - b * d];
}

export function plus(one: Vector, other: Vector, times = 1): Vector {
  return [one[0] + times * other[0], one[1] + times * other[1], one[2] + times * other[2]];
}

export function minus(one: Vector, other: Vector): Vector {
  return plus(one, other, -1);
}

/** The same direction with length 1; null where there is none. */
export function unit(vector: Vector): Vector | null {
  const length = Math.hypot(...vector);
  return length > 1e-9 ? [vector[0] / length, vector[1] / length, vector[2] / length] : null;
}
