"""A plane through space in any direction, and the shapes that can be painted on it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pacs.samples.shapes import Array, Point, cover


@dataclass(frozen=True)
class Canvas:
    """Coordinates in mm that broadcast against each other, and the signal there, painted in place."""

    x: Array
    y: Array
    z: Array
    step_mm: float
    values: Array

    def paint(self, inside_mm: Array, signal: float | Array, strength: float = 1) -> None:
        """Blend the signal in where inside_mm is above zero."""
        share = cover(inside_mm, self.step_mm) * np.float32(strength)
        np.add(self.values, share * (signal - self.values), out=self.values)

    def ball(self, centre: Point, semi_mm: Point, tilt_degrees: float = 0, turn_degrees: float = 0) -> Array:
        """How deep inside an ellipsoid; tilted in the sagittal plane, turned in the axial plane."""
        x, y, z = (np.float32(-at) + each for each, at in zip((self.x, self.y, self.z), centre, strict=True))
        if turn_degrees:
            x, y = _turned(x, y, turn_degrees)
        if tilt_degrees:
            y, z = _turned(y, z, tilt_degrees)
        a, b, c = (np.float32(semi) for semi in semi_mm)
        radius = np.sqrt((x / a) ** 2 + (y / b) ** 2 + (z / c) ** 2)
        return np.asarray((1 - radius) * np.float32(min(semi_mm)), np.float32)

    def pair(self, centre: Point, semi_mm: Point, tilt_degrees: float = 0, turn_degrees: float = 0) -> Array:
        """The same on both sides, mirrored."""
        x, y, z = centre
        return np.maximum(
            self.ball((x, y, z), semi_mm, tilt_degrees, turn_degrees),
            self.ball((-x, y, z), semi_mm, tilt_degrees, -turn_degrees),
        )

    def tube(self, *points: tuple[float, float, float, float], width: float = 1) -> Array:
        """How deep inside a line of points (x, y, z, radius); width stretches it in x."""
        deepest = np.full(self.values.shape, -1000, np.float32)
        for first, last in pairwise(points):
            np.maximum(deepest, self._segment(first, last, width), out=deepest)
        return deepest

    def tubes_of_both_sides(self, *points: tuple[float, float, float, float]) -> Array:
        """The tube and its mirror image."""
        mirrored = [(-x, y, z, radius) for x, y, z, radius in points]
        return np.maximum(self.tube(*points), self.tube(*mirrored))

    def _segment(
        self,
        first: tuple[float, float, float, float],
        last: tuple[float, float, float, float],
        width: float,
    ) -> Array:
        start, along = np.array(first[:3], np.float32), np.subtract(last[:3], first[:3]).astype(np.float32)
        x, y, z = (self.x - start[0]) / np.float32(width), self.y - start[1], self.z - start[2]
        length2 = np.float32(max(float((along**2).sum()), 1e-6))
        share = np.clip((x * along[0] + y * along[1] + z * along[2]) / length2, 0, 1)
        away = (x - share * along[0]) ** 2 + (y - share * along[1]) ** 2 + (z - share * along[2]) ** 2
        radius = np.float32(first[3]) + share * np.float32(last[3] - first[3])
        return np.asarray(radius - np.sqrt(away), np.float32)


def _turned(first: Array, second: Array, degrees: float) -> tuple[Array, Array]:
    cos, sin = np.float32(np.cos(np.radians(degrees))), np.float32(np.sin(np.radians(degrees)))
    return first * cos + second * sin, second * cos - first * sin
