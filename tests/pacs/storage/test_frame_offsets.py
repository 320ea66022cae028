"""Where frames start (PS3.5 A.4), by table, by count and by what a codestream begins with."""

from __future__ import annotations

import struct

from pacs.storage.frame_offsets import FRAGMENTED, Span, locate_frames, pack_table

JPEG, REST = b"\xff\xd8\xff\xe0", b"\x12\x34\x56\x78"


def laid_out(*values: bytes) -> tuple[bytes, list[Span]]:
    """Fragments one after another as in a file, and where their values lie."""
    data, spans = bytearray(b"header" * 5), []
    for value in values:
        data += struct.pack("<HHI", 0xFFFE, 0xE000, len(value))
        spans.append((len(data), len(value)))
        data += value
    return bytes(data), spans


def located(values: list[bytes], frames: int, offsets: tuple[int, ...] = ()) -> list[bytes] | None:
    data, spans = laid_out(*values)
    found = locate_frames(spans, frames, offsets, lambda offset, length: data[offset : offset + length])
    if found is None:
        return None
    return [data[offset : offset + (length & ~FRAGMENTED)] for offset, length in found]


def item(value: bytes) -> bytes:
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(value)) + value


def test_one_fragment_a_frame_needs_no_table() -> None:
    assert located([b"aa", b"bbbb", b"cc"], 3) == [b"aa", b"bbbb", b"cc"]


def test_one_frame_takes_all_fragments_with_their_item_tags() -> None:
    assert located([JPEG, REST], 1) == [item(JPEG) + item(REST)]


def test_an_offset_table_groups_fragments() -> None:
    values = [b"aa", b"bbbb", b"cc"]
    assert located(values, 2, (0, 22)) == [item(b"aa") + item(b"bbbb"), b"cc"]


def test_a_wrong_offset_table_gives_way_to_the_codestreams_own_beginnings() -> None:
    values = [JPEG, REST, JPEG, REST, REST]
    expected = [item(JPEG) + item(REST), item(JPEG) + item(REST) + item(REST)]
    for wrong in ((), (0, 1), (0, 99), (24, 0), (0,), (0, 0)):
        assert located(values, 2, wrong) == expected


def test_what_cannot_be_told_is_not_guessed() -> None:
    assert located([REST, REST, REST], 2) is None
    assert located([REST, JPEG, JPEG], 2) is None
    assert located([JPEG], 2) is None
    assert located([], 1) is None


def test_the_table_is_two_numbers_a_frame() -> None:
    assert pack_table([(10, 20), (1 << 40, 5 | FRAGMENTED)]) == struct.pack(
        "<4Q", 10, 20, 1 << 40, 5 | FRAGMENTED
    )
