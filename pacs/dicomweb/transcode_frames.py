"""Frames of kept objects one by one: as they lie, or in another syntax by way of the sandbox (promise P8)."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings

from pacs.catalog.pixel_source import Layout, frame_span
from pacs.dicomweb.frame_pieces import fragment_spans, is_as_kept
from pacs.errors import LightboxError, NotFound, SandboxKilled, SandboxRefused
from pacs.sandbox import pool
from pacs.sandbox.kills import KILLS_ALLOWED, Kills
from pacs.storage import transcode
from pacs.storage.blobs import blob_store
from pacs.storage.keys import BlobKey
from pacs.storage.transcode_encode import CODERS
from pacs.storage.transcode_image import (
    DEFLATED_FRAME,
    EXPLICIT_BIG,
    JPEG_LS_NEAR,
    JPEG_RETIRED,
    JPEG_XL,
    NATIVE,
    NATIVE_TARGETS,
    RLE,
)

if TYPE_CHECKING:
    from pacs.catalog.models import Instance

DECODED = frozenset((*NATIVE, *CODERS, JPEG_LS_NEAR, *JPEG_RETIRED, *JPEG_XL, DEFLATED_FRAME))
CODED_BITS = (8, 16)
REMEMBERED_IMAGES = 1024
# What one frame may take: an honest one of 12 megapixels takes seconds, a hostile one must not hold a child for long.
BASE_S, S_PER_MEGASAMPLE = 10.0, 3.0
ImageFacts = Mapping[str, Any]
kills = Kills()


class CannotGive(LightboxError):
    """It cannot be given in this syntax."""

    code = "cannot_transcode"


def may_be_made(layout: str, bits_allocated: int, stored: str, target: str) -> bool:
    """Whether it is worth trying to give pixels of this kind in that syntax; the image itself may yet forbid it."""
    if layout in (Layout.VIDEO, Layout.NONE) or stored not in DECODED:
        return False
    if target in NATIVE_TARGETS:
        return True
    return target in CODERS and (bits_allocated in CODED_BITS or (target == RLE and bits_allocated == 32))


def image_of(instance: Instance) -> ImageFacts:
    """What a transcoder has to know of its image. Raises CannotGive."""
    held = _images.find(instance.blob)
    if held is not None:
        return held
    with blob_store().local_path(BlobKey(instance.blob)) as path:
        told = run(instance.blob, transcode.describe_image, str(path), pixel_offset_of(instance))
    return _images.keep(instance.blob, checked_image(told))


def made_frame(instance: Instance, frame_index: int, target: str) -> bytes:
    """The frame in the target syntax, made if it is not as it is kept. Raises CannotGive, NotFound, Overloaded."""
    data = kept_frame(instance, frame_index)
    if is_as_kept(instance, target):
        return data
    if target in NATIVE_TARGETS and instance.pixel_layout in (Layout.NATIVE, Layout.DEFLATED):
        return _native_frame(instance, frame_index, data)
    image = image_of(instance)
    return recoded(f"{instance.blob}/{frame_index}", image, data, target)


def recoded(about: str, image: ImageFacts, data: bytes, target: str) -> bytes:
    """The frame in the target syntax, by a child; `about` names the frame. Raises CannotGive."""
    made = run(about, transcode.recode_frame, dict(image), data, target, deadline_s=deadline_of(image))
    if not isinstance(made, bytes) or (target in NATIVE_TARGETS and len(made) != native_bytes(image)):
        raise CannotGive(reason="decode_failed")
    return made


def kept_frame(instance: Instance, frame_index: int) -> bytes:
    """The bytes of the frame as they are kept, without item heads. Raises NotFound."""
    if instance.pixel_layout == Layout.DEFLATED:
        return _inflated_frame(instance, frame_index)
    store, span = blob_store(), frame_span(instance, frame_index)
    if not span.fragmented:
        return store.read_range(span.blob, span.offset, span.length)
    return b"".join(store.read_range(one.blob, one.offset, one.length) for one in fragment_spans(span))


def pixel_offset_of(instance: Instance) -> int:
    """Where the element of the pixels begins; less than 0 where there is none."""
    return -1 if instance.pixel_layout == Layout.NONE else instance.pixel_offset


def native_bytes(image: ImageFacts) -> int:
    """The length of a frame of this image once it is decoded."""
    return -(-int(image["rows"] * image["columns"] * image["samples"] * image["bits_allocated"]) // 8)


def deadline_of(image: ImageFacts) -> float:
    """How long a child may take for a frame of it."""
    wanted = BASE_S + S_PER_MEGASAMPLE * native_bytes(image) / 1e6
    return min(wanted, float(settings.SANDBOX_DEADLINE_S))


def run(about: str, function: Callable[..., Any], *args: Any, deadline_s: float | None = None) -> Any:
    """What the function answers in a child. Raises CannotGive where it refuses, does not come back, or twice did not.

    `about` is what it works on, a blob or a frame of one: what killed its child twice is not tried again.
    """
    thing = f"{function.__name__} {about}"
    while kills.count(thing) < KILLS_ALLOWED:
        try:
            return pool.run(function, *args, deadline_s=deadline_s)
        except SandboxKilled:
            kills.add(thing)
        except SandboxRefused as refused:
            reason = str(refused.fields.get("reason") or "not_transcodable")
            raise CannotGive(reason=reason) from None
    raise CannotGive(reason="took_too_much")


def checked_image(told: Any) -> ImageFacts:
    """What a child says of an image, looked at as if somebody else had sent it. Raises CannotGive."""
    if not isinstance(told, dict):
        raise CannotGive(reason="no_pixels")
    sizes = [
        told.get(name) for name in ("rows", "columns", "samples", "bits_allocated", "frames", "word_bytes")
    ]
    if not all(type(size) is int and 0 < size < 1 << 31 for size in sizes):
        raise CannotGive(reason="no_pixels")
    return told


def _native_frame(instance: Instance, frame_index: int, data: bytes) -> bytes:
    """Bytes that are numbers already: put in our order, and to the beginning of a byte (docs/decisions/0003)."""
    if instance.bits_allocated % 8:
        bits = instance.rows * instance.columns * instance.bits_allocated
        before = frame_index * bits % 8
        if not before and bits % 8 == 0:
            return data
        unpacked = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[before : before + bits]
        return np.packbits(unpacked, bitorder="little").tobytes()
    if instance.pixel_layout != Layout.NATIVE or instance.transfer_syntax_uid != EXPLICIT_BIG:
        return data
    return _swapped_frame(instance, frame_index, image_of(instance)["word_bytes"])


def _swapped_frame(instance: Instance, frame_index: int, word_bytes: int) -> bytes:
    """Out of whole words: a frame of an odd length may begin within one, or end there."""
    span = frame_span(instance, frame_index)
    before = (span.offset - instance.frame_offset) % word_bytes
    whole = -(-(before + span.length) // word_bytes) * word_bytes
    words = blob_store().read_range(span.blob, span.offset - before, whole)
    return swapped(words, word_bytes)[before : before + span.length]


def swapped(data: bytes, word_bytes: int) -> bytes:
    """Words of a big endian file in little endian order; of what is no whole word, the rest stays."""
    if word_bytes not in (2, 4, 8):
        return data
    whole = len(data) // word_bytes * word_bytes
    return np.frombuffer(data[:whole], f">u{word_bytes}").astype(f"<u{word_bytes}").tobytes() + data[whole:]


def _inflated_frame(instance: Instance, frame_index: int) -> bytes:
    if not 0 <= frame_index < instance.number_of_frames:
        raise NotFound
    pixels = inflated_pixels(instance)
    bits = instance.frame_bytes * 8
    if instance.bits_allocated % 8:
        bits = instance.rows * instance.columns * instance.bits_allocated
    return pixels[frame_index * bits // 8 : -(-(frame_index + 1) * bits // 8)]


def inflated_pixels(instance: Instance) -> bytes:
    """All pixels of a deflated file: where one frame lies in it, nobody can tell. Raises CannotGive."""
    with blob_store().local_path(BlobKey(instance.blob)) as path:
        pixels = run(instance.blob, transcode.inflate_pixels, str(path))
    if not isinstance(pixels, bytes):
        raise CannotGive(reason="no_pixels")
    return pixels


class _Images:
    """What was found out of the latest images."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, ImageFacts] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, blob: str) -> ImageFacts | None:
        return self._held.get(blob)

    def keep(self, blob: str, image: ImageFacts) -> ImageFacts:
        with self._lock:
            self._held[blob] = image
            while len(self._held) > REMEMBERED_IMAGES:
                self._held.popitem(last=False)
        return image


_images = _Images()
