"""What an enhanced object says frame by frame (PS3.3 C.7.6.16): rescale, windows and tables of each, or of all."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from pydicom import Dataset

from viewer.imaging import header_rules
from viewer.imaging.header import items_of, number, numbers, text, texts
from viewer.imaging.tables import named_tables
from viewer.imaging.types import Array

MOST_FRAMES_READ = 20_000  # beyond, the first frame's stand for all: a slide has no windows of its own
RESCALES = ("PixelValueTransformationSequence",)
WINDOWS = ("FrameVOILUTSequence",)
MOST_TABLE_BYTES = 1 << 20  # of different tables of one object; beyond, the first frame's stands for all

Pair = tuple[float, float]
Table = dict[str, Any]
WindowRead = list[Any]  # centre, width, function, name
Distinct = list[Any]
Places = list[int]


def rescales_of(dataset: Dataset, frames: int) -> Array:
    """Slope and intercept: float64, (1, 2) or (frames, 2)."""
    found: list[Pair | None] = by_frame(dataset, frames, RESCALES, _rescale)
    return np.array([pair or (1.0, 0.0) for pair in found], np.float64)


def windows_of(dataset: Dataset, frames: int, is_float: bool) -> tuple[Distinct, Places]:
    """The different lists of windows that frames have, and which of them each frame has; one for all."""
    read = partial(_windows, is_float=is_float)
    found: list[list[WindowRead] | None] = by_frame(dataset, frames, WINDOWS, read)
    return _distinct([one or [] for one in found])


def voi_luts_of(dataset: Dataset, frames: int, is_signed: bool) -> tuple[list[Table], Distinct, Places]:
    """The different VOI LUTs; the different lists of them, by place and name; and which list each frame has.

    `is_signed`: whether the values that they map may be below zero.
    """
    read = partial(named_tables, sequence="VOILUTSequence", is_signed=is_signed)
    found: list[list[tuple[Table, str]] | None] = by_frame(dataset, frames, WINDOWS, read)
    tables: list[Table] = []
    known: dict[tuple[int, int, bytes], int] = {}
    lists = [[[_place_of(table, tables, known), name] for table, name in one or []] for one in found]
    if sum(table["entries"].nbytes for table in tables) > MOST_TABLE_BYTES:
        return tables[:1], [lists[0][:1]], [0]
    return tables, *_distinct(lists)


def _place_of(table: Table, tables: list[Table], known: dict[tuple[int, int, bytes], int]) -> int:
    key = (table["first"], table["bits"], table["entries"].tobytes())
    if key not in known:
        known[key] = len(tables)
        tables.append(table)
    return known[key]


def _distinct(lists: list[list[Any]]) -> tuple[Distinct, Places]:
    known: dict[str, int] = {}
    places = [known.setdefault(repr(one), len(known)) for one in lists]
    firsts = [lists[places.index(place)] for place in range(len(known))]
    return firsts, places if len(known) > 1 else [0]


def by_frame(
    dataset: Dataset, frames: int, macros: tuple[str, ...], read: Callable[[Dataset], Any]
) -> list[Any]:
    """The value for each frame where any frame has its own, else one: shared by all, or of the classic module."""
    shared = [found for groups in items_of(dataset, "SharedFunctionalGroupsSequence")[:1]
              if (found := _in_macros(groups, macros, read)) is not None]  # fmt: skip
    for_all = shared[0] if shared else read(dataset)
    per_frame = items_of(dataset, "PerFrameFunctionalGroupsSequence")
    if not per_frame or not (len(per_frame) == frames <= MOST_FRAMES_READ):
        own = [_in_macros(groups, macros, read) for groups in per_frame[:1]]
        return [own[0] if own and own[0] is not None else for_all]
    own = [_in_macros(groups, macros, read) for groups in per_frame]
    if all(one is None for one in own):
        return [for_all]
    return [for_all if one is None else one for one in own]


def _in_macros(groups: Dataset, macros: tuple[str, ...], read: Callable[[Dataset], Any]) -> Any:
    for macro in macros:
        for item in items_of(groups, macro)[:1]:
            return read(item)
    return None


def _rescale(holder: Dataset) -> Pair | None:
    slope, intercept = number(holder, "RescaleSlope"), number(holder, "RescaleIntercept")
    if slope is None and intercept is None:
        return None
    # A slope of 0 would make one value of all: it is a mistake wherever it was seen.
    return slope or 1.0, intercept or 0.0


def _windows(holder: Dataset, is_float: bool) -> list[WindowRead] | None:
    """Those that can be applied, with their names; None where there is none."""
    windows = header_rules.windows_of(
        numbers(holder, "WindowCenter"),
        numbers(holder, "WindowWidth"),
        text(holder, "VOILUTFunction"),
        is_float,
    )
    names = [*texts(holder, "WindowCenterWidthExplanation", len(windows)), *[""] * len(windows)]
    return [
        [window.center, window.width, window.function, name]
        for window, name in zip(windows, names, strict=False)
        if window is not None
    ] or None
