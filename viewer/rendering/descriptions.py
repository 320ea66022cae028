"""What a header says of its image: from memory, else from the derived area, else read in the sandbox, once.

The header of a received file is hostile until a child has read it (promise P7). What the child answered is
kept as it came and validated each time it is taken up, so a request parses no DICOM.
"""

from __future__ import annotations

from dataclasses import dataclass

from pacs.catalog.pixel_source import Layout, PixelSource
from pacs.errors import NotFound
from pacs.sandbox.pool import Wire, pack
from pacs.sandbox.wire import BadWire, unpack
from pacs.storage.blobs import blob_store
from pacs.storage.derived import derived_store
from pacs.storage.keys import derived_key
from viewer.imaging.describe import describe_header, description_from_wire
from viewer.imaging.errors import CannotShow
from viewer.imaging.types import ImageDescription
from viewer.rendering.cache import ByteCache
from viewer.rendering.cannot_show import run_guarded

KIND = "description"
FORM = 4  # of what is kept: raise it when describe_header answers otherwise
MOST_HEADER_BYTES = 64 << 20
PIXEL_HEAD_BYTES = 12  # tag, VR and length of the pixels' element: they tell floats and the order of words
MEMORY_BYTES = 32 << 20


@dataclass(frozen=True)
class Described:
    """A description, and the wire form that decoding in the sandbox wants."""

    description: ImageDescription
    wire: Wire
    size_bytes: int


_memory: ByteCache[str, Described] = ByteCache(MEMORY_BYTES, lambda described: described.size_bytes)


def described_at_hand(source: PixelSource) -> Described | None:
    """The description if it can be had without the sandbox. Raises CannotShow."""
    known = _memory.get(source.blob)
    if known is not None:
        return known
    kept = derived_store().get(KIND, _key(source))
    if kept is None:
        return None
    try:
        return _remember(source, kept)
    except BadWire:
        return None  # half a disk's truth: it is made again


def described(source: PixelSource) -> Described:
    """The description. Raises CannotShow, NotFound, Overloaded. May take as long as the sandbox's deadline."""
    require_pixels(source)
    return described_at_hand(source) or _describe(source)


def require_pixels(source: PixelSource) -> None:
    """Raises CannotShow for an object that has no frames to show, and for video."""
    if source.layout == Layout.VIDEO:
        raise CannotShow("video")
    if source.layout == Layout.NONE or source.number_of_frames < 1:
        raise CannotShow("no_pixels")


def forget() -> None:
    """Hold no description in memory."""
    _memory.clear()


def _describe(source: PixelSource) -> Described:
    wire = run_guarded(f"{source.blob}", describe_header, _read_header(source))
    packed = b"".join(pack(wire))
    described = _remember(source, packed)
    derived_store().put(KIND, _key(source), packed)
    return described


def _read_header(source: PixelSource) -> bytes:
    store = blob_store()
    # A deflated data set cannot be cut before its pixels: the whole file is its header (PS3.5 A.5).
    size = store.size(source.blob)
    length = size if source.layout == Layout.DEFLATED else min(size, source.header_bytes + PIXEL_HEAD_BYTES)
    if not 0 < length <= MOST_HEADER_BYTES:
        raise CannotShow("too_large")
    try:
        return store.read_range(source.blob, 0, length)
    except ValueError:
        raise NotFound from None


def _remember(source: PixelSource, packed: bytes) -> Described:
    buffer, place = memoryview(packed), 0

    def read_exactly(size: int) -> bytearray:
        nonlocal place
        piece = bytearray(buffer[place : place + size])
        place += size
        if len(piece) != size:
            raise BadWire("it ends too early")
        return piece

    wire = unpack(read_exactly, len(packed))
    if not isinstance(wire, dict):
        raise BadWire("no description")
    kept = Described(description_from_wire(wire), wire, 2 * len(packed))
    _memory.put(source.blob, kept)
    return kept


def _key(source: PixelSource) -> str:
    return derived_key(source.blob, KIND, FORM)
