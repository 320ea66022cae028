"""A frame's stream as it is kept: its header, where its levels end and what they sum to, then the codestream.

A file of ours, and yet not believed: a disk may give other bytes than it was given, and a wrong grey looks like a
right one. Nothing leaves whose sum is not the one that was kept.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

MAGIC = b"LBXSTR01"
HEAD = struct.Struct("<8sII")  # the magic, the length of the index, its CRC-32
MOST_INDEX_BYTES = 64 << 20


class Damaged(Exception):
    """These are not the bytes that were kept."""


@dataclass(frozen=True)
class StreamIndex:
    """All of a kept stream but its codestream.

    `told` is what a client is told. Level k is the bytes of the file from `starts[k]` to `starts[k + 1]`, and
    `sums[k]` is their CRC-32.
    """

    told: dict[str, Any]
    starts: tuple[int, ...]
    sums: tuple[int, ...]
    size_bytes: int

    @property
    def levels(self) -> int:
        """How many there are."""
        return len(self.sums)

    def check(self, level: int, payload: bytes | memoryview) -> None:
        """Raises Damaged for other bytes than those of this level."""
        if zlib.crc32(payload) != self.sums[level]:
            raise Damaged


def pack(told: dict[str, Any], codestream: bytes, ends: Sequence[int]) -> bytes:
    """The file of a codestream whose levels end there; the last end is its length."""
    sums = [zlib.crc32(codestream[start:end]) for start, end in pairwise((0, *ends))]
    index = json.dumps({"told": told, "ends": list(ends), "sums": sums}, separators=(",", ":")).encode()
    return HEAD.pack(MAGIC, len(index), zlib.crc32(index)) + index + codestream


def index_length(head: bytes) -> int:
    """The length of the index that follows these first bytes of a file. Raises Damaged."""
    if len(head) < HEAD.size:
        raise Damaged
    magic, length, _ = HEAD.unpack_from(head)
    if magic != MAGIC or length > MOST_INDEX_BYTES:
        raise Damaged
    return int(length)


def read_index(data: bytes) -> StreamIndex:
    """The index, of at least the bytes of a file before its codestream. Raises Damaged."""
    length = index_length(data)
    index = data[HEAD.size : HEAD.size + length]
    if len(index) != length or zlib.crc32(index) != HEAD.unpack_from(data)[2]:
        raise Damaged
    known = json.loads(index)
    first = HEAD.size + length
    starts = (first, *(first + end for end in known["ends"]))
    return StreamIndex(known["told"], starts, tuple(known["sums"]), 2 * length)
