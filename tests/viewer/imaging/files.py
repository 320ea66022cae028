"""Frames of whole files, decoded as the server does: described, cut out, read or decoded."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
from pydicom import Dataset, dcmread
from pydicom.encaps import generate_frames
from pydicom.uid import DeflatedExplicitVRLittleEndian

from viewer.imaging.codestreams import DECODERS
from viewer.imaging.decode import decode_frame_bytes, decode_whole_file
from viewer.imaging.describe import describe_header, description_from_wire
from viewer.imaging.native import read_native_frame
from viewer.imaging.types import ImageDescription

Array = np.ndarray[Any, Any]
PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")


def describe(file: bytes) -> ImageDescription:
    """The description of a Part 10 file."""
    return description_from_wire(describe_header(file))


def frames_of(file: bytes) -> Iterator[tuple[Array, str]]:
    """Stored values and their colour space, frame by frame."""
    wire = describe_header(file)
    description = description_from_wire(wire)
    syntax = description.transfer_syntax_uid
    if syntax == DeflatedExplicitVRLittleEndian:
        for index in range(description.number_of_frames):
            yield _told(decode_whole_file(file, index))
    elif syntax in DECODERS:
        pixels = pixels_of(dcmread(BytesIO(file), force=True))
        for frame in generate_frames(pixels, number_of_frames=description.number_of_frames):
            yield _told(decode_frame_bytes(wire, frame, fragmented=False))
    else:
        pixels = pixels_of(dcmread(BytesIO(file), force=True))
        for index in range(description.number_of_frames):
            data = native_span(description, pixels, index)
            yield read_native_frame(description, data, index), description.photometric_interpretation


def first_frame(file: bytes) -> Array:
    """Stored values of the first frame."""
    return next(frames_of(file))[0]


def pixels_of(dataset: Dataset) -> bytes:
    """The value of whichever element holds the pixels."""
    value: bytes = next(dataset[name].value for name in PIXELS if name in dataset)
    return value


def native_span(description: ImageDescription, pixels: bytes, index: int) -> bytes:
    """The bytes, or where bytes are swapped the words, that hold a part of the frame."""
    samples = 2 if description.photometric_interpretation == "YBR_FULL_422" else description.samples_per_pixel
    bits = description.rows * description.columns * samples * description.bits_allocated
    first, end = index * bits // 8, -(-(index + 1) * bits // 8)
    if description.is_word_swapped:
        first, end = first // 2 * 2, -(-end // 2) * 2
    return pixels[first:end]


def _told(answer: dict[str, Any]) -> tuple[Array, str]:
    return answer["stored"], answer["colour_space"]
