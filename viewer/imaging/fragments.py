"""Frames that lie in several fragments (PS3.5 A.4)."""

from __future__ import annotations

from viewer.imaging.errors import DECODE_FAILED, CannotShow

ITEM = b"\xfe\xff\x00\xe0"
HEAD_BYTES = 8


def joined(data: bytes) -> bytes:
    """The fragments without their item heads. Raises CannotShow where an item is longer than the bytes."""
    pieces, at = [], 0
    while at + HEAD_BYTES <= len(data):
        length = int.from_bytes(data[at + 4 : at + HEAD_BYTES], "little")
        end = at + HEAD_BYTES + length
        if data[at : at + 4] != ITEM or end > len(data):
            raise CannotShow(DECODE_FAILED)
        pieces.append(data[at + HEAD_BYTES : end])
        at = end
    return b"".join(pieces)
