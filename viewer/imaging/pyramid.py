"""An image in halves: level 0 fits in one tile, the last is full resolution. Smaller pixels are averages of values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from viewer.imaging.types import Array

# As many halvings of 16-bit numbers as int32 holds the sum of: (2 ** 7) ** 2 * 2 ** 16 < 2 ** 31.
MOST_HALVINGS_IN_INT32 = 7


@dataclass(frozen=True)
class Pyramid:
    """The sizes of the levels of an image, cut into square tiles."""

    rows: int
    columns: int
    tile_size: int

    @cached_property
    def levels(self) -> int:
        """How many there are."""
        longest, levels = max(self.rows, self.columns), 1
        while longest > self.tile_size:
            longest = -(-longest // 2)
            levels += 1
        return levels

    def step(self, z: int) -> int:
        """How many pixels of the image lie along one side of a pixel of level z."""
        return 1 << (self.levels - 1 - z)

    def size_of(self, z: int) -> tuple[int, int]:
        """Rows and columns of level z. A pixel at the edge may have fewer pixels beneath it than others."""
        step = self.step(z)
        return -(-self.rows // step), -(-self.columns // step)


def averaged(pixels: Array, step: int, left_out: Array | None = None) -> Array:
    """The image made smaller: each pixel the mean of step x step (a power of two), or of as many as the edge has.

    (rows, columns) or (rows, columns, 3), of the same dtype as it was; integers are rounded to the nearest.
    What is true in `left_out`, which is of the image's rows and columns, counts for nothing; where nothing else
    lies beneath, the mean is 0.
    """
    halvings = step.bit_length() - 1
    if left_out is None:
        sums, beneath = _summed(pixels, halvings), _counted(pixels.shape, step)
    else:
        sums = _summed(np.where(left_out, pixels.dtype.type(0), pixels), halvings)
        beneath = np.maximum(_summed(~left_out, halvings), 1)
    means: Array = sums / beneath if sums.dtype.kind == "f" else (sums + beneath // 2) // beneath
    return means.astype(pixels.dtype)


def _summed(pixels: Array, halvings: int) -> Array:
    """The sums beneath each pixel, made by halving over and over: nothing is rounded on the way."""
    if pixels.dtype.kind == "f":
        kind: type[Any] = np.float64
    else:
        is_small = pixels.dtype.itemsize <= 2 and halvings <= MOST_HALVINGS_IN_INT32
        kind = np.int32 if is_small else np.int64
    for _ in range(halvings):
        pixels = _pairs_added(_pairs_added(pixels, 0, kind), 1, kind)
    return pixels


def _pairs_added(pixels: Array, axis: int, kind: type[Any]) -> Array:
    before = (slice(None),) * axis
    length = pixels.shape[axis]
    pairs = length // 2
    added = np.empty((*pixels.shape[:axis], length - pairs, *pixels.shape[axis + 1 :]), kind)
    first, second = (pixels[(*before, slice(place, 2 * pairs, 2))] for place in (0, 1))
    np.add(first, second, out=added[(*before, slice(0, pairs))], dtype=kind, casting="unsafe")
    added[(*before, slice(pairs, None))] = pixels[(*before, slice(2 * pairs, None))]  # an odd one stays alone
    return added


def _counted(shape: tuple[int, ...], step: int) -> Array | int:
    """How many pixels lie beneath each; one number where it is the same for all."""
    rows, columns = shape[:2]
    if rows % step == 0 and columns % step == 0:
        return step * step
    beneath: Array = np.outer(_counts(rows, step), _counts(columns, step))
    return beneath.reshape(beneath.shape + (1,) * (len(shape) - 2))


def _counts(length: int, step: int) -> Array:
    starts: Array = np.arange(0, length, step, dtype=np.int32)
    counts: Array = np.minimum(starts + step, length) - starts
    return counts
