"""One frame's stored values as the kept file has them: read as they lie, or decoded in the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings

from pacs.catalog.pixel_source import Layout, PixelSource, frame_span, pixel_source
from pacs.errors import NotFound
from pacs.storage.blobs import blob_store
from viewer.imaging.decode import decode_frame_bytes, decode_whole_file
from viewer.imaging.errors import CannotShow
from viewer.imaging.native import read_embedded_overlays, read_native_frame
from viewer.imaging.types import ImageDescription
from viewer.rendering.cache import ByteCache
from viewer.rendering.cannot_show import FAILED, run_guarded
from viewer.rendering.descriptions import Described, require_pixels

if TYPE_CHECKING:
    from pacs.catalog.models import Instance

Array = np.ndarray[Any, Any]
# What one frame may take in the sandbox: honest ones of 12 megapixels of JPEG 2000 take 2 s, and a hostile
# one of 30 kB should not hold a child for as long as a whole file may.
DECODING_BASE_S = 5.0
DECODING_S_PER_MEGASAMPLE = 1.5


@dataclass(frozen=True)
class FrameAddress:
    """Which frame of which kept file."""

    instance: Instance
    source: PixelSource
    frame_index: int

    @property
    def key(self) -> tuple[str, int]:
        """The same for the same pixels, whatever instance they came with."""
        return (self.source.blob, self.frame_index)


@dataclass(frozen=True, eq=False)
class StoredFrame:
    """Stored values, (rows, columns) or (rows, columns, 3), and the colour space that they are in.

    `colour_space` is None where the header's word holds. `drawn` is true where an overlay draws that was found among
    the pixels, or None. `jpeg` is a JPEG that browsers decode to the same values, where the frame came as one.
    """

    values: Array
    colour_space: str | None = None
    drawn: Array | None = None
    jpeg: bytes | None = None


# Holds nothing: it is there so that a picture and a stream of one frame wait for one decoding of it.
_decoding: ByteCache[tuple[str, int], StoredFrame] = ByteCache(0, lambda stored: stored.values.nbytes)


def address_frame(instance: Instance, frame_index: int) -> FrameAddress:
    """Where this frame is. Raises CannotShow for an object without pictures, NotFound for a frame that is not there."""
    source = pixel_source(instance)
    require_pixels(source)
    if not 0 <= frame_index < source.number_of_frames:
        raise NotFound
    return FrameAddress(instance, source, frame_index)


def read_stored(address: FrameAddress, known: Described) -> StoredFrame:
    """The frame's stored values, decoded if need be. Raises CannotShow, Overloaded."""
    if address.source.layout == Layout.NATIVE:
        return read_native(address, known.description)
    return _decoding.get_or_make(address.key, lambda: _decode(address, known))


def read_native(address: FrameAddress, description: ImageDescription) -> StoredFrame:
    """The same of a frame whose bytes are numbers already: it runs no decoder (docs/decisions/0003)."""
    data, _ = read_span(address, description.is_word_swapped)
    stored = read_native_frame(description, data, address.frame_index)
    drawn = read_embedded_overlays(description, data, address.frame_index)
    return StoredFrame(stored, None, drawn)


def read_span(address: FrameAddress, is_word_swapped: bool = False) -> tuple[bytes, bool]:
    """The frame's bytes, in one read, and whether they are fragments with their heads. Raises CannotShow."""
    span = frame_span(address.instance, address.frame_index)
    offset, length = span.offset, span.length
    if is_word_swapped:  # whole words: a frame of an odd length may begin with the second byte of one
        before = address.frame_index * length % 2
        offset, length = offset - before, (before + length + 1) // 2 * 2
    try:
        return blob_store().read_range(span.blob, offset, length), span.fragmented
    except ValueError:
        raise CannotShow("size_mismatch") from None


def _decode(address: FrameAddress, known: Described) -> StoredFrame:
    thing = f"{address.source.blob}/{address.frame_index}"
    deadline_s = _deadline_s(known.description)
    if address.source.layout == Layout.DEFLATED:
        store = blob_store()
        file = store.read_range(address.source.blob, 0, store.size(address.source.blob))
        answer = run_guarded(thing, decode_whole_file, file, address.frame_index, deadline_s=deadline_s)
    else:
        data, fragmented = read_span(address)
        answer = run_guarded(thing, decode_frame_bytes, known.wire, data, fragmented, deadline_s=deadline_s)
    return _checked(answer, known.description)


def _checked(answer: object, description: ImageDescription) -> StoredFrame:
    """What a child says is a frame is looked at as if somebody else had sent it."""
    shape: tuple[int, ...] = (description.rows, description.columns)
    if description.samples_per_pixel == 3:
        shape = (*shape, 3)
    told = answer if isinstance(answer, dict) else {}
    stored, space, jpeg = told.get("stored"), told.get("colour_space"), told.get("jpeg")
    if not isinstance(stored, np.ndarray) or not isinstance(space, str):
        raise CannotShow(FAILED)
    if stored.shape != shape or stored.dtype != description.dtype():
        raise CannotShow(FAILED)
    return StoredFrame(stored, space, None, jpeg if isinstance(jpeg, bytes) else None)


def _deadline_s(description: ImageDescription) -> float:
    samples = description.rows * description.columns * description.samples_per_pixel
    wanted = DECODING_BASE_S + DECODING_S_PER_MEGASAMPLE * samples / 1e6
    return min(wanted, float(settings.SANDBOX_DEADLINE_S))
