"""The multipart parser: whatever the contents and wherever the body is cut, out comes what went in (RFC 2046 5.1)."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pacs.dicomweb import multipart
from pacs.dicomweb.multipart import (
    MOST_HEADER_BYTES,
    MOST_PREAMBLE_BYTES,
    MultipartParser,
    PartBegun,
    PartData,
    PartEnded,
    parse_media_type,
)
from pacs.errors import BadRequest

Parts = list[tuple[dict[str, str], bytes]]
# RFC 2046 5.1.1: bchars; a space may not be the last.
BOUNDARY_LETTERS = "0123456789abcXYZ'()+_,-./:=? "
boundaries = st.text(BOUNDARY_LETTERS, min_size=1, max_size=70).filter(lambda text: not text.endswith(" "))
# Contents made of what delimiters are made of: the places where a parser goes wrong.
contents = st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b"-", b"--", b"a", b"\0", b"\r\n--"])).map(
    b"".join
)


def body_of(parts: list[bytes], boundary: str) -> bytes:
    lines = [f"\r\n--{boundary}\r\nContent-Type: application/dicom\r\n\r\n".encode() + part for part in parts]
    return b"".join(lines).removeprefix(b"\r\n") + f"\r\n--{boundary}--".encode()


def parsed(body: bytes, boundary: str, cuts: list[int] | None = None) -> Parts:
    """The parts, when the body comes cut at these places."""
    parser, found, current = MultipartParser(boundary), Parts(), bytearray()
    places = [0, *sorted(cut % (len(body) + 1) for cut in cuts or ()), len(body)]
    for begin, end in pairwise(places):
        for event in parser.feed(body[begin:end]):
            match event:
                case PartBegun(headers):
                    current = bytearray()
                    about = dict(headers)
                case PartData(data):
                    assert data
                    current += data
                case PartEnded():
                    found.append((about, bytes(current)))
    parser.close()
    return found


@given(st.lists(contents, min_size=1, max_size=5), boundaries, st.lists(st.integers(min_value=0)))
def test_any_contents_come_out_whole_wherever_the_body_is_cut(
    parts: list[bytes], boundary: str, cuts: list[int]
) -> None:
    assume(not any(f"\r\n--{boundary}".encode() in b"\r\n" + part for part in parts))
    assert [data for _, data in parsed(body_of(parts, boundary), boundary, cuts)] == parts


@given(st.lists(st.binary(max_size=300), max_size=4), boundaries)
def test_a_body_that_comes_byte_by_byte_is_the_same(parts: list[bytes], boundary: str) -> None:
    assume(not any(f"\r\n--{boundary}".encode() in b"\r\n" + part for part in parts))
    body = body_of(parts, boundary)
    everywhere = list(range(len(body)))
    assert [data for _, data in parsed(body, boundary, everywhere)] == parts


@given(st.binary(max_size=200), st.lists(st.integers(min_value=0), max_size=5))
def test_any_bytes_are_parts_or_a_bad_request(body: bytes, cuts: list[int]) -> None:
    with pytest.raises(BadRequest):
        parsed(body, "b", cuts)  # without the closing delimiter it never is a body


@given(contents, st.data())
def test_a_body_that_was_cut_is_a_bad_request(content: bytes, data: st.DataObject) -> None:
    assume(b"\r\n--b" not in b"\r\n" + content)
    body = body_of([content], "b")
    cut = data.draw(st.integers(min_value=0, max_value=len(body) - 1))
    with pytest.raises(BadRequest):
        parsed(body[:cut], "b")


def test_a_parser_holds_no_more_than_a_delimiter_of_the_content() -> None:
    parser, came = MultipartParser("b"), 0
    list(parser.feed(b"--b\r\n\r\n"))
    for _ in range(1000):
        events = list(parser.feed(b"\r\n--" * 250))
        came += sum(len(event.data) for event in events if isinstance(event, PartData))
    assert 0 <= 1_000_000 - came < len(b"\r\n--b")


@pytest.mark.parametrize("gathered", [1, 2, 7, 64])
def test_it_is_the_same_however_little_is_gathered_at_once(
    gathered: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(multipart, "GATHERED_BYTES", gathered)
    parts = [b"", b"\r\n--", b"\r\n--boundar" * 9, b"a", b"\r"]
    body = b"read me" * 20 + b"\r\n" + body_of(parts, "boundary") + b"\r\nbye --boundary" * 9
    for cuts in ([], [150], list(range(0, len(body), 11)), list(range(len(body)))):
        assert [data for _, data in parsed(body, "boundary", cuts)] == parts


class Counting(bytes):
    """A chunk that counts how much of it is looked through for a delimiter."""

    looked_through = 0

    def find(self, sought: bytes, start: int = 0, end: int | None = None) -> int:  # type: ignore[override]  # of the parser's few ways to ask
        place = super().find(sought, start, len(self) if end is None else end)
        self.looked_through += (len(self) if place < 0 else place) - start
        return place

    def rfind(self, sought: bytes, start: int = 0, end: int | None = None) -> int:  # type: ignore[override]  # of the parser's few ways to ask
        place = super().rfind(sought, start, len(self) if end is None else end)
        self.looked_through += len(self) - max(place, start)
        return place


def test_a_long_rest_behind_many_parts_is_looked_through_once() -> None:
    chunk = Counting(
        body_of([b""] * 500, "b")[:-2].removesuffix(b"\r\n--b") + b"\r\n--b\r\n\r\n" + bytes(100_000)
    )
    parts = [event for event in MultipartParser("b").feed(chunk) if isinstance(event, PartEnded)]
    assert len(parts) == 500
    assert chunk.looked_through < 3 * len(chunk)


def test_content_is_passed_on_as_it_came_whatever_stands_before_it() -> None:
    body = body_of([bytes(3000), b"", bytes(5000)], "b")
    data = [event.data for event in MultipartParser("b").feed(body) if isinstance(event, PartData)]
    assert [len(one) for one in data] == [3000, 5000]
    assert all(one.obj is body for one in data), "copied"


def test_headers_come_by_lower_case_name_folded_lines_joined() -> None:
    body = b"--b\r\nContent-TYPE:application/dicom;\r\n transfer-syntax=*\r\nX: 1\r\n\r\n.\r\n--b--"
    assert parsed(body, "b") == [({"content-type": "application/dicom; transfer-syntax=*", "x": "1"}, b".")]


def test_preamble_epilogue_and_padding_are_ignored_and_headers_may_be_missing() -> None:
    body = b"read me\r\n--b \t \r\n\r\none\r\n--b\r\n\r\n\r\n--b--  \r\nbye --b\r\n--b"
    assert parsed(body, "b") == [({}, b"one"), ({}, b"")]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b",
        b"--b--x"[:-3],
        b"--b\r\n",
        b"--b\r\n\r\n",
        b"--b\r\n\r\n.\r\n--b",
        b"--b\r\nContent-Type\r\n\r\n.\r\n--b--",
        b"--b\r\n: x\r\n\r\n.\r\n--b--",
        b"--bc\r\n\r\n.\r\n--b--",
        b"--b\n\n.\n--b--",
        b"--b\r\n" + b"X: " + b"x" * (MOST_HEADER_BYTES + 1) + b"\r\n\r\n.\r\n--b--",
        b"--b\r\n" + b"X: " + b"x" * (MOST_HEADER_BYTES * 2),
        b"x" * (MOST_PREAMBLE_BYTES + 100) + b"\r\n--b\r\n\r\n.\r\n--b--",
        b"--b" + b" " * 1000 + b"\r\n\r\n.\r\n--b--",
    ],
)
def test_what_is_no_multipart_body_is_a_bad_request(body: bytes) -> None:
    for cuts in ([], list(range(0, len(body), 7))):
        with pytest.raises(BadRequest):
            parsed(body, "b", cuts)


@pytest.mark.parametrize("boundary", ["", "x" * 201, "a\r\nb", "ä", "\0"])
def test_what_is_no_boundary_is_a_bad_request(boundary: str) -> None:
    with pytest.raises(BadRequest):
        MultipartParser(boundary)


@pytest.mark.parametrize(
    ("text", "name", "parameters"),
    [
        ("application/dicom", "application/dicom", {}),
        ("", "", {}),
        ("Multipart/Related;type=application/dicom;boundary=a=b", "multipart/related",
         {"type": "application/dicom", "boundary": "a=b"}),
        ('multipart/related; TYPE="application/dicom"; boundary="a;b\\"c d"', "multipart/related",
         {"type": "application/dicom", "boundary": 'a;b"c d'}),
        ("multipart/related; boundary = x ; ", "multipart/related", {"boundary": "x"}),
        ("text/plain;a=1;A=2", "text/plain", {"a": "1"}),
    ],
)  # fmt: skip
def test_media_types_are_read_quoted_or_not(text: str, name: str, parameters: dict[str, str]) -> None:
    media = parse_media_type(text)
    assert (media.name, dict(media.parameters)) == (name, parameters)


@pytest.mark.parametrize("text", ["a/b; boundary", 'a/b; boundary="x', "a/b; =x", 'a/b; x="a"y'])
def test_media_types_that_cannot_be_read_are_a_bad_request(text: str) -> None:
    with pytest.raises(BadRequest):
        parse_media_type(text)


def test_a_long_media_type_of_a_stranger_does_not_stay_in_memory() -> None:
    text = "a/b" + "".join(f";p{number}=x" for number in range(5000))
    multipart._remembered.cache_clear()
    assert len(parse_media_type(text).parameters) == 5000
    assert multipart._remembered.cache_info().currsize == 0
    assert parse_media_type("a/b") is parse_media_type("a/b")


@given(st.text(max_size=200))
def test_any_text_is_a_media_type_or_a_bad_request(text: str) -> None:
    with suppress(BadRequest):
        assert parse_media_type(text).name == text.partition(";")[0].strip().lower()
