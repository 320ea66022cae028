"""What a client must know to make, of stored values, exactly the greys that viewer.imaging makes (PS3.4 N.2).

The header of a frame's stream, as JSON. Binary values are base64. All numbers of pixels are *stored* values unless
it says modality values; spaces are the image's rows and columns, the first pixel is 0.
"""

from __future__ import annotations

import base64
import zlib
from dataclasses import asdict
from typing import Any

import numpy as np

from viewer.imaging import header_rules
from viewer.imaging.types import Array, ImageDescription, Lut, Rescale, Window
from viewer.rendering.values import FrameValues

Told = dict[str, Any]
MOST_OFFERED = 8  # windows, and tables: a menu
OVERLAY_LEVEL = 9  # mostly empty planes: 5 megapixels of them take less than a kilobyte


def told_of(frame: FrameValues) -> Told:
    """All of a header but how the frame is coded.

    "look" is how the frame is shown when nobody says otherwise; "windows" and "luts" are those that the file
    brings, of this frame.
    """
    description, frame_index = frame.description, frame.frame_index
    is_grey = description.is_monochrome
    return {
        "rows": description.rows,
        "columns": description.columns,
        "samples": 1 if is_grey else 3,
        "signed": is_grey and description.is_signed,
        "bits": description.bits_stored if is_grey else 8,
        "modality": _modality(description, frame_index) if is_grey else None,
        "padding": _padding(description) if is_grey else None,
        "inverse": header_rules.is_inverse(description.photometric_interpretation, description.is_inverse),
        "look": _look(frame.own_look) if is_grey else None,
        "windows": _windows(description, frame_index) if is_grey else [],
        "luts": _luts(description, frame_index) if is_grey else [],
        "overlay": _overlay(frame.level(0).overlay),
    }


def _modality(description: ImageDescription, frame_index: int) -> Told | None:
    """PS3.3 C.11.1. "real" is how the sum is computed: what is whole is exact either way."""
    if description.modality_lut is not None:
        return {"lut": _lut(description.modality_lut)}
    rescale = description.rescale_of(frame_index)
    if rescale == Rescale():
        return None
    is_whole = rescale.slope.is_integer() and rescale.intercept.is_integer()
    return {**asdict(rescale), "real": "float64" if is_whole else "float32"}


def _padding(description: ImageDescription) -> list[float] | None:
    padding = description.padding
    return None if padding is None else [padding.low, padding.high]


def _look(look: Window | Lut) -> Told:
    return {"window": asdict(look)} if isinstance(look, Window) else {"lut": _lut(look)}


def _windows(description: ImageDescription, frame_index: int) -> list[Told]:
    windows = description.windows_for(frame_index)
    return [{**asdict(one.window), "name": one.name} for one in windows[:MOST_OFFERED]]


def _luts(description: ImageDescription, frame_index: int) -> list[Told]:
    luts = description.voi_luts_for(frame_index)
    return [{**_lut(one.lut), "name": one.name} for one in luts[:MOST_OFFERED]]


def _lut(lut: Lut) -> Told:
    """PS3.3 C.11.1.1, C.11.2.1.1; entries are little endian numbers of the kind that is told."""
    entries = np.ascontiguousarray(lut.entries, lut.entries.dtype.newbyteorder("<"))
    return {
        "first": lut.first,
        "bits": lut.bits,
        "number": entries.dtype.name,
        "entries": base64.b64encode(entries.tobytes()).decode(),
    }


def _overlay(plane: Array | None) -> str | None:
    """Where white is drawn over the frame (PS3.3 C.9): a bit a pixel, row after row, the lowest bit first; zlib."""
    if plane is None:
        return None
    bits = np.packbits(plane.reshape(-1), bitorder="little").tobytes()
    return base64.b64encode(zlib.compress(bits, OVERLAY_LEVEL)).decode()
