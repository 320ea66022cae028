"""What the header says of the pixels, held against the bytes that are there (promises P3, P9)."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from pacs.ingest.scan import limits
from pacs.ingest.scan.part10 import Beginning
from pacs.ingest.scan.unreadable import Unreadable
from pacs.ingest.scan.walk import PIXEL_DATA, UNDEFINED, Element, Walk
from pacs.storage.frame_offsets import Span, locate_frames, pack_table

SAMPLES_PER_PIXEL = 0x00280002
PHOTOMETRIC_INTERPRETATION = 0x00280004
NUMBER_OF_FRAMES = 0x00280008
ROWS = 0x00280010
COLUMNS = 0x00280011
BITS_ALLOCATED = 0x00280100
EXTENDED_OFFSET_TABLE = 0x7FE00001
MOST_BITS = 64
FLOAT_BITS = {0x7FE00008: 32, 0x7FE00009: 64}
# Two of three chroma samples are left out (PS3.3 C.7.6.3.1.2).
SUBSAMPLED_TO_TWO = frozenset((b"YBR_FULL_422", b"YBR_PARTIAL_422"))
VIDEO_PREFIXES = ("1.2.840.10008.1.2.4.10", "1.2.840.10008.1.2.7.")


@dataclass(frozen=True)
class PixelFacts:
    """Where the frames lie: the columns of catalog.models.Instance by name. Layout as in catalog.pixel_source."""

    layout: str
    pixel_offset: int
    frame_offset: int = 0
    frame_bytes: int = 0
    frame_table: bytes | None = None
    number_of_frames: int = 0
    rows: int = 0
    columns: int = 0
    bits_allocated: int = 0


@dataclass(frozen=True)
class _Geometry:
    rows: int
    columns: int
    frames: int
    bits_allocated: int
    bits_per_frame: int


def examine_pixels(walk: Walk, beginning: Beginning, file_size: int) -> PixelFacts:
    """The facts, after checking that every frame is wholly there.

    Raises Unreadable: pixels_too_short, pixels_unclear, frames_missing, frames_unclear.
    """
    element = _pixel_element(walk)
    if element is None:
        return PixelFacts("none", file_size)
    geometry = _geometry(walk, element)
    is_encapsulated = element.length == UNDEFINED
    if is_encapsulated == beginning.is_native:
        raise Unreadable("pixels_unclear")
    if is_encapsulated:
        return _encapsulated(walk, element, geometry, beginning)
    if element.length * 8 < geometry.bits_per_frame * geometry.frames:
        raise Unreadable("pixels_too_short")
    layout = "deflated" if beginning.is_deflated else "native"
    offset = file_size if beginning.is_deflated else element.offset
    first = 0 if beginning.is_deflated else element.value_offset
    return _facts(layout, offset, geometry, frame_offset=first, frame_bytes=-(-geometry.bits_per_frame // 8))


def _pixel_element(walk: Walk) -> Element | None:
    for tag in (PIXEL_DATA, *FLOAT_BITS):
        if tag in walk.top_level:
            return walk.top_level[tag]
    return None


def _geometry(walk: Walk, element: Element) -> _Geometry:
    rows, columns = _number(walk, ROWS, 0), _number(walk, COLUMNS, 0)
    samples = _number(walk, SAMPLES_PER_PIXEL, 1)
    bits = FLOAT_BITS.get(element.tag) or _number(walk, BITS_ALLOCATED, 0)
    frames = _number(walk, NUMBER_OF_FRAMES, 1) or 1
    if min(rows, columns, samples, bits, frames) <= 0 or bits > MOST_BITS or frames > limits.MOST_FRAMES:
        raise Unreadable("pixels_unclear")
    if walk.small_value(PHOTOMETRIC_INTERPRETATION) in SUBSAMPLED_TO_TWO:
        samples = min(samples, 2)
    return _Geometry(rows, columns, frames, bits, rows * columns * samples * bits)


def _encapsulated(walk: Walk, element: Element, geometry: _Geometry, beginning: Beginning) -> PixelFacts:
    spans = [(fragment.offset, fragment.length) for fragment in walk.fragments]
    if len(spans) < 2:
        raise Unreadable("frames_missing")
    table, fragments = spans[0], spans[1:]
    if beginning.transfer_syntax_uid.startswith(VIDEO_PREFIXES):
        # A video stream is cut into fragments anywhere, and its frames are found inside it (PS3.5 8.2.5).
        frames, layout = locate_frames(fragments, 1, (), walk.source.read), "video"
    else:
        if len(fragments) < geometry.frames:
            raise Unreadable("frames_missing")
        offsets = _offset_table(walk, table, len(fragments))
        frames, layout = locate_frames(fragments, geometry.frames, offsets, walk.source.read), "encapsulated"
    if frames is None or any(length == 0 for _, length in frames):
        raise Unreadable("frames_unclear")
    return _facts(
        layout, element.offset, geometry, frame_offset=fragments[0][0], frame_table=pack_table(frames)
    )


def _facts(
    layout: str,
    pixel_offset: int,
    geometry: _Geometry,
    *,
    frame_offset: int,
    frame_bytes: int = 0,
    frame_table: bytes | None = None,
) -> PixelFacts:
    return PixelFacts(
        layout,
        pixel_offset,
        frame_offset,
        frame_bytes,
        frame_table,
        geometry.frames,
        geometry.rows,
        geometry.columns,
        geometry.bits_allocated,
    )


def _offset_table(walk: Walk, basic: Span, most: int) -> Sequence[int]:
    """The Extended Offset Table if there is one, else the basic one; empty when neither is of use."""
    extended = walk.top_level.get(EXTENDED_OFFSET_TABLE)
    if extended is not None and 0 < extended.length <= most * 8:
        count = extended.length // 8
        return struct.unpack(f"<{count}Q", walk.source.read(extended.value_offset, count * 8))
    offset, length = basic
    count = length // 4
    if count > most:
        return ()
    return struct.unpack(f"<{count}I", walk.source.read(offset, count * 4))


def _number(walk: Walk, tag: int, absent: int) -> int:
    """A US (binary) or IS (text) value; absent where the element is missing or empty. Raises Unreadable."""
    if tag not in walk.top_level or walk.top_level[tag].length == 0:
        return absent
    if tag == NUMBER_OF_FRAMES:
        try:
            return int(walk.small_value(tag) or b"1")
        except ValueError:
            raise Unreadable("pixels_unclear") from None
    element = walk.top_level[tag]
    if element.length not in (2, 4):
        raise Unreadable("pixels_unclear")
    value = walk.source.read(element.value_offset, element.length)
    return int.from_bytes(value, "big" if walk.is_big_endian else "little")
