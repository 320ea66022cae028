"""From the answer of a child to an ImageDescription: a child may be taken over, so nothing is believed.

Every size is multiplied as a Python integer, and refused before anything is allocated (promise P9).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np

from viewer.imaging.errors import DECODE_FAILED, TOO_LARGE, UNSUPPORTED_PHOTOMETRIC, CannotShow
from viewer.imaging.header_rules import FLOAT_BITS, FUNCTIONS, is_applicable, photometric_of
from viewer.imaging.planes import planes_from_wire
from viewer.imaging.types import (
    Array,
    ImageDescription,
    Lut,
    NamedLut,
    NamedWindow,
    NumberKind,
    Overlay,
    Padding,
    Palette,
    Rescale,
    Window,
)

LONGEST_SIDE = (1 << 16) - 1  # of US, the VR of Rows and Columns
MOST_FRAMES = (1 << 31) - 1
MOST_FRAME_BYTES = 1 << 30
MOST_ENTRIES = 1 << 16
MOST_OVERLAYS = 16
MOST_OVERLAY_PIXELS = 1 << 26
FARTHEST = 1 << 15
LONGEST_TEXT = 64
INTEGER_BITS = (1, 8, 16, 32, 64)
SAMPLES = {
    "MONOCHROME1": 1,
    "MONOCHROME2": 1,
    "PALETTE COLOR": 1,
    "RGB": 3,
    "YBR_FULL": 3,
    "YBR_FULL_422": 3,
    "YBR_PARTIAL_422": 3,
    "YBR_PARTIAL_420": 3,
    "YBR_ICT": 3,
    "YBR_RCT": 3,
}

Named = TypeVar("Named", tuple[NamedWindow, ...], tuple[NamedLut, ...])


def description_from_wire(wire: Mapping[str, Any]) -> ImageDescription:
    """The description. Raises CannotShow for what is not one, or is of an image that cannot be shown."""
    try:
        return _description(wire)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise CannotShow(DECODE_FAILED) from None


def _description(wire: Mapping[str, Any]) -> ImageDescription:
    rows, columns = _whole(wire["rows"], 1, LONGEST_SIDE), _whole(wire["columns"], 1, LONGEST_SIDE)
    frames = _whole(wire["number_of_frames"], 1, MOST_FRAMES)
    photometric, samples = _photometric(wire)
    kind: NumberKind = "float" if _flag(wire["is_float"]) else "integer"
    allocated = _one_of(wire["bits_allocated"], FLOAT_BITS if kind == "float" else INTEGER_BITS)
    if rows * columns * samples * max(1, allocated // 8) > MOST_FRAME_BYTES:
        raise CannotShow(TOO_LARGE)
    stored = _whole(wire["bits_stored"], 1, allocated)
    return ImageDescription(
        rows=rows,
        columns=columns,
        number_of_frames=frames,
        samples_per_pixel=samples,
        photometric_interpretation=photometric,
        planar_configuration=_whole(wire["planar_configuration"], 0, 1),
        bits_allocated=allocated,
        bits_stored=stored,
        high_bit=_high_bit(wire["high_bit"], stored, allocated),
        is_signed=_flag(wire["is_signed"]),
        number_kind=kind,
        transfer_syntax_uid=_uid(wire["transfer_syntax_uid"]),
        is_word_swapped=_flag(wire["is_word_swapped"]),
        pixel_aspect=_real(wire["pixel_aspect"], 1e-3, 1e3),
        is_inverse=_flag(wire["is_inverse"]),
        is_segmentation=_flag(wire["is_segmentation"]),
        padding=_padding(wire["padding"]),
        palette=_palette(wire["palette"]),
        modality_lut=_lut(wire["modality_lut"]),
        rescales=_rescales(wire["rescales"], frames),
        windows=_windows(wire["windows"], wire["window_places"], frames),
        voi_luts=_voi_luts(wire, frames),
        overlays=_overlays(wire["overlays"]),
        planes=planes_from_wire(wire["planes"], frames),
        suv_factor=None if wire["suv_factor"] is None else _real(wire["suv_factor"], 0),
    )


def _photometric(wire: Mapping[str, Any]) -> tuple[str, int]:
    samples = _whole(wire["samples_per_pixel"], 1, LONGEST_SIDE)
    named = photometric_of(wire["photometric_interpretation"], samples)
    has_colours = named != "PALETTE COLOR" or wire["palette"] is not None
    if SAMPLES.get(named) != samples or not has_colours:
        raise CannotShow(UNSUPPORTED_PHOTOMETRIC)
    return named, samples


def _high_bit(told: Any, stored: int, allocated: int) -> int:
    """The highest bit in use; where it is told wrong, the usual one (PS3.5 8.1.1)."""
    is_possible = type(told) is int and stored - 1 <= told < allocated
    return told if is_possible else stored - 1


def _padding(told: Any) -> Padding | None:
    if told is None:
        return None
    low, high = told
    return Padding(_real(low), _real(high))


def _palette(told: Any) -> Palette | None:
    if told is None:
        return None
    colours = _array(told["colours"], np.uint8, 2)
    if not 1 <= len(colours) <= MOST_ENTRIES or colours.shape[1] != 3:
        raise ValueError("palette")
    return Palette(_whole(told["first"], -FARTHEST, 2 * FARTHEST), colours)


def _lut(told: Any) -> Lut | None:
    if told is None:
        return None
    entries = told["entries"]
    kind = np.uint8 if isinstance(entries, np.ndarray) and entries.dtype == np.uint8 else np.uint16
    entries = _array(entries, kind, 1)
    if not 1 <= len(entries) <= MOST_ENTRIES:
        raise ValueError("table")
    return Lut(_whole(told["first"], -FARTHEST, 2 * FARTHEST), entries, _whole(told["bits"], 1, 16))


def _voi_luts(wire: Mapping[str, Any], frames: int) -> tuple[tuple[NamedLut, ...], ...]:
    tables = [_lut(one) for one in _list(wire["voi_luts"])]
    lists = [tuple(_named_lut(one, tables) for one in _list(each)) for each in _list(wire["voi_lut_lists"])]
    return _placed(lists, wire["voi_lut_places"], frames)


def _named_lut(told: Any, tables: list[Lut | None]) -> NamedLut:
    place, name = told
    table = tables[_whole(place, 0, len(tables) - 1)]
    if table is None:
        raise ValueError("table")
    return NamedLut(table, _text(name))


def _placed(lists: list[Named], places: Any, frames: int) -> tuple[Named, ...]:
    if not isinstance(places, list) or len(places) not in (1, frames):
        raise ValueError("places")
    return tuple(lists[_whole(place, 0, len(lists) - 1)] for place in places)


def _rescales(told: Any, frames: int) -> tuple[Rescale, ...]:
    return tuple(Rescale(_real(slope), _real(intercept)) for slope, intercept in _pairs(told, frames))


def _windows(told: Any, places: Any, frames: int) -> tuple[tuple[NamedWindow, ...], ...]:
    lists = [tuple(_named_window(one) for one in _list(each)) for each in _list(told)]
    return _placed(lists, places, frames)


def _named_window(told: Any) -> NamedWindow:
    center, width, function, name = told
    window = Window(_real(center), _real(width), FUNCTIONS[function])
    if not is_applicable(window.width, window.function):
        raise ValueError("window")
    return NamedWindow(window, _text(name))


def _pairs(told: Any, frames: int) -> list[list[float]]:
    pairs = _array(told, np.float64, 2)
    if pairs.shape[1] != 2 or len(pairs) not in (1, frames):
        raise ValueError("frames")
    return pairs.tolist()  # type: ignore[no-any-return]


def _overlays(told: Any) -> tuple[Overlay, ...]:
    if not isinstance(told, list) or len(told) > MOST_OVERLAYS:
        raise ValueError("overlays")
    return tuple(_overlay(one) for one in told)


def _overlay(told: Mapping[str, Any]) -> Overlay:
    bits, first = told["bits"], told["first_frame"]
    rows, columns = _whole(told["rows"], 1, LONGEST_SIDE), _whole(told["columns"], 1, LONGEST_SIDE)
    if not isinstance(bits, bytes) or rows * columns > MOST_OVERLAY_PIXELS:
        raise TypeError("overlay")
    return Overlay(
        rows,
        columns,
        _whole(told["top"], -2 * FARTHEST, 2 * FARTHEST),
        _whole(told["left"], -2 * FARTHEST, 2 * FARTHEST),
        None if first is None else _whole(first, 0, MOST_FRAMES),
        _whole(told["number_of_frames"], 1, MOST_FRAMES),
        bits,
        _whole(told["bit_position"], 0, 63),
    )


def _array(told: Any, dtype: Any, axes: int) -> Array:
    if not isinstance(told, np.ndarray) or told.dtype != np.dtype(dtype) or told.ndim != axes:
        raise TypeError("array")
    return told


def _whole(told: Any, least: int, most: int) -> int:
    if type(told) is not int or not least <= told <= most:
        raise ValueError("number")
    return told


def _list(told: Any) -> list[Any]:
    if not isinstance(told, list):
        raise TypeError("list")
    return told


def _text(told: Any) -> str:
    if not isinstance(told, str) or len(told) > LONGEST_TEXT:
        raise TypeError("text")
    return told


def _one_of(told: Any, allowed: tuple[int, ...]) -> int:
    if type(told) is not int or told not in allowed:
        raise ValueError("bits")
    return told


def _real(told: Any, least: float = -math.inf, most: float = math.inf) -> float:
    if type(told) not in (int, float) or not math.isfinite(told) or not least <= told <= most:
        raise ValueError("number")
    return float(told)


def _flag(told: Any) -> bool:
    if type(told) is not bool:
        raise TypeError("flag")
    return told


def _uid(told: Any) -> str:
    if not isinstance(told, str) or len(told) > 64:
        raise TypeError("uid")
    return told
