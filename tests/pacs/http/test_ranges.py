"""Ranges of an answer (RFC 9110 14), by tables."""

from __future__ import annotations

import pytest

from pacs.dicomweb.retrieve_body import Body
from pacs.http.ranges import ByteRange, NotSatisfiable, asked_ranges

TAG = '"abc"'


@pytest.mark.parametrize(
    ("header", "spans"),
    [
        ("bytes=0-3", [(0, 3)]),
        ("bytes=4-", [(4, 9)]),
        ("bytes=-3", [(7, 9)]),
        ("bytes=-300", [(0, 9)]),
        ("bytes=8-300", [(8, 9)]),
        ("bytes=0-1, 4-5 ,-1", [(0, 1), (4, 5), (9, 9)]),
        ("bytes=20-30,0-0", [(0, 0)]),
        # ignored: another unit, nonsense, the end before the beginning, overlapping, far too many
        ("lines=0-3", []),
        ("bytes=a-b", []),
        ("bytes=", []),
        ("bytes=-", []),
        ("bytes=5-3", []),
        ("bytes=0-5,3-7", []),
        ("bytes=" + ",".join(["0-0"] * 100), []),
    ],
)
def test_which_bytes_are_asked_for(header: str, spans: list[tuple[int, int]]) -> None:
    assert asked_ranges(header, "", TAG, 10) == [ByteRange(*span) for span in spans]


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-20,30-40", "bytes=-0"])
def test_bytes_that_are_not_there(header: str) -> None:
    with pytest.raises(NotSatisfiable):
        asked_ranges(header, "", TAG, 10)


@pytest.mark.parametrize(("if_range", "count"), [(TAG, 1), ('"old"', 0), ('W/"abc"', 0), ("yesterday", 0)])
def test_a_range_of_what_has_changed_is_the_whole(if_range: str, count: int) -> None:
    assert len(asked_ranges("bytes=0-3", if_range, TAG, 10)) == count


@pytest.mark.parametrize("first", range(10))
@pytest.mark.parametrize("last", range(10))
def test_a_body_is_cut_wherever_its_pieces_lie(first: int, last: int) -> None:
    body = Body((b"012", b"", b"3", b"456789"))
    assert body.length == 10
    assert body.cut(ByteRange(first, last)).read() == b"0123456789"[first : last + 1]
