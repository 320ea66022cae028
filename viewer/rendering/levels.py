"""A frame made smaller by halves, whole: what tiles are cut from, made once, since a moving window asks again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from viewer.imaging.overlays import burn
from viewer.imaging.pyramid import averaged
from viewer.imaging.types import ImageDescription

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Level:
    """One size of a frame: grey modality values with a mask that is true on padding, or colours (uint8 sRGB).

    `overlay` is true where an overlay plane draws (PS3.3 C.9). All are (rows, columns) of this level, colours
    with a third axis of 3.
    """

    values: Array | None
    padding: Array | None
    colours: Array | None
    overlay: Array | None

    @property
    def size_bytes(self) -> int:
        """Bytes of its arrays."""
        arrays = (self.values, self.padding, self.colours, self.overlay)
        return sum(array.nbytes for array in arrays if array is not None)


def grey_level(values: Array, padding: Array | None, overlay: Array | None) -> Level:
    """A grey frame in full size."""
    return Level(values, padding, None, overlay)


def colour_level(colours: Array, overlay: Array | None) -> Level:
    """A frame of colours in full size."""
    return Level(None, None, colours, overlay)


def smaller_level(full: Level, halvings: int) -> Level:
    """The level at 1 / 2**halvings. Values and colours are averages; a pixel is padding where all beneath it are.

    Padding counts for nothing in an average: a border of -2000 must not darken what it borders on.
    """
    return Level(
        None if full.values is None else averaged(full.values, 2**halvings, full.padding),
        None if full.padding is None else ~_any_beneath(~full.padding, halvings),
        None if full.colours is None else averaged(full.colours, 2**halvings),
        None if full.overlay is None else _any_beneath(full.overlay, halvings),
    )


def join_overlays(drawn: Array | None, description: ImageDescription, frame_index: int) -> Array | None:
    """Where the planes of the header draw on this frame, or those that were found among its pixels (PS3.3 C.9)."""
    if not description.overlays:
        return drawn
    blank = np.zeros((description.rows, description.columns), np.uint8)
    overlay = burn(blank, description.overlays, frame_index) > 0
    if drawn is not None:
        overlay |= drawn
    return overlay if overlay.any() else None


def _any_beneath(mask: Array, halvings: int) -> Array:
    step = 2**halvings
    by_rows = np.logical_or.reduceat(mask, np.arange(0, mask.shape[0], step), axis=0)
    return np.logical_or.reduceat(by_rows, np.arange(0, mask.shape[1], step), axis=1)
