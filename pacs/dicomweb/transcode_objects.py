"""Whole objects in another syntax than they are kept in: a new head, then frame by frame, in constant memory."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pacs.catalog.pixel_source import Layout
from pacs.dicomweb.retrieve_body import CHUNK_BYTES
from pacs.dicomweb.transcode_frames import (
    CannotGive,
    ImageFacts,
    checked_image,
    inflated_pixels,
    kept_frame,
    native_bytes,
    pixel_offset_of,
    recoded,
    run,
    swapped,
)
from pacs.storage import transcode
from pacs.storage.blobs import blob_store
from pacs.storage.keys import BlobKey
from pacs.storage.transcode_image import DEFLATED, IMPLICIT_LITTLE, NATIVE, NATIVE_TARGETS

if TYPE_CHECKING:
    from pacs.catalog.models import Instance

ITEM, SEQUENCE_END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0\0\0\0\0"
UNDEFINED = 0xFFFFFFFF
FLOATS = {32: (b"\xe0\x7f\x08\x00", b"OF"), 64: (b"\xe0\x7f\x09\x00", b"OD")}
PIXEL_DATA = b"\xe0\x7f\x10\x00"


@dataclass(frozen=True)
class Opened:
    """An object whose head is written anew in the target syntax, and whose first frame was seen to be possible."""

    instance: Instance
    target: str
    meta: bytes
    data_set: bytes
    image: ImageFacts | None
    first: bytes

    @property
    def is_whole(self) -> bool:
        """Whether all that is to be made is made."""
        return self.image is None or (self.instance.number_of_frames == 1 and bool(self.first))

    def pieces(self) -> Iterator[bytes]:
        """The object's bytes."""
        if self.target == DEFLATED:
            return _deflated(self.meta, self._after_meta())
        return _joined(self.meta, self._after_meta())

    def _after_meta(self) -> Iterator[bytes]:
        yield self.data_set
        if self.image is None:
            return
        if self.target not in NATIVE_TARGETS:
            yield from _encapsulated(self, self.image)
        elif self.image["syntax"] in NATIVE:
            yield from _native_to_native(self, self.image)
        else:
            yield from _decoded(self, self.image)


def open_object(instance: Instance, target: str) -> Opened:
    """Write its head anew, and make its first frame. Raises CannotGive, Overloaded."""
    is_native = instance.pixel_layout in (Layout.NATIVE, Layout.DEFLATED, Layout.NONE)
    needs_coder = not (is_native and target in NATIVE_TARGETS)
    first = kept_frame(instance, 0) if needs_coder else b""
    with blob_store().local_path(BlobKey(instance.blob)) as path:
        told = run(
            instance.blob, transcode.rewrite_header, str(path), pixel_offset_of(instance), target, first
        )
    image = told.get("image") if isinstance(told, dict) else None
    parts = [told.get(name) if isinstance(told, dict) else None for name in ("meta", "data_set", "first")]
    if not all(isinstance(part, bytes) for part in parts):
        raise CannotGive(reason="not_transcodable")
    meta, data_set, made = (bytes(part or b"") for part in parts)
    return Opened(instance, target, meta, data_set, checked_image(image) if image else None, made)


def _encapsulated(opened: Opened, image: ImageFacts) -> Iterator[bytes]:
    """PS3.5 A.4, with an empty offset table: a frame is a fragment."""
    yield _element(opened, image, UNDEFINED) + ITEM + b"\0\0\0\0"
    for frame in _frames(opened, image):
        padded = frame + b"\0" * (len(frame) % 2)
        yield ITEM + struct.pack("<I", len(padded)) + padded
    yield SEQUENCE_END


def _decoded(opened: Opened, image: ImageFacts) -> Iterator[bytes]:
    if (
        image["bits_allocated"] % 8
        and image["rows"] * image["columns"] % 8
        and opened.instance.number_of_frames > 1
    ):
        raise CannotGive(reason="bits")  # frames of single bits follow each other within a byte
    length = native_bytes(image) * opened.instance.number_of_frames
    yield _element(opened, image, length + length % 2)
    yield from _frames(opened, image)
    yield b"\0" * (length % 2)


def _frames(opened: Opened, image: ImageFacts) -> Iterator[bytes]:
    yield opened.first
    for index in range(1, opened.instance.number_of_frames):
        about = f"{opened.instance.blob}/{index}"
        yield recoded(about, image, kept_frame(opened.instance, index), opened.target)


def _native_to_native(opened: Opened, image: ImageFacts) -> Iterator[bytes]:
    instance = opened.instance
    if instance.pixel_layout == Layout.DEFLATED:
        pixels = inflated_pixels(instance)
        yield _element(opened, image, len(pixels) + len(pixels) % 2)
        yield pixels + b"\0" * (len(pixels) % 2)
        return
    bits = instance.frame_bytes * 8
    if instance.bits_allocated % 8:
        bits = instance.rows * instance.columns * instance.bits_allocated
    length = -(-bits * instance.number_of_frames // 8)
    yield _element(opened, image, length + length % 2)
    store, blob, word = blob_store(), BlobKey(instance.blob), int(image["word_bytes"])
    kept = store.size(blob) - instance.frame_offset
    for at in range(0, length, CHUNK_BYTES):
        size = min(CHUNK_BYTES, length + length % 2 - at, kept - at)  # the padding is part of the last word
        yield swapped(store.read_range(blob, instance.frame_offset + at, size), word)[: length - at]
    yield b"\0" * (length % 2)


def _element(opened: Opened, image: ImageFacts, length: int) -> bytes:
    """The head of the element that holds the pixels. Raises CannotGive where its length has no room in it."""
    if length > UNDEFINED:
        raise CannotGive(reason="too_large")
    tag, vr = FLOATS.get(image["bits_allocated"], (b"", b"")) if image["is_float"] else (PIXEL_DATA, b"")
    if opened.target == IMPLICIT_LITTLE:
        return tag + struct.pack("<I", length)
    vr = vr or (b"OW" if image["bits_allocated"] > 8 and opened.target in NATIVE_TARGETS else b"OB")
    return tag + vr + b"\0\0" + struct.pack("<I", length)


def _joined(meta: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield meta
    yield from rest


def _deflated(meta: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    """PS3.5 A.5: everything after the file meta information is one stream, of an even length."""
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    yield meta
    size = 0
    for piece in rest:
        squeezed = deflater.compress(piece)
        size += len(squeezed)
        yield squeezed
    last = deflater.flush()
    yield last + b"\0" * ((size + len(last)) % 2)
