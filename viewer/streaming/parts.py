"""Levels as binary messages: whole, in the envelope of every transport, or in parts where they are large.

A part's header has `part`, [offset, bytes of the whole payload], beside the rest; `crc32` is that of the whole. Put
together, the parts' payloads are the level's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pacs.storage.derived import derived_store
from viewer.rendering.kept_streams import KIND, index_at_hand, key_of, payload_at_hand
from viewer.rendering.stored_frame import FrameAddress
from viewer.rendering.stream_file import StreamIndex
from viewer.rendering.streams import LENGTH, envelope


@dataclass(frozen=True)
class Part:
    """A message with bytes of a level up to `end` of its payload's `level_bytes`; the frame has so many `levels`.

    Empty where there is no such level.
    """

    message: bytes
    end: int
    level_bytes: int
    levels: int

    @property
    def is_last(self) -> bool:
        """Whether the level is whole with this one."""
        return self.end >= self.level_bytes


def part_at_hand(address: FrameAddress, level: int, offset: int, most_bytes: int) -> Part | None:
    """From `offset` on, at most so many bytes. None where no stream of the frame is kept."""
    index = index_at_hand(address)
    if index is None:
        return None
    if level >= index.levels:
        return Part(b"", 0, 0, index.levels)
    size = index.starts[level + 1] - index.starts[level]
    start = offset if 0 <= offset < size else 0
    payload = _read(address, index, level, start, most_bytes)
    if payload is None:
        return None
    end = start + len(payload)
    message = (
        envelope(address, index, level, payload)
        if len(payload) == size
        else _in_part(address, index, level, start, payload)
    )
    return Part(message, end, size, index.levels)


def _read(address: FrameAddress, index: StreamIndex, level: int, start: int, most_bytes: int) -> bytes | None:
    if start == 0:  # the whole is held against its sum before any of it goes out
        whole = payload_at_hand(address, index, level)
        return None if whole is None else whole[:most_bytes]
    begins, ends = index.starts[level] + start, index.starts[level + 1]
    wanted = min(most_bytes, ends - begins)
    data = derived_store().read_range(KIND, key_of(address), begins, wanted)
    return data if data is not None and len(data) == wanted else None


def _in_part(address: FrameAddress, index: StreamIndex, level: int, start: int, payload: bytes) -> bytes:
    header: dict[str, Any] = {
        "instance": address.instance.sop_instance_uid,
        "frame": address.frame_index + 1,
        "level": level,
        "crc32": index.sums[level],
        "part": [start, index.starts[level + 1] - index.starts[level]],
    }
    if level == 0 and start == 0:
        header["stream"] = index.told
    told = json.dumps(header, separators=(",", ":")).encode()
    return b"".join((LENGTH.pack(len(told)), told, payload))
