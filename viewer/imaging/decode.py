"""From a frame's bytes to its stored values. What needs a decoder runs in the sandbox (promises P8, P9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from viewer.imaging.codestreams import decode_codestream
from viewer.imaging.describe import describe_dataset, read_header
from viewer.imaging.errors import NO_PIXELS, CannotShow
from viewer.imaging.fragments import joined
from viewer.imaging.header import value_of
from viewer.imaging.native import read_native_frame
from viewer.imaging.types import Array, ImageDescription
from viewer.imaging.validate import description_from_wire

__all__ = ["Stored", "decode_frame_bytes", "decode_whole_file", "read_native_frame"]

# {"stored": (rows, columns) or (rows, columns, 3), "colour_space": the Photometric Interpretation they are in,
# "jpeg": a JPEG that browsers decode to the same, or none}
Stored = dict[str, Any]


def decode_frame_bytes(wire: Mapping[str, Any], data: bytes, fragmented: bool) -> Stored:
    """The stored values of one encapsulated frame, and the colour space that they are in. Runs in the sandbox.

    `wire` is what describe_header answered. When fragmented, each fragment has its item tag and length before
    it. Raises CannotShow.
    """
    description = description_from_wire(wire)
    frame = decode_codestream(description, joined(data) if fragmented else data)
    return _told(frame.stored, frame.colour_space, frame.jpeg)


def decode_whole_file(file: bytes, frame_index: int) -> Stored:
    """The same of a frame of a deflated file, which has to be inflated whole (PS3.5 A.5). Runs in the sandbox."""
    dataset, tag, vr = read_header(file)
    description = description_from_wire(describe_dataset(dataset, tag, vr))
    pixels = value_of(dataset, tag)
    if not isinstance(pixels, bytes):
        raise CannotShow(NO_PIXELS)
    first, end = _span(description, frame_index)
    stored = read_native_frame(description, pixels[first:end], frame_index)
    return _told(stored, description.photometric_interpretation)


def _span(description: ImageDescription, frame_index: int) -> tuple[int, int]:
    samples = description.samples_per_pixel
    if description.photometric_interpretation.endswith("_422"):
        samples = 2
    bits = description.rows * description.columns * samples * description.bits_allocated
    return frame_index * bits // 8, -(-(frame_index + 1) * bits // 8)


def _told(stored: Array, colour_space: str, jpeg: bytes | None = None) -> Stored:
    return {"stored": stored, "colour_space": colour_space, "jpeg": jpeg}
