"""Which images belong side by side, as radiologists hang them. Pure: it knows facts of images and no image."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Side = Literal["left", "right"]
Row = tuple["Hung", ...]

MAMMOGRAPHY = "MG"
RADIOGRAPHY = frozenset({"CR", "DX", "RG"})
# The order in which pairs of views are read; another view comes after these (View Position, PS3.3 C.8.11.7).
MAMMOGRAM_VIEWS = ("CC", "MLO", "ML", "LM")
FRONTAL = ("PA", "AP")
LATERAL = ("LL", "RL", "LAT", "LATERAL", "LLAT", "RLAT")
CHEST = "CHEST"
# A right breast hangs at the left, as if the patient stood before the reader: the chest walls meet in the middle.
CHEST_WALLS: dict[str, Side] = {"R": "right", "L": "left"}
MOST_ROWS = 4


@dataclass(frozen=True)
class View:
    """One image and what it shows: places in the digest, and the standard's words."""

    series: int
    instance: int
    modality: str
    body_part: str
    position: str
    laterality: str
    number_of_frames: int


@dataclass(frozen=True)
class Hung:
    """An image in its pane. chest_wall: at which edge of the pane it belongs; None where none is meant."""

    series: int
    instance: int
    chest_wall: Side | None = None


@dataclass(frozen=True)
class Hanging:
    """Rows of images that belong side by side, the first row first."""

    name: Literal["mammography", "chest"]
    rows: tuple[Row, ...]


def hang(views: Sequence[View]) -> Hanging | None:
    """How these images hang; None where no rule of this module knows better than the order of the series."""
    return _mammograms(views) or _chest(views)


def _mammograms(views: Sequence[View]) -> Hanging | None:
    breasts = [view for view in views if view.modality == MAMMOGRAPHY and view.laterality in CHEST_WALLS]
    rows = [row for position in _positions(breasts) if (row := _pair(breasts, position))]
    if not rows:
        return None
    if not any(len(row) > 1 for row in rows):
        # One breast alone: its views side by side.
        rows = [tuple(hung for row in rows[:2] for hung in row)]
    return Hanging("mammography", tuple(rows[:MOST_ROWS])) if len(rows[0]) > 1 or len(rows) > 1 else None


def _positions(views: Iterable[View]) -> list[str]:
    known = {position: place for place, position in enumerate(MAMMOGRAM_VIEWS)}
    named = {view.position for view in views if view.position}
    return sorted(named, key=lambda position: (known.get(position, len(known)), position))


def _pair(breasts: Sequence[View], position: str) -> Row:
    row = []
    for side, wall in CHEST_WALLS.items():
        view = _first(view for view in breasts if (view.position, view.laterality) == (position, side))
        if view is not None:
            row.append(Hung(view.series, view.instance, wall))
    return tuple(row)


def _chest(views: Sequence[View]) -> Hanging | None:
    chests = [view for view in views if view.modality in RADIOGRAPHY and view.body_part == CHEST]
    frontal = _first(view for view in chests if view.position in FRONTAL)
    lateral = _first(view for view in chests if view.position in LATERAL)
    if frontal is None or lateral is None:
        return None
    return Hanging("chest", (tuple(Hung(view.series, view.instance) for view in (frontal, lateral)),))


def _first(views: Iterable[View]) -> View | None:
    """The first of the plain images; a stack of slices (tomosynthesis) only where there is no plain one."""
    return min(views, key=lambda view: (view.number_of_frames > 1, view.series, view.instance), default=None)
