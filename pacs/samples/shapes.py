"""Shapes and the soft brush: formulas give how deep a point lies inside a shape, in mm; the brush blends by that."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Point = tuple[float, float, float]
FAR_MM = 1000.0


@dataclass(frozen=True)
class Patch:
    """A rectangle of one axial plane: x (1, columns) and y (rows, 1) in mm, height z, and the values there.

    values is (rows, columns) float32 and is painted in place; parts of a patch share it.
    """

    x: Array
    y: Array
    z: float
    step_mm: float
    values: Array

    def part(self, x: float, y: float, reach_mm: float, reach_y_mm: float | None = None) -> Patch | None:
        """The part within reach of a point; None where the patch does not come near it."""
        columns = _span(self.x[0], x, reach_mm)
        rows = _span(self.y[:, 0], y, reach_mm if reach_y_mm is None else reach_y_mm)
        if columns.start >= columns.stop or rows.start >= rows.stop:
            return None
        return Patch(self.x[:, columns], self.y[rows], self.z, self.step_mm, self.values[rows, columns])

    def paint(self, inside_mm: Array, value: float | Array, strength: float = 1) -> None:
        """Blend the value in where inside_mm is above zero, over one step across the border."""
        share = cover(inside_mm, self.step_mm)
        if strength != 1:
            share *= np.float32(strength)
        share *= value - self.values
        np.add(self.values, share, out=self.values)


def blank_patch(
    columns: int, rows: int, step_mm: float, z: float, value: float, centre_y: float = 0
) -> Patch:
    """A plane around x = 0 and y = centre_y, filled with one value. Pixel centres lie half a step off the middle."""
    x = (np.arange(columns, dtype=np.float32) - (columns - 1) / 2) * np.float32(step_mm)
    y = (np.arange(rows, dtype=np.float32) - (rows - 1) / 2) * np.float32(step_mm) + np.float32(centre_y)
    values = np.full((rows, columns), value, np.float32)
    return Patch(x[None, :].astype(np.float32), y[:, None].astype(np.float32), z, step_mm, values)


def cover(inside_mm: Array, step_mm: float) -> Array:
    """How much of a pixel lies inside, 0..1, for a border that crosses it."""
    share = inside_mm * np.float32(1 / step_mm)
    share += np.float32(0.5)
    return np.clip(share, 0, 1, out=share)


def _span(axis: Array, middle: float, reach: float) -> slice:
    step = float(axis[1] - axis[0]) if len(axis) > 1 else 1.0
    first = int((middle - reach - float(axis[0])) / step)
    last = int((middle + reach - float(axis[0])) / step) + 2
    return slice(max(first, 0), max(min(last, len(axis)), 0))


def _cos_sin(degrees: float) -> tuple[np.float32, np.float32]:
    return np.float32(math.cos(math.radians(degrees))), np.float32(math.sin(math.radians(degrees)))


def ellipse(
    patch: Patch, centre: tuple[float, float], semi: tuple[float, float], turn_degrees: float = 0
) -> Array:
    """How deep inside an ellipse of the plane; semi along its own axes, turned clockwise as seen."""
    x, y = patch.x - np.float32(centre[0]), patch.y - np.float32(centre[1])
    if turn_degrees:
        cos, sin = _cos_sin(turn_degrees)
        x, y = x * cos + y * sin, y * cos - x * sin
    radius = np.sqrt((x / np.float32(semi[0])) ** 2 + (y / np.float32(semi[1])) ** 2)
    return (1 - radius) * np.float32(min(semi))


@dataclass(frozen=True)
class Ellipsoid:
    """semi_mm along its own axes, turned about z (in the axial plane), then about y (in the coronal plane)."""

    centre: Point
    semi_mm: Point
    turn_degrees: float = 0
    tilt_degrees: float = 0

    def grown(self, by_mm: float) -> Ellipsoid:
        """The same with other semi-axes."""
        a, b, c = (max(semi + by_mm, 0.5) for semi in self.semi_mm)
        return Ellipsoid(self.centre, (a, b, c), self.turn_degrees, self.tilt_degrees)

    def inside(self, patch: Patch) -> Array:
        """How deep inside, in mm; good near the border, where it matters."""
        x, y = patch.x - np.float32(self.centre[0]), patch.y - np.float32(self.centre[1])
        z = np.float32(patch.z - self.centre[2])
        cos, sin = _cos_sin(self.turn_degrees)
        x, y = x * cos + y * sin, y * cos - x * sin
        cos, sin = _cos_sin(self.tilt_degrees)
        x, height = x * cos + z * sin, z * cos - x * sin
        a, b, c = (np.float32(semi) for semi in self.semi_mm)
        radius = np.sqrt((x / a) ** 2 + (y / b) ** 2 + (height / c) ** 2)
        return np.asarray((1 - radius) * np.float32(min(self.semi_mm)), np.float32)

    def part_of(self, patch: Patch, margin_mm: float = 4) -> Patch | None:
        """The part of the patch that it may touch."""
        reach = max(self.semi_mm) + margin_mm
        if abs(patch.z - self.centre[2]) > reach:
            return None
        return patch.part(self.centre[0], self.centre[1], reach)

    def paint(self, patch: Patch, value: float) -> None:
        """Paint it into the patch."""
        near = self.part_of(patch)
        if near is not None:
            near.paint(self.inside(near), value)


@dataclass(frozen=True)
class Tubes:
    """Round tubes as segments: starts and ends (n, 3) mm, radii (n,) mm."""

    starts: Array
    ends: Array
    radii: Array

    def crossing(self, z: float, margin_mm: float = 1) -> Tubes:
        """Those that come to the plane at z."""
        low = np.minimum(self.starts[:, 2], self.ends[:, 2]) - self.radii - margin_mm
        high = np.maximum(self.starts[:, 2], self.ends[:, 2]) + self.radii + margin_mm
        return self.chosen((low < z) & (z < high))

    def chosen(self, which: npt.NDArray[np.bool_]) -> Tubes:
        """Some of them."""
        return Tubes(self.starts[which], self.ends[which], self.radii[which])

    def grown(self, by_mm: float) -> Tubes:
        """The same, wider."""
        return Tubes(self.starts, self.ends, (self.radii + np.float32(by_mm)).astype(np.float32))

    def moved(self, by: Point) -> Tubes:
        """The same, elsewhere."""
        shift = np.array(by, np.float32)
        return Tubes(self.starts + shift, self.ends + shift, self.radii)

    def inside(self, patch: Patch) -> Array:
        """How deep inside any of them, in mm, over the whole patch; -FAR_MM where none is near."""
        deepest = np.full(patch.values.shape, -FAR_MM, np.float32)
        shown = Patch(patch.x, patch.y, patch.z, patch.step_mm, deepest)
        near = self.crossing(patch.z, 6)
        for start, end, radius in zip(near.starts, near.ends, near.radii, strict=True):
            middle, reach = (start + end) / 2, np.abs(end - start) / 2 + radius + 8
            part = shown.part(float(middle[0]), float(middle[1]), float(reach[0]), float(reach[1]))
            if part is not None:
                np.maximum(part.values, _inside_tube(part, start, end, float(radius)), out=part.values)
        return deepest

    def paint(self, patch: Patch, value: float) -> None:
        """Paint them into the patch; one thinner than a pixel fades."""
        near = self.crossing(patch.z)
        for start, end, radius in zip(near.starts, near.ends, near.radii, strict=True):
            middle, reach = (start + end) / 2, np.abs(end - start) / 2 + radius + patch.step_mm
            part = patch.part(float(middle[0]), float(middle[1]), float(reach[0]), float(reach[1]))
            if part is not None:
                part.paint(_inside_tube(part, start, end, float(radius)), value, min(1.0, float(radius)))


def tubes(*lines: Sequence[tuple[float, float, float, float]]) -> Tubes:
    """Lines of points (x, y, z, radius), each joined to the next."""
    pairs = [(start, end) for line in lines for start, end in pairwise(line)]
    return Tubes(
        np.array([start[:3] for start, _ in pairs], np.float32),
        np.array([end[:3] for _, end in pairs], np.float32),
        np.array([(start[3] + end[3]) / 2 for start, end in pairs], np.float32),
    )


def joined(*several: Tubes) -> Tubes:
    """All of them as one."""
    return Tubes(
        np.concatenate([each.starts for each in several]),
        np.concatenate([each.ends for each in several]),
        np.concatenate([each.radii for each in several]),
    )


def _inside_tube(patch: Patch, start: Array, end: Array, radius: float) -> Array:
    along = end - start
    length2 = float(along @ along) or 1e-6
    x, y, z = patch.x - start[0], patch.y - start[1], np.float32(patch.z - start[2])
    share = np.clip((x * along[0] + y * along[1] + z * along[2]) / np.float32(length2), 0, 1)
    away = (x - share * along[0]) ** 2 + (y - share * along[1]) ** 2 + (z - share * along[2]) ** 2
    return np.asarray(np.float32(radius) - np.sqrt(away), np.float32)


def along(z: float, *knots: tuple[float, float]) -> float:
    """A smooth curve through the knots (z, value), z rising; level beyond its ends (Catmull-Rom)."""
    places = [knot[0] for knot in knots]
    if z <= places[0] or z >= places[-1]:
        return knots[0 if z <= places[0] else -1][1]
    after = next(index for index, place in enumerate(places) if place > z)
    before = after - 1
    width = places[after] - places[before]
    share = (z - places[before]) / width
    slopes = [_slope(knots, index) * width for index in (before, after)]
    square, cube = share * share, share**3
    return (
        (2 * cube - 3 * square + 1) * knots[before][1]
        + (cube - 2 * square + share) * slopes[0]
        + (3 * square - 2 * cube) * knots[after][1]
        + (cube - square) * slopes[1]
    )


def _slope(knots: Sequence[tuple[float, float]], index: int) -> float:
    first, last = max(index - 1, 0), min(index + 1, len(knots) - 1)
    return (knots[last][1] - knots[first][1]) / (knots[last][0] - knots[first][0])
