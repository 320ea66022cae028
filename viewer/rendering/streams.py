"""What every transport sends of a frame: level after level of its codestream, each in the same envelope.

An envelope is a number (uint32, little endian), a JSON header of that many bytes, and the bytes that the level adds to
those of the levels before it. The levels 0 to k, one after another, are a codestream that decodes to level k.
"""

from __future__ import annotations

import json
import struct
from typing import Any

from pacs.catalog.pixel_source import Layout
from pacs.errors import NotFound
from viewer.rendering.cache import ByteCache
from viewer.rendering.derive import Derived, derive, derive_of, require_streamable
from viewer.rendering.descriptions import Described, described_at_hand
from viewer.rendering.kept_streams import index_at_hand, is_kept, key_of, payload_at_hand
from viewer.rendering.request import etag
from viewer.rendering.stored_frame import FrameAddress, StoredFrame
from viewer.rendering.stream_file import StreamIndex

LENGTH = struct.Struct("<I")
QUICK_PIXELS = 1 << 19  # 10 ms

# Holds nothing: it is there so that all who want a stream wait for one making of it (P21).
_making: ByteCache[str, Derived] = ByteCache(0, lambda derived: len(derived.codestream) + 1)


def level_at_hand(address: FrameAddress, level: int) -> bytes | None:
    """The envelope if the stream was made before: one read of a file, no decoder. Raises NotFound: no such level."""
    index = index_at_hand(address)
    if index is None:
        return None
    _require_level(index, level)
    payload = payload_at_hand(address, index, level)
    return None if payload is None else envelope(address, index, level, payload)


def first_levels_at_hand(address: FrameAddress, most_bytes: int) -> bytes | None:
    """The envelopes of the first levels one after the other, each behind its length (u32, little endian).

    As many as `most_bytes` hold, and one at least; None where the stream was not made before.
    """
    index = index_at_hand(address)
    if index is None:
        return None
    envelopes = [level_at_hand(address, level) for level in _first_levels(index, most_bytes)]
    return None if None in envelopes else _in_a_row([one for one in envelopes if one is not None])


def first_levels_of(address: FrameAddress, derived: Derived, most_bytes: int) -> bytes:
    """The same of a stream that was just made."""
    levels = _first_levels(derived.index, most_bytes)
    return _in_a_row([envelope_of(address, derived, level) for level in levels])


def _first_levels(index: StreamIndex, most_bytes: int) -> list[int]:
    fitting = [n for n in range(index.levels) if index.starts[n + 1] - index.starts[0] <= most_bytes]
    return fitting or [0]


def _in_a_row(envelopes: list[bytes]) -> bytes:
    return b"".join(part for one in envelopes for part in (LENGTH.pack(len(one)), one))


def level_bytes(address: FrameAddress, level: int) -> bytes:
    """The envelope, the stream made if need be, which may take as long as the sandbox allows.

    Raises NoStream, CannotShow, NotFound, Overloaded.
    """
    kept = level_at_hand(address, level)
    return kept if kept is not None else envelope_of(address, make_stream(address), level)


def make_stream(address: FrameAddress) -> Derived:
    """The frame's stream, made by the first who asks while the others wait. Raises as level_bytes."""
    return _making.get_or_make(key_of(address), lambda: derive(address))


def make_stream_of(address: FrameAddress, known: Described, stored: StoredFrame) -> Derived:
    """The same of stored values that were decoded for something else. Raises NoStream, CannotShow."""
    require_streamable(known.description)
    return _making.get_or_make(key_of(address), lambda: derive_of(address, known, stored))


def stream_at_hand(address: FrameAddress) -> Derived | None:
    """The stream of a frame that is quickly made: its bytes are numbers already, and not many. None for others.

    Raises NoStream, CannotShow.
    """
    if address.source.layout != Layout.NATIVE:
        return None
    known = described_at_hand(address.source)
    if known is None or known.description.rows * known.description.columns > QUICK_PIXELS:
        return None
    return make_stream(address)


def envelope_of(address: FrameAddress, derived: Derived, level: int) -> bytes:
    """The envelope of a level of a stream that was just made, whether or not there was room to keep it."""
    index = derived.index
    _require_level(index, level)
    first = index.starts[0]
    payload = derived.codestream[index.starts[level] - first : index.starts[level + 1] - first]
    return envelope(address, index, level, payload)


def envelope(address: FrameAddress, index: StreamIndex, level: int, payload: bytes) -> bytes:
    """The bytes that are sent."""
    header: dict[str, Any] = {
        "instance": address.instance.sop_instance_uid,
        "frame": address.frame_index + 1,
        "level": level,
        "crc32": index.sums[level],
    }
    if level == 0:
        header["stream"] = index.told
    told = json.dumps(header, separators=(",", ":")).encode()
    return b"".join((LENGTH.pack(len(told)), told, payload))


def level_etag(address: FrameAddress, level: int) -> str:
    """A strong ETag of the envelope, known before it is made: of all that decides its bytes."""
    return etag(address.source.blob, ("level", key_of(address), level))


def has_stream(address: FrameAddress) -> bool:
    """Whether the stream was made and is kept."""
    return is_kept(address)


def _require_level(index: StreamIndex, level: int) -> None:
    if not 0 <= level < index.levels:
        raise NotFound
