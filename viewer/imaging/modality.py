"""From stored values to modality values, such as Hounsfield units (PS3.3 C.11.1), and which of them are padding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from viewer.imaging.types import Array, ImageDescription, Lut, Rescale

INT16, INT32 = np.iinfo(np.int16), np.iinfo(np.int32)


@dataclass(frozen=True, eq=False)
class ModalityValues:
    """The values, and where they are padding; None where nothing is."""

    values: Array
    padding_mask: Array | None


def to_modality_values(stored: Array, description: ImageDescription, frame_index: int) -> ModalityValues:
    """The frame's modality values: integers as small as hold them wherever the arithmetic is exact in integers.

    Padding is told by stored values, before anything is done with them (PS3.3 C.7.5.1.1.2). What is not a number
    is padding too.
    """
    mask = _padding_mask(stored, description)
    if stored.dtype.kind == "f":
        unreal = ~np.isfinite(stored)
        if unreal.any():
            mask = unreal if mask is None else mask | unreal
            stored = np.where(unreal, stored.dtype.type(0), stored)
    if description.modality_lut is not None:
        return ModalityValues(look_up(stored, description.modality_lut), mask)
    return ModalityValues(_rescaled(stored, description.rescale_of(frame_index)), mask)


def look_up(values: Array, lut: Lut) -> Array:
    """Each value's entry; those before the first and after the last have that of the nearest (PS3.3 C.11.1.1)."""
    places = np.clip(values.astype(np.int64) - lut.first, 0, len(lut.entries) - 1)
    return lut.entries.take(places)


def _padding_mask(stored: Array, description: ImageDescription) -> Array | None:
    padding = description.padding
    if padding is None:
        return None
    mask: Array = stored == padding.low
    if padding.low != padding.high:
        mask = (stored >= padding.low) & (stored <= padding.high)
    return mask if mask.any() else None


def _rescaled(stored: Array, rescale: Rescale) -> Array:
    slope, intercept = float(rescale.slope), float(rescale.intercept)
    if stored.dtype.kind == "f":
        return stored if (slope, intercept) == (1, 0) else stored * slope + intercept
    if not (slope.is_integer() and intercept.is_integer()):
        # 16 bits and their sum with a decimal number are told apart in 24 bits of mantissa; 32 bits are not.
        real = np.float32 if stored.dtype.itemsize <= 2 else np.float64
        values: Array = stored.astype(real)
        values *= real(slope)
        values += real(intercept)
        return values
    return _rescaled_whole(stored, int(slope), int(intercept))


def _rescaled_whole(stored: Array, slope: int, intercept: int) -> Array:
    if stored.size == 0:
        return stored
    ends = [int(stored.min()) * slope + intercept, int(stored.max()) * slope + intercept]
    low, high = min(ends), max(ends)
    if INT16.min <= low and high <= INT16.max:
        # Modulo 2 ** 16 is exact where the result fits, whatever happens on the way.
        narrow = stored.astype(np.int16)
        if slope != 1:
            narrow *= _wrapped(slope)
        if intercept:
            narrow += _wrapped(intercept)
        return narrow
    if stored.dtype == np.dtype(np.uint16) and (slope, intercept) == (1, 0):
        return stored
    if INT32.min <= low and high <= INT32.max:
        return (stored.astype(np.int64) * slope + intercept).astype(np.int32)
    return stored.astype(np.float64) * slope + intercept


def _wrapped(number: int) -> np.int16:
    return np.int16((number + (1 << 15)) % (1 << 16) - (1 << 15))
