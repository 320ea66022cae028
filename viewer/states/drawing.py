"""Shutters, graphics and texts, drawn into a picture (PS3.3 C.7.6.11, C.10.5). Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from viewer.states.geometry import Display, Picture
from viewer.states.state import Colour, Graphic, Point, Shutter, Text

STEPS_OF_A_ROUND = 128
STEPS_BETWEEN = 16
POINT_RADIUS = 2.0
SMALLEST_LETTERS, LARGEST_LETTERS, USUAL_LETTERS = 8, 96, 14
LINE_HEIGHT = 1.25
FARTHEST = 1e6  # pixels beyond which nothing is drawn


def shuttered(picture: Picture, shutter: Shutter, aspect: float = 1.0) -> Picture:
    """(rows, columns, 3), with the shutter's colour outside of its shapes. Pixels are seen whose middles lie inside.

    `aspect` is the height of a pixel over its width.
    """
    rows, columns = np.indices(picture.shape[:2])
    x, y = columns + 0.5, rows + 0.5
    seen = np.ones(picture.shape[:2], bool)
    if shutter.rectangle is not None:
        left, top, right, bottom = shutter.rectangle
        seen &= (x > left) & (x < right) & (y > top) & (y < bottom)
    if shutter.circle is not None:
        (across, down), radius = shutter.circle
        seen &= (x - across) ** 2 + ((y - down) * aspect) ** 2 <= radius**2
    if shutter.polygon:
        mask = Image.new("1", (picture.shape[1], picture.shape[0]))
        # Pixels of a drawing are named by their middles.
        corners = [(clipped(across - 0.5), clipped(down - 0.5)) for across, down in shutter.polygon]
        ImageDraw.Draw(mask).polygon(corners, fill=1)
        seen &= np.asarray(mask, bool)
    return np.where(seen[..., None], picture, np.array(shutter.colour, np.uint8))


def draw_graphic(draw: Any, graphic: Graphic, display: Display, colour: Colour) -> None:
    """One graphic object, in its own colour or that of its layer."""
    points = [display.place(point, graphic.units) for point in graphic.points]
    line = [(clipped(x), clipped(y)) for x, y in OUTLINES[graphic.kind](points)]
    told = graphic.colour or colour
    if graphic.is_filled and len(line) > 2:
        draw.polygon(line, fill=told)
    draw.line(line, fill=told, width=max(1, round(graphic.thickness)), joint="curve")


def clipped(number: float) -> float:
    """Not so far away that the drawing takes for ever."""
    return min(max(number, -FARTHEST), FARTHEST)


def _circle(points: Sequence[Point]) -> list[Point]:
    centre, edge = points
    radius = math.dist(centre, edge)
    return _round(centre, (radius, 0.0), (0.0, radius))


def _ellipse(points: Sequence[Point]) -> list[Point]:
    first, last, side, other = points
    centre = ((first[0] + last[0]) / 2, (first[1] + last[1]) / 2)
    major = ((last[0] - first[0]) / 2, (last[1] - first[1]) / 2)
    minor = ((other[0] - side[0]) / 2, (other[1] - side[1]) / 2)
    return _round(centre, major, minor)


def _round(centre: Point, major: Point, minor: Point) -> list[Point]:
    angles = (2 * math.pi * step / STEPS_OF_A_ROUND for step in range(STEPS_OF_A_ROUND + 1))
    return [
        (
            centre[0] + major[0] * math.cos(angle) + minor[0] * math.sin(angle),
            centre[1] + major[1] * math.cos(angle) + minor[1] * math.sin(angle),
        )
        for angle in angles
    ]


def _interpolated(points: Sequence[Point]) -> list[Point]:
    """A curve through all points (Catmull-Rom), closed where the last is the first."""
    if len(points) < 3:
        return list(points)
    is_closed = points[0] == points[-1]
    before, after = (points[-2], points[1]) if is_closed else (points[0], points[-1])
    known = np.array([before, *points, after], np.float64)
    shares = np.linspace(0, 1, STEPS_BETWEEN, endpoint=False)[:, None]
    curve: list[Point] = []
    for p0, p1, p2, p3 in zip(known, known[1:], known[2:], known[3:], strict=False):
        part = 0.5 * (
            2 * p1 + (p2 - p0) * shares + (2 * p0 - 5 * p1 + 4 * p2 - p3) * shares**2
            + (3 * p1 - p0 - 3 * p2 + p3) * shares**3
        )  # fmt: skip
        curve += [(float(x), float(y)) for x, y in part]
    return [*curve, points[-1]]


def _point(points: Sequence[Point]) -> list[Point]:
    return _round(points[0], (POINT_RADIUS, 0.0), (0.0, POINT_RADIUS))


OUTLINES: dict[str, Callable[[Sequence[Point]], list[Point]]] = {
    "POINT": _point,
    "POLYLINE": list,
    "INTERPOLATED": _interpolated,
    "CIRCLE": _circle,
    "ELLIPSE": _ellipse,
}


def draw_text(draw: Any, text: Text, display: Display, colour: Colour) -> None:
    """One text object: in its box, as large as its lines fit there, and a line to its anchor where that is seen."""
    lines = text.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    anchor = display.place(text.anchor, text.anchor_units) if text.anchor is not None else None
    left, top, right, bottom = _box(text, display, anchor, len(lines))
    size = min(max(int((bottom - top) / len(lines) / LINE_HEIGHT), SMALLEST_LETTERS), LARGEST_LETTERS)
    if anchor is not None and text.is_anchor_visible:
        draw.line(
            [_nearest((left, top, right, bottom), anchor), (clipped(anchor[0]), clipped(anchor[1]))],
            fill=colour,
        )
    for number, line in enumerate(lines):
        letters = _letters(size)
        across = {
            "CENTER": (right - left - letters.getlength(line)) / 2,
            "RIGHT": right - left - letters.getlength(line),
        }
        place = (
            clipped(left + across.get(text.justification, 0.0)),
            clipped(top + number * size * LINE_HEIGHT),
        )
        draw.text(place, line, fill=colour, font=letters, stroke_width=1, stroke_fill=(0, 0, 0))


def _box(text: Text, display: Display, anchor: Point | None, lines: int) -> tuple[float, float, float, float]:
    if text.box is not None:
        corners = [display.place(corner, text.box_units) for corner in text.box]
        (x0, x1), (y0, y1) = (sorted(axis) for axis in zip(*corners, strict=True))
        return x0, y0, x1, y1
    assert anchor is not None  # noqa: S101  # reading refuses a text that has neither
    return anchor[0], anchor[1], anchor[0], anchor[1] + lines * USUAL_LETTERS * LINE_HEIGHT


def _nearest(box: tuple[float, float, float, float], point: Point) -> Point:
    left, top, right, bottom = box
    return clipped(min(max(point[0], left), right)), clipped(min(max(point[1], top), bottom))


@lru_cache(maxsize=32)
def _letters(size: int) -> Any:
    return ImageFont.load_default(size)
