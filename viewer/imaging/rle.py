"""RLE Lossless (PS3.5 G): byte planes, the most significant first, of one colour after another."""

from __future__ import annotations

import struct

import imagecodecs
import numpy as np

from viewer.imaging.errors import DECODE_FAILED, SIZE_MISMATCH, CannotShow
from viewer.imaging.native import cleaned, read_native_frame, shaped
from viewer.imaging.types import Array, ImageDescription

HEADER = struct.Struct("<16I")  # the number of segments and where each begins


def decode_rle(description: ImageDescription, data: bytes) -> Array:
    """The stored values. Raises CannotShow, and what imagecodecs raises; no plane grows beyond its size."""
    pixels = description.rows * description.columns
    if description.bits_allocated == 1:
        (segment,) = _segments(data, 1)
        return read_native_frame(description, _plane(segment, -(-pixels // 8)), 0)
    dtype = description.dtype()
    samples, size = description.samples_per_pixel, dtype.itemsize
    planes = np.zeros((samples, pixels, size), np.uint8)
    for number, segment in enumerate(_segments(data, samples * size)):
        sample, byte = divmod(number, size)
        planes[sample, :, size - 1 - byte] = np.frombuffer(_plane(segment, pixels), np.uint8)
    return cleaned(shaped(planes.reshape(-1).view(dtype), description, planar=True), description)


def _segments(data: bytes, count: int) -> list[bytes]:
    if len(data) < HEADER.size:
        raise CannotShow(DECODE_FAILED)
    told, *offsets = HEADER.unpack_from(data)
    if told != count:
        raise CannotShow(SIZE_MISMATCH)
    ends = [*offsets[1:count], len(data)]
    return [data[first:end] for first, end in zip(offsets[:count], ends, strict=True)]


def _plane(segment: bytes, size: int) -> bytes:
    plane = imagecodecs.packbits_decode(segment, out=size)
    if len(plane) != size:
        raise CannotShow(SIZE_MISMATCH)
    return bytes(plane)
