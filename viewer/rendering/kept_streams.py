"""The streams that were made: found by frame, read level by level, checked, and dropped where they are damaged."""

from __future__ import annotations

import logging

from pacs.storage.derived import derived_store
from pacs.storage.keys import derived_key
from viewer.imaging import htj2k
from viewer.imaging.types import Array
from viewer.rendering import descriptions
from viewer.rendering.cache import ByteCache
from viewer.rendering.quiet import quiet
from viewer.rendering.request import RECIPE
from viewer.rendering.stored_frame import FrameAddress
from viewer.rendering.stream_file import HEAD, Damaged, StreamIndex, index_length, read_index

KIND = "stream"
FORM = 1  # of what is kept and told: raise it when either changes for the same frame
# Who reads headers, who chooses how a frame is shown, who codes it: each may come to other bytes some day.
MADE_BY = (FORM, descriptions.FORM, RECIPE, htj2k.CODER)
HTJ2K, JPEG = "htj2k", "jpeg"  # how the bytes of a stream are coded
INDEX_MEMORY_BYTES = 16 << 20
INDEX_GUESS_BYTES = 4096  # most indexes are shorter: one read is enough

log = logging.getLogger(__name__)
_indexes: ByteCache[str, StreamIndex] = ByteCache(INDEX_MEMORY_BYTES, lambda index: index.size_bytes)


def key_of(address: FrameAddress) -> str:
    """Under which the stream of this frame is kept: another where anything that decides its bytes is another."""
    return derived_key(address.source.blob, KIND, *MADE_BY, address.frame_index)


def index_at_hand(address: FrameAddress) -> StreamIndex | None:
    """What is known of the frame's stream; None where none is kept."""
    quiet.note_request()
    key = key_of(address)
    known = _indexes.get(key)
    if known is not None:
        return known
    try:
        known = _read_index(key)
    except Damaged:
        _drop(key)
        return None
    if known is not None:
        _indexes.put(key, known)
    return known


def payload_at_hand(address: FrameAddress, index: StreamIndex, level: int) -> bytes | None:
    """What this level adds to the codestream; None where it is not kept any more, or was damaged and is dropped."""
    return _checked(address, index, level, level + 1)


def is_kept(address: FrameAddress) -> bool:
    """Whether there is a stream of this frame; it is not looked into."""
    return derived_store().has(KIND, key_of(address))


def keep(address: FrameAddress, packed: bytes) -> StreamIndex:
    """Keep the packed stream of this frame, and what is known of it."""
    key = key_of(address)
    derived_store().put(KIND, key, packed)
    index = read_index(packed)
    _indexes.put(key, index)
    return index


def decode_kept(address: FrameAddress) -> Array | None:
    """The numbers of the frame as they were coded, from the whole of its stream; None where none is kept.

    The codestream is ours and was verified when it was made, and its sums are right: it needs no sandbox.
    """
    index = index_at_hand(address)
    if index is None or index.told["codec"] != HTJ2K:
        return None
    codestream = _checked(address, index, 0, index.levels)
    return None if codestream is None else htj2k.decode(codestream)


def forget() -> None:
    """Hold no index in memory."""
    _indexes.clear()


def _read_index(key: str) -> StreamIndex | None:
    store = derived_store()
    head = store.read_range(KIND, key, 0, INDEX_GUESS_BYTES)
    if head is None:
        return None
    wanted = HEAD.size + index_length(head)
    if wanted > len(head):
        head = store.read_range(KIND, key, 0, wanted) or b""
    return read_index(head)


def _checked(address: FrameAddress, index: StreamIndex, first: int, end: int) -> bytes | None:
    """The bytes of the levels from `first` to before `end`, in one read."""
    key = key_of(address)
    start = index.starts[first]
    data = derived_store().read_range(KIND, key, start, index.starts[end] - start)
    if data is None:
        _indexes.drop(key)
        return None
    view = memoryview(data)
    try:
        for level in range(first, end):
            index.check(level, view[index.starts[level] - start : index.starts[level + 1] - start])
    except Damaged:
        _drop(key)
        return None
    return data


def _drop(key: str) -> None:
    """It is made again when it is next wanted."""
    log.warning("a derived stream was damaged and is dropped")
    derived_store().drop_one(KIND, key)
    _indexes.drop(key)
