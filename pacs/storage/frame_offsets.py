"""Where each frame of encapsulated Pixel Data starts and how long it is (PS3.5 A.4). Pure."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Callable, Sequence

FRAGMENTED = 1 << 63
"""Set in the length of a frame of several fragments: its span begins at the first one's item tag."""

ITEM_HEAD_BYTES = 8
SIGNATURE_BYTES = 12
STARTS_OF_CODESTREAMS = (
    b"\xff\xd8\xff",  # JPEG, JPEG-LS: SOI and the next marker
    b"\xff\x4f\xff\x51",  # JPEG 2000, HTJ2K: SOC and SIZ
    b"\x00\x00\x00\x0cjP  ",  # the same in a JP2 file
    b"\xff\x0a",  # JPEG XL
    b"\x00\x00\x00\x0cJXL ",
)

Span = tuple[int, int]  # offset and length of a fragment's value
ReadBytes = Callable[[int, int], bytes]


def locate_frames(
    fragments: Sequence[Span], number_of_frames: int, offsets: Sequence[int], read: ReadBytes
) -> list[Span] | None:
    """Offset and length of each frame, in the file; None where it cannot be told.

    fragments: the items after the Basic Offset Table. offsets: the Basic or Extended Offset Table, from the first
    fragment's item tag, or empty. read(offset, length) gives bytes of the file.
    """
    if number_of_frames == len(fragments):
        return list(fragments)  # and an offset table that says otherwise is wrong: every frame has a fragment
    if not fragments or number_of_frames > len(fragments):
        return None
    if number_of_frames == 1:
        firsts: list[int] | None = [0]
    else:
        firsts = _firsts_by_offsets(fragments, number_of_frames, offsets)
        if firsts is None:
            firsts = _firsts_by_signature(fragments, number_of_frames, read)
    return None if firsts is None else _spans(fragments, firsts)


def pack_table(frames: Sequence[Span]) -> bytes:
    """The frames as the catalogue keeps them: two uint64 LE each, offset and length."""
    return struct.pack(f"<{2 * len(frames)}Q", *(number for span in frames for number in span))


def _firsts_by_offsets(fragments: Sequence[Span], frames: int, offsets: Sequence[int]) -> list[int] | None:
    if len(offsets) != frames:
        return None
    base = fragments[0][0]
    index_at = {offset - base: index for index, (offset, _) in enumerate(fragments)}
    firsts = [index_at.get(offset, -1) for offset in offsets]
    is_ascending = all(before < after for before, after in itertools.pairwise(firsts))
    return firsts if firsts[0] == 0 and is_ascending else None


def _firsts_by_signature(fragments: Sequence[Span], frames: int, read: ReadBytes) -> list[int] | None:
    firsts = [
        index
        for index, (offset, length) in enumerate(fragments)
        if read(offset, min(length, SIGNATURE_BYTES)).startswith(STARTS_OF_CODESTREAMS)
    ]
    return firsts if len(firsts) == frames and firsts[0] == 0 else None


def _spans(fragments: Sequence[Span], firsts: list[int]) -> list[Span]:
    spans = []
    for first, after in zip(firsts, [*firsts[1:], len(fragments)], strict=True):
        if after - first == 1:
            spans.append(fragments[first])
            continue
        start = fragments[first][0] - ITEM_HEAD_BYTES
        end = fragments[after - 1][0] + fragments[after - 1][1]
        spans.append((start, (end - start) | FRAGMENTED))
    return spans
