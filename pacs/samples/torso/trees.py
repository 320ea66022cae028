"""Vessels that fill an organ: each branch grows into the middle of its own half of the points (Tawhai's way)."""

from __future__ import annotations

import numpy as np

from pacs.samples.shapes import Array, Point, Tubes

REACH = 0.42  # how much of the way to the middle of its points a branch goes
THINNEST_MM = 0.35


def grow(points: Array, root: Point, towards: Point, radius_mm: float, seed: int) -> Tubes:
    """A tree from the root through points (n, 3) mm, radius falling by Murray's law as the points are shared out."""
    random = np.random.default_rng(seed)
    starts: list[Array] = []
    ends: list[Array] = []
    radii: list[float] = []
    total = len(points)
    waiting = [
        (np.array(root, np.float32), np.array(towards, np.float32) - np.array(root, np.float32), points)
    ]
    while waiting:
        start, direction, own = waiting.pop()
        end = start + REACH * (own.mean(axis=0) - start) if len(own) < total else start + direction
        end = end.astype(np.float32)
        starts.append(start)
        ends.append(end)
        radii.append(max(radius_mm * (len(own) / total) ** 0.36, THINNEST_MM))
        if len(own) > 1:
            waiting += [(end, end - start, half) for half in _halves(own, end - start, random)]
    return Tubes(np.array(starts), np.array(ends), np.array(radii, np.float32))


def _halves(points: Array, direction: Array, random: np.random.Generator) -> list[Array]:
    """The points on both sides of a plane along the branch, across the longer extent of what is left."""
    centred = points - points.mean(axis=0)
    unit = direction / (np.linalg.norm(direction) + 1e-6)
    flat = centred - np.outer(centred @ unit, unit)
    _, axes = np.linalg.eigh(flat.T @ flat + np.eye(3) * 1e-3)
    normal = axes[:, -1] + random.normal(0, 0.22, 3)
    side = centred @ normal
    middle = np.median(side)
    halves = [points[side <= middle], points[side > middle]]
    return [half.astype(np.float32) for half in halves if len(half)]


def scattered(inside: Array, x: Array, y: Array, z: float, count: int, seed: int) -> Array:
    """(count at most, 3) random points of one plane where inside_mm is above zero; x (1, columns), y (rows, 1)."""
    rows, columns = np.nonzero(inside > 0)
    random = np.random.default_rng(seed)
    chosen = random.permutation(len(rows))[:count]
    jitter = random.uniform(-2, 2, (len(chosen), 3))
    found = np.stack([x[0, columns[chosen]], y[rows[chosen], 0], np.full(len(chosen), z)], axis=1) + jitter
    return found.astype(np.float32)
