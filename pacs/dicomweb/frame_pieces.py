"""The bytes of one frame in a transfer syntax: where they lie, or how they are made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pacs.catalog.pixel_source import FrameSpan, Layout, frame_span
from pacs.dicomweb.media_types import EXPLICIT_LITTLE, IMPLICIT_LITTLE
from pacs.dicomweb.retrieve_body import Piece, Span
from pacs.errors import NotFound
from pacs.storage.blobs import blob_store

if TYPE_CHECKING:
    from pacs.catalog.models import Instance

ITEM = b"\xfe\xff\x00\xe0"
ITEM_HEAD_BYTES = 8
LITTLE = (IMPLICIT_LITTLE, EXPLICIT_LITTLE)


def is_as_kept(instance: Instance, syntax: str) -> bool:
    """Whether its frames lie in the file as they are in this syntax."""
    if instance.pixel_layout == Layout.NATIVE:
        begins_with_a_byte = instance.bits_allocated % 8 == 0 or _bits(instance) % 8 == 0
        return syntax == EXPLICIT_LITTLE and instance.transfer_syntax_uid in LITTLE and begins_with_a_byte
    return instance.pixel_layout == Layout.ENCAPSULATED and syntax == instance.transfer_syntax_uid


def lies_in_one_piece(instance: Instance, frame_index: int) -> bool:
    """Whether the frame is one span of the file: then nothing has to be read to know where it lies."""
    if instance.pixel_layout not in (Layout.NATIVE, Layout.ENCAPSULATED):
        return False
    return not frame_span(instance, frame_index).fragmented


def frame_pieces(instance: Instance, frame_index: int, syntax: str) -> Iterator[Piece]:
    """The frame's bytes as they are kept."""
    span = frame_span(instance, frame_index)
    if span.fragmented:
        yield from fragment_spans(span)
    else:
        yield Span(span.blob, span.offset, span.length)


def fragment_spans(span: FrameSpan) -> Iterator[Span]:
    """The fragments of a frame without their item heads (PS3.5 A.4). Raises NotFound where they are not there."""
    store, at, end = blob_store(), span.offset, span.offset + span.length
    while at + ITEM_HEAD_BYTES <= end:
        head = store.read_range(span.blob, at, ITEM_HEAD_BYTES)
        length = int.from_bytes(head[4:], "little")
        at += ITEM_HEAD_BYTES
        if head[:4] != ITEM or at + length > end:
            raise NotFound
        yield Span(span.blob, at, length)
        at += length


def _bits(instance: Instance) -> int:
    return instance.rows * instance.columns * instance.bits_allocated
