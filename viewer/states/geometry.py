"""Where points of the image come to lie on what is displayed (PS3.3 C.10.4, C.10.6; PS3.4 N.2.3.3). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from viewer.states.state import Area, Point, Units

Picture = np.ndarray[Any, np.dtype[np.uint8]]


@dataclass(frozen=True)
class Display:
    """The displayed area, turned by quarters clockwise and then flipped, on (width, height) pixels of a picture."""

    area: Area
    turns: int
    is_flipped: bool
    size: tuple[int, int]

    def place(self, point: Point, units: Units) -> Point:
        """In pixels of the picture."""
        across, down = point if units == "DISPLAY" else self._share_of(point)
        return across * self.size[0], down * self.size[1]

    def _share_of(self, point: Point) -> Point:
        area = self.area
        across = (point[0] - area.left) / (area.right - area.left)
        down = (point[1] - area.top) / (area.bottom - area.top)
        for _ in range(self.turns):
            across, down = 1 - down, across
        return (1 - across if self.is_flipped else across), down


def natural_size(area: Area, turns: int) -> tuple[float, float]:
    """(width, height) of the area with square pixels, turned. The denser side is stretched."""
    columns, rows = area.right - area.left, area.bottom - area.top
    width, height = (
        (columns, rows * area.aspect) if area.aspect >= 1 else (columns / area.aspect, float(rows))
    )
    return (float(height), float(width)) if turns % 2 else (float(width), float(height))


def cut(picture: Picture, area: Area) -> Picture:
    """The area of a picture, black where it reaches beyond it."""
    rows, columns = picture.shape[:2]
    shown = np.zeros((area.bottom - area.top, area.right - area.left, *picture.shape[2:]), np.uint8)
    top, left = max(0, area.top), max(0, area.left)
    seen = picture[top : min(rows, area.bottom), left : min(columns, area.right)]
    if seen.size:
        at_row, at_column = top - area.top, left - area.left
        shown[at_row : at_row + seen.shape[0], at_column : at_column + seen.shape[1]] = seen
    return shown


def turned(picture: Picture, turns: int, *, is_flipped: bool) -> Picture:
    """Turned by quarters clockwise, and then flipped from left to right."""
    lying = np.rot90(picture, -turns)
    return lying[:, ::-1] if is_flipped else lying
