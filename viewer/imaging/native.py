"""Frames whose bytes are numbers already (PS3.5 8.1, 8.2): taken up as arrays, without a decoder."""

from __future__ import annotations

import numpy as np

from viewer.imaging.errors import SIZE_MISMATCH, CannotShow
from viewer.imaging.overlays import embedded_overlays
from viewer.imaging.types import Array, ImageDescription

# Two pixels share their chroma: Y1 Y2 Cb Cr (PS3.3 C.7.6.3.1.2).
IN_PAIRS = ("YBR_FULL_422", "YBR_PARTIAL_422")


def read_native_frame(description: ImageDescription, data: bytes, frame_index: int) -> Array:
    """The frame's stored values: (rows, columns) or (rows, columns, 3), little endian.

    `data` is every byte that holds a part of the frame, and where bytes are swapped every word that does. Raises
    CannotShow when there are fewer than it takes.
    """
    return cleaned(read_words(description, data, frame_index), description)


def read_embedded_overlays(description: ImageDescription, data: bytes, frame_index: int) -> Array | None:
    """Where overlay planes draw that stand in the unused bits of the frame's words; None where there are none."""
    if all(overlay.bits or not overlay.bit_position for overlay in description.overlays):
        return None
    if description.number_kind == "float" or description.samples_per_pixel > 1:
        return None
    return embedded_overlays(read_words(description, data, frame_index), description.overlays)


def read_words(description: ImageDescription, data: bytes, frame_index: int) -> Array:
    """The same with whatever stands in the bits above and below the stored ones."""
    if description.bits_allocated == 1:
        return _unpacked(description, data, frame_index)
    if description.is_word_swapped:
        data = _swapped(data)[frame_index * _pixels(description) * description.samples_per_pixel % 2 :]
    dtype = description.dtype().newbyteorder("<" if description.is_little_endian else ">")
    if description.photometric_interpretation in IN_PAIRS:
        words = _spread_pairs(_taken(data, dtype, _pixels(description) * 2), description)
    else:
        words = _taken(data, dtype, _pixels(description) * description.samples_per_pixel)
    return shaped(words.astype(description.dtype(), copy=False), description)


def shaped(samples: Array, description: ImageDescription, planar: bool | None = None) -> Array:
    """A row of samples as (rows, columns) or (rows, columns, 3), whatever their planar configuration."""
    rows, columns, count = description.rows, description.columns, description.samples_per_pixel
    if samples.size != rows * columns * count:
        raise CannotShow(SIZE_MISMATCH)
    if count == 1:
        return samples.reshape(rows, columns)
    is_in_pairs = description.photometric_interpretation in IN_PAIRS
    if planar if planar is not None else description.planar_configuration == 1 and not is_in_pairs:
        return np.ascontiguousarray(np.moveaxis(samples.reshape(count, rows, columns), 0, -1))
    return samples.reshape(rows, columns, count)


def cleaned(words: Array, description: ImageDescription) -> Array:
    """The stored bits alone: nothing may be assumed of the others (PS3.5 8.1.1)."""
    allocated, stored = words.dtype.itemsize * 8, description.bits_stored
    if words.dtype.kind == "f" or stored >= allocated or description.bits_allocated == 1:
        return words
    above = allocated - 1 - description.high_bit
    if description.is_signed:
        return (words << above) >> (allocated - stored)  # type: ignore[no-any-return]
    if description.high_bit >= stored:
        words = words >> (description.high_bit + 1 - stored)
    return words & words.dtype.type((1 << stored) - 1)  # type: ignore[no-any-return]


def _pixels(description: ImageDescription) -> int:
    return description.rows * description.columns


def _taken(data: bytes, dtype: np.dtype[np.generic], count: int) -> Array:
    if len(data) < count * dtype.itemsize:
        raise CannotShow(SIZE_MISMATCH)
    return np.frombuffer(data, dtype, count)


def _unpacked(description: ImageDescription, data: bytes, frame_index: int) -> Array:
    """One bit a pixel, the first in the lowest bit; a frame may begin within a byte (PS3.5 8.1.1, annex D.2)."""
    pixels = _pixels(description) * description.samples_per_pixel
    before = frame_index * pixels % 8
    if len(data) * 8 < before + pixels:
        raise CannotShow(SIZE_MISMATCH)
    bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little", count=before + pixels)
    return shaped(bits[before:], description)


def _swapped(data: bytes) -> bytes:
    if len(data) % 2:
        raise CannotShow(SIZE_MISMATCH)
    return np.frombuffer(data, ">u2").astype("<u2").tobytes()


def _spread_pairs(samples: Array, description: ImageDescription) -> Array:
    if description.columns % 2:
        raise CannotShow(SIZE_MISMATCH)
    pairs = samples.reshape(-1, 4)
    pixels = np.empty((len(pairs), 2, 3), samples.dtype)
    pixels[:, :, 0] = pairs[:, :2]
    pixels[:, :, 1:] = pairs[:, None, 2:]
    return pixels.reshape(-1)
