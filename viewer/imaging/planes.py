"""Where each frame lies in the patient (PS3.3 C.7.6.2, and frame by frame C.7.6.16.2.1 to C.7.6.16.2.4)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from pydicom import Dataset

from viewer.imaging.frame_groups import by_frame
from viewer.imaging.header import numbers
from viewer.imaging.types import Array, Plane

# What makes a plane: the macro that holds it for frames, the attribute, how many numbers.
PARTS = (
    ("PlanePositionSequence", "ImagePositionPatient", 3),
    ("PlaneOrientationSequence", "ImageOrientationPatient", 6),
    ("PixelMeasuresSequence", "PixelSpacing", 2),
)
NUMBERS = 11
TOLERANCE = 1e-3  # of a direction's length, and of the right angle between the two


def planes_of(dataset: Dataset, frames: int) -> Array:
    """Origin, two directions and spacing of each frame, or of all: float64, (1 or frames, 11); NaN where unsaid.

    A spacing that is not at the patient makes no position in the patient: Imager Pixel Spacing has no part in it.
    """
    found = [_part(dataset, frames, macro, keyword, count) for macro, keyword, count in PARTS]
    longest = max(len(part) for part in found)
    parts = [part if len(part) == longest else np.repeat(part[:1], longest, axis=0) for part in found]
    return np.concatenate(parts, axis=1)


def planes_from_wire(told: Any, frames: int) -> tuple[Plane | None, ...]:
    """The planes; None where one is not told, or is none. Raises ValueError, TypeError."""
    if not isinstance(told, np.ndarray) or told.dtype != np.float64 or told.ndim != 2:
        raise TypeError("planes")
    if told.shape[1] != NUMBERS or len(told) not in (1, frames):
        raise ValueError("planes")
    return tuple(_plane(row) for row in told.tolist())


def _part(dataset: Dataset, frames: int, macro: str, keyword: str, count: int) -> Array:
    def read(holder: Dataset) -> list[float] | None:
        found = numbers(holder, keyword)
        return found if len(found) == count else None

    found: list[list[float] | None] = by_frame(dataset, frames, (macro,), read)
    return np.array([one or [math.nan] * count for one in found], np.float64)


def _plane(row: list[float]) -> Plane | None:
    origin, right, down, spacing = row[:3], row[3:6], row[6:9], row[9:]
    if not all(map(math.isfinite, row)) or min(spacing) <= 0:
        return None
    lengths = (math.hypot(*right), math.hypot(*down))
    leaning = sum(one * other for one, other in zip(right, down, strict=True))
    if any(abs(length - 1) > TOLERANCE for length in lengths) or abs(leaning) > TOLERANCE:
        return None
    return Plane(_three(origin), _three(right), _three(down), (spacing[0], spacing[1]))


def _three(numbers_: list[float]) -> tuple[float, float, float]:
    first, second, third = numbers_
    return first, second, third
