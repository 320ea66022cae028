"""Which bytes hold frame n: whole bytes, bits that share one, fragments, and frames that have no address."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from pacs.catalog.models import Instance
from pacs.catalog.pixel_source import FrameSpan, Layout, frame_span, pixel_columns, pixel_source
from pacs.errors import NotFound
from pacs.storage.frame_offsets import FRAGMENTED
from tests.pacs.catalog.kept import NO_PIXELS


def instance(**columns: Any) -> Instance:
    """An instance of three native frames of 8 x 8 pixels of 16 bits, from byte 1000 on."""
    given = {
        "blob": "0" * 64,
        "transfer_syntax_uid": "1.2.840.10008.1.2.1",
        "pixel_layout": "native",
        "pixel_offset": 988,
        "frame_offset": 1000,
        "frame_bytes": 128,
        "number_of_frames": 3,
        "rows": 8,
        "columns": 8,
        "bits_allocated": 16,
    }
    return Instance(**{**given, **columns})


def place(span: FrameSpan) -> tuple[int, int, bool]:
    return span.offset, span.length, span.fragmented


def test_a_native_frame_follows_the_one_before() -> None:
    assert [place(frame_span(instance(), index)) for index in range(3)] == [
        (1000, 128, False),
        (1128, 128, False),
        (1256, 128, False),
    ]


def test_frames_of_one_bit_a_pixel_may_share_a_byte() -> None:
    """PS3.5 8.1.1: 5 x 5 bits are 25, so frames begin at bits 0, 25, 50 and 75."""
    segmentation = instance(rows=5, columns=5, bits_allocated=1, frame_bytes=4, number_of_frames=4)
    spans = [place(frame_span(segmentation, index)) for index in range(4)]
    assert spans == [(1000, 4, False), (1003, 4, False), (1006, 4, False), (1009, 4, False)]


def test_frames_of_one_bit_that_fill_their_bytes_share_none() -> None:
    segmentation = instance(rows=4, columns=4, bits_allocated=1, frame_bytes=2, number_of_frames=2)
    assert [place(frame_span(segmentation, index)) for index in range(2)] == [
        (1000, 2, False),
        (1002, 2, False),
    ]


def test_an_encapsulated_frame_is_where_the_table_says_and_may_be_in_fragments() -> None:
    table = struct.pack("<4Q", 500, 77, 600, 90 | FRAGMENTED)
    kept = instance(pixel_layout="encapsulated", frame_table=table, number_of_frames=2)
    assert place(frame_span(kept, 0)) == (500, 77, False)
    assert place(frame_span(kept, 1)) == (600, 90, True)


@pytest.mark.parametrize(
    ("columns", "index"),
    [
        ({}, 3),
        ({}, -1),
        ({"number_of_frames": 0}, 0),
        ({"pixel_layout": "none"}, 0),
        ({"pixel_layout": "deflated"}, 0),
        ({"pixel_layout": "video"}, 0),
        ({"pixel_layout": "encapsulated", "frame_table": None}, 0),
        ({"pixel_layout": "encapsulated", "frame_table": b"\0" * 16}, 1),
    ],
)
def test_a_frame_without_an_address_is_not_found(columns: dict[str, Any], index: int) -> None:
    with pytest.raises(NotFound):
        frame_span(instance(**columns), index)


def test_a_two_gigabyte_object_is_addressed_in_whole_numbers() -> None:
    large = instance(frame_bytes=4000 * 5600 * 2, number_of_frames=60)
    assert frame_span(large, 59).offset == 1000 + 59 * 44_800_000


def test_a_source_is_told_with_its_header_and_layout() -> None:
    source = pixel_source(instance())
    assert (source.header_bytes, source.layout, source.number_of_frames) == (988, Layout.NATIVE, 3)


def test_facts_become_columns() -> None:
    columns = pixel_columns({**NO_PIXELS, "layout": "native", "rows": 4})
    assert (columns["pixel_layout"], columns["rows"], columns["frame_table"]) == (Layout.NATIVE, 4, None)
