"""One frame's modality values (or its colours), kept while warm: whatever the window, they are the same."""

from __future__ import annotations

from django.conf import settings

from pacs.catalog.pixel_source import Layout
from viewer.imaging.types import ImageDescription
from viewer.rendering.cache import ByteCache
from viewer.rendering.descriptions import described, described_at_hand
from viewer.rendering.kept_streams import decode_kept, is_kept
from viewer.rendering.offered import offers
from viewer.rendering.stored_frame import FrameAddress, address_frame, read_native, read_stored
from viewer.rendering.values import FrameValues, to_values, to_values_of_coded

__all__ = ["FrameAddress", "FrameValues", "address_frame", "frame_at_hand", "frame_values"]

_frames: ByteCache[tuple[str, int], FrameValues] = ByteCache(
    settings.FRAME_CACHE_BYTES, lambda frame: frame.size_bytes
)


def frame_at_hand(address: FrameAddress) -> FrameValues | None:
    """The frame if it can be had in milliseconds without the sandbox: from memory, as it lies, or from its stream.

    Raises CannotShow, NotFound.
    """
    held = _frames.get(address.key)
    if held is not None:
        return held
    is_native = address.source.layout == Layout.NATIVE
    known = described_at_hand(address.source) if is_native or is_kept(address) else None
    if known is None:
        return None
    description = known.description
    if is_native:
        return _frames.get_or_make(address.key, lambda: _read_native(address, description))
    kept = _from_stream(address, description)
    if kept is not None:
        _frames.put(address.key, kept)
    return kept


def frame_values(address: FrameAddress) -> FrameValues:
    """The frame, decoded if need be, which may take as long as the sandbox allows.

    Raises CannotShow, NotFound, Overloaded.
    """
    return _frames.get_or_make(address.key, lambda: _load(address))


def forget() -> None:
    """Hold no frame in memory."""
    _frames.clear()


def _read_native(address: FrameAddress, description: ImageDescription) -> FrameValues:
    return to_values(read_native(address, description), description, address.frame_index)


def _from_stream(address: FrameAddress, description: ImageDescription) -> FrameValues | None:
    """Of our own codestream, in this thread: it was verified when it was made, and its sums are right."""
    coded = decode_kept(address)
    if coded is None or coded.shape[:2] != (description.rows, description.columns):
        return None
    return to_values_of_coded(coded, description, address.frame_index)


def _load(address: FrameAddress) -> FrameValues:
    known = described(address.source)
    if address.source.layout == Layout.NATIVE:
        return _read_native(address, known.description)
    kept = _from_stream(address, known.description)
    if kept is not None:
        return kept
    stored = read_stored(address, known)
    offers.offer(address, known, stored)
    return to_values(stored, known.description, address.frame_index)
