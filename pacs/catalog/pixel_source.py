"""Which bytes of which blob hold frame n of an instance: found at ingest, so that no reader parses (PS3.5 A.4)."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pacs.errors import NotFound
from pacs.storage.frame_offsets import FRAGMENTED
from pacs.storage.keys import BlobKey

if TYPE_CHECKING:
    from pacs.catalog.models import Instance

ROW = struct.Struct("<QQ")  # of Instance.frame_table


class Layout(StrEnum):
    """How the pixels lie in the file."""

    NONE = "none"
    NATIVE = "native"
    ENCAPSULATED = "encapsulated"
    DEFLATED = "deflated"  # the whole data set is one deflated stream: no frame has an address
    VIDEO = "video"  # one stream of all frames: no frame has an address either


@dataclass(frozen=True)
class PixelSource:
    """A kept file as its readers see it. The header is the bytes from 0 to header_bytes (deflated: the whole file)."""

    blob: BlobKey
    header_bytes: int
    layout: Layout
    transfer_syntax_uid: str
    number_of_frames: int


@dataclass(frozen=True)
class FrameSpan:
    """The bytes of one frame. When fragmented, every fragment has its item tag and length before it."""

    blob: BlobKey
    offset: int
    length: int
    fragmented: bool


COUNTS = {
    "pixel_offset": 63,
    "frame_offset": 63,
    "frame_bytes": 63,
    "number_of_frames": 31,
    "rows": 31,
    "columns": 31,
    "bits_allocated": 15,
}  # columns of Instance, and the bits that a database has for them


def pixel_columns(pixels: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an Instance from ingest.scan.pixels.PixelFacts. Raises ValueError for what does not fit."""
    columns: dict[str, Any] = {"pixel_layout": Layout(pixels["layout"])}
    for name, bits in COUNTS.items():
        count = pixels[name]
        if not isinstance(count, int) or not 0 <= count < 1 << bits:
            raise ValueError(name)
        columns[name] = count
    table = pixels["frame_table"]
    if table is not None and (not isinstance(table, bytes) or len(table) % ROW.size):
        raise ValueError("frame_table")
    return {**columns, "frame_table": table}


def pixel_source(instance: Instance) -> PixelSource:
    """Where this instance's bytes are."""
    return PixelSource(
        BlobKey(instance.blob),
        instance.pixel_offset,
        Layout(instance.pixel_layout),
        instance.transfer_syntax_uid,
        instance.number_of_frames,
    )


def frame_span(instance: Instance, frame_index: int) -> FrameSpan:
    """Where frame `frame_index` (from 0) lies. Raises NotFound for a frame that is not there or has no address.

    Frames of 1 bit a pixel may begin within a byte (PS3.5 8.1.1): the span is then every byte that holds a part of it.
    """
    if not 0 <= frame_index < instance.number_of_frames:
        raise NotFound
    if instance.pixel_layout == Layout.NATIVE:
        return _native_span(instance, frame_index)
    if instance.pixel_layout == Layout.ENCAPSULATED:
        return _encapsulated_span(instance, frame_index)
    raise NotFound


def stream_span(instance: Instance) -> FrameSpan:
    """Where the one stream of a video lies. Raises NotFound for what is none."""
    if instance.pixel_layout != Layout.VIDEO:
        raise NotFound
    return _encapsulated_span(instance, 0)


def _native_span(instance: Instance, frame_index: int) -> FrameSpan:
    bits = instance.frame_bytes * 8
    if instance.bits_allocated % 8:
        bits = instance.rows * instance.columns * instance.bits_allocated
    first = frame_index * bits // 8
    end = -(-(frame_index + 1) * bits // 8)
    return FrameSpan(BlobKey(instance.blob), instance.frame_offset + first, end - first, fragmented=False)


def _encapsulated_span(instance: Instance, frame_index: int) -> FrameSpan:
    table = bytes(instance.frame_table or b"")
    if len(table) < (frame_index + 1) * ROW.size:
        raise NotFound
    offset, length = ROW.unpack_from(table, frame_index * ROW.size)
    return FrameSpan(BlobKey(instance.blob), offset, length & ~FRAGMENTED, bool(length & FRAGMENTED))
