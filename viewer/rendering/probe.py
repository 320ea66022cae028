"""What the pixels of a frame say: at one point, and of a part of it. From full-size values, never from a picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from pacs.errors import NotFound
from viewer.imaging.auto_window import auto_window
from viewer.imaging.types import Window
from viewer.rendering.frame_values import FrameValues

FLOAT32_DIGITS = 7  # what a value of 24 bits of mantissa is known to


def value_at(frame: FrameValues, column: int, row: int) -> dict[str, Any]:
    """The pixel's modality value, or its colour in sRGB; where it lies in the patient. Raises NotFound outside.

    `value` and `suv` are None on padding, which is no part of the picture (PS3.3 C.7.5.1.1.2); columns and rows count
    from 0, `position_mm` is of the middle of the pixel in LPS (PS3.3 C.7.6.2.1.1).
    """
    description = frame.description
    if not (0 <= column < description.columns and 0 <= row < description.rows):
        raise NotFound
    full = frame.level(0)
    is_padding = bool(full.padding is not None and full.padding[row, column])
    value = None if full.values is None or is_padding else _number(full.values[row, column])
    plane, factor = description.plane_of(frame.frame_index), description.suv_factor
    return {
        "column": column,
        "row": row,
        "value": value,
        "colour": None if full.colours is None else full.colours[row, column].tolist(),
        "padding": is_padding,
        "suv": None if value is None or factor is None else float(value * factor),
        "position_mm": None if plane is None else [round(mm, 3) for mm in plane.position_mm(column, row)],
    }


def window_of_part(frame: FrameValues, part: tuple[slice, slice]) -> Window:
    """The window that suits this part (rows, columns) of the frame. Raises NotFound where it has no values."""
    full = frame.level(0)
    if full.values is None:
        raise NotFound
    values = full.values[part]
    if full.padding is not None:
        values = values[~full.padding[part]]
    window = auto_window(values)
    if window is None:
        raise NotFound
    return window


def looks_of(frame: FrameValues) -> dict[str, Any]:
    """All the windows and VOI LUTs that the file brings for this frame, in its order (PS3.3 C.11.2).

    Of a VOI LUT its name and the values that it spreads out: from `first` to `last`.
    """
    description, index = frame.description, frame.frame_index
    return {
        "windows": [{**window_told(one.window), "name": one.name} for one in description.windows_for(index)],
        "voi_luts": [
            {"name": one.name, "first": one.lut.first, "last": one.lut.first + len(one.lut.entries) - 1}
            for one in description.voi_luts_for(index)
        ],
        "suv_factor": description.suv_factor,
    }


def window_told(window: Window) -> dict[str, Any]:
    """As the digest tells windows."""
    return {"center": window.center, "width": window.width, "function": window.function}


def _number(value: np.generic) -> int | float:
    if value.dtype == np.float32:
        return float(f"{float(value):.{FLOAT32_DIGITS}g}")
    return value.item()  # type: ignore[no-any-return]
