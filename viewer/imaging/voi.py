"""From modality values to 256 greys: windows and tables (PS3.3 C.11.2)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from viewer.imaging.types import Array, Grey, ImageDescription, Lut, Window

WHITE = 255
MOST_TABLES = 64  # of 64 KiB: a window that stays is not computed again
EXPONENT_BOUND = 700.0  # e to this is still a number


def default_window(values: Array, description: ImageDescription, frame_index: int) -> Window | Lut:
    """How the frame is shown when nobody says otherwise: its own window, else its own table, else all its values.

    A file that brings both leaves the choice to us (PS3.3 C.11.2.1): a window can be moved by hand afterwards.
    """
    own = description.window_of(frame_index)
    if own is not None:
        return own
    table = description.voi_lut_of(frame_index)
    if table is not None:
        return table
    if description.is_segmentation and values.size:
        return spanning(0, max(1, int(values.max())))
    if description.number_kind == "integer" and description.bits_stored <= 8 and _is_plain(description):
        # All that such an image can hold: the frames of a cine must not be stretched each in its own way.
        low = -(1 << (description.bits_stored - 1)) if description.is_signed else 0
        return spanning(low, low + (1 << description.bits_stored) - 1)
    if values.size == 0:
        return spanning(0, 0)
    low, high = values.min(), values.max()
    if values.dtype.kind == "f":
        return Window((float(low) + float(high)) / 2, float(high) - float(low) or 1.0, "LINEAR_EXACT")
    return spanning(int(low), int(high))


def apply_window(values: Array, window: Window) -> Grey:
    """Greys by the window's function. PS3.3 C.11.2.1.2.1, C.11.2.1.3.1 and C.11.2.1.3.2, rounded to the nearest."""
    if values.dtype.itemsize == 2 and values.dtype.kind in "iu" and values.size > 1 << 12:
        return _of_16_bits(values, window)
    return _windowed(values, window)


def apply_voi_lut(values: Array, lut: Lut) -> Grey:
    """Greys by a VOI LUT. What is below or above it has its first or last entry (PS3.3 C.11.2.1.1)."""
    places = np.clip(np.rint(values).astype(np.int64) - lut.first, 0, len(lut.entries) - 1)
    most = (1 << lut.bits) - 1
    greys = (lut.entries.astype(np.int64) * WHITE + most // 2) // most
    return np.minimum(greys, WHITE).astype(np.uint8).take(places)


def _is_plain(description: ImageDescription) -> bool:
    is_rescaled = any((one.slope, one.intercept) != (1, 0) for one in description.rescales)
    return description.modality_lut is None and not is_rescaled


def spanning(low: int, high: int) -> Window:
    """The LINEAR window that shows the lowest value black and the highest white."""
    return Window((low + high + 1) / 2, float(high - low + 1))


@dataclass(frozen=True, eq=False)
class _Greys:
    """A window's grey of each number of 16 bits; and gain and bias, where `value * gain + bias` tells every one."""

    table: Grey
    ramp: tuple[np.float32, np.float32] | None


def _of_16_bits(values: Array, window: Window) -> Grey:
    greys = _greys(window, values.dtype.kind == "i")
    if greys.ramp is None:
        return greys.table.take(values.view(np.uint16))
    return _on_ramp(values, *greys.ramp)


@lru_cache(maxsize=MOST_TABLES)
def _greys(window: Window, is_signed: bool) -> _Greys:
    values = np.arange(1 << 16, dtype=np.uint16)
    values = values.view(np.int16) if is_signed else values
    table = _windowed(values, window)
    table.flags.writeable = False
    ramp = _ramp(window)
    # Single precision takes half the time of a look-up. Whether it gives the same greys is not argued but seen.
    is_exact = ramp is not None and np.array_equal(_on_ramp(values, *ramp), table)
    return _Greys(table, ramp if is_exact else None)


def _ramp(window: Window) -> tuple[np.float32, np.float32] | None:
    """Gain and bias of a window whose function is a straight line."""
    center, width = _line(window)
    if window.function == "SIGMOID" or width <= 0:
        return None
    with np.errstate(over="ignore"):  # what is no number in single precision tells no grey, and is not used
        return np.float32(WHITE / width), np.float32((0.5 - center / width) * WHITE + 0.5)


def _on_ramp(values: Array, gain: np.float32, bias: np.float32) -> Grey:
    with np.errstate(over="ignore", invalid="ignore"):
        greys = values.astype(np.float32)
        greys *= gain
        greys += bias
        np.clip(greys, 0, WHITE, out=greys)
        return greys.astype(np.uint8)


def _line(window: Window) -> tuple[float, float]:
    """Where the grey is half, and from black to white (PS3.3 C.11.2.1.2.1 and C.11.2.1.3.2)."""
    if window.function == "LINEAR":
        return window.center - 0.5, window.width - 1
    return window.center, window.width


def _windowed(values: Array, window: Window) -> Grey:
    real = np.float32 if values.dtype == np.float32 else np.float64
    with np.errstate(over="ignore"):  # infinitely far beyond a window is beyond it too
        greys = _shares(values.astype(real), window)
        greys *= real(WHITE)
    greys += real(0.5)
    np.clip(greys, 0, WHITE, out=greys)
    return greys.astype(np.uint8)


def _shares(values: Array, window: Window) -> Array:
    """0 to 1 within the window; beyond it less or more. The values are overwritten."""
    if window.function == "SIGMOID":
        values -= window.center
        values *= -4 / window.width
        np.clip(values, -EXPONENT_BOUND, EXPONENT_BOUND, out=values)
        return 1 / (1 + np.exp(values.astype(np.float64)))
    center, width = _line(window)
    if width <= 0:
        # A LINEAR window of width 1 is a threshold: black up to the centre - 0.5, white above.
        return (values > center).astype(values.dtype)
    values -= center
    values /= width
    values += 0.5
    return values
