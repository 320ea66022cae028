"""A zip that is made while it is sent is one that every program opens, of any length, in little memory."""

from __future__ import annotations

import tracemalloc
import zipfile
from collections.abc import Iterator
from io import BytesIO

import pytest

from pacs.media.zip_stream import Member, zip_length, zip_pieces

PIECE = bytes(range(256)) * 4096


def pieces(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield PIECE


def test_every_file_is_in_it_as_it_was() -> None:
    members = [Member(f"A/B{number}", len(PIECE) * number, lambda n=number: pieces(n)) for number in range(3)]  # type: ignore[misc]
    with zipfile.ZipFile(BytesIO(b"".join(zip_pieces(members)))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["A/B0", "A/B1", "A/B2"]
        assert archive.read("A/B2") == PIECE * 2


def test_what_was_sent_is_not_held() -> None:
    tracemalloc.start()
    sent = sum(map(len, zip_pieces([Member("LONG", len(PIECE) * 300, lambda: pieces(300))])))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sent > len(PIECE) * 300
    assert peak < len(PIECE) * 8


def test_a_file_of_more_than_4_gib_is_announced_as_one() -> None:
    """The head of each file says whether its length takes eight bytes (zip64), before a byte of it is there."""
    first = next(iter(zip_pieces([Member("HUGE", 5 << 30, lambda: pieces(1))])))
    assert first[4:6] == (45).to_bytes(2, "little")  # the version that can read zip64


@pytest.mark.parametrize("limit", [(1 << 31) - 1, 100, 1000, 0])
@pytest.mark.parametrize("most_files", [0xFFFF, 3])
@pytest.mark.parametrize("sizes", [(), (0,), (5, 0, 7), (100, 101, 99, 1000, 3), tuple(range(40))])
def test_how_long_it_will_be_is_known_before(
    sizes: tuple[int, ...], most_files: int, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the byte, also where lengths, offsets or the number of files take the records of zip64: hence the limits."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", limit)
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", most_files)
    members = [
        Member(f"DICOM/{number:06d}"[: 5 + number], size, lambda size=size: iter((bytes(size),)))  # type: ignore[misc]
        for number, size in enumerate(sizes)
    ]
    assert zip_length(members) == sum(map(len, zip_pieces(members)))
