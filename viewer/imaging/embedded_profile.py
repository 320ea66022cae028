"""The ICC profile within a JPEG codestream (ISO 15076-1 B.4): chunks in APP2 segments, each with its number. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from viewer.imaging.fragments import joined
from viewer.imaging.markers import SOI, START_OF_SCAN

APP2 = 0xE2
NAME = b"ICC_PROFILE\0"
HEAD_BYTES = len(NAME) + 2  # then its number, from 1, and how many there are


def embedded_profile(data: bytes, fragmented: bool) -> bytes | None:
    """The profile in the bytes of a frame; None where there is none, or where it is not whole. Runs in the sandbox."""
    chunks: dict[int, bytes] = {}
    count = 0
    for payload in _segments(joined(data) if fragmented else data, APP2):
        if payload.startswith(NAME) and len(payload) > HEAD_BYTES:
            number, count = payload[len(NAME)], payload[len(NAME) + 1]
            chunks.setdefault(number, payload[HEAD_BYTES:])
    if not chunks or sorted(chunks) != list(range(1, count + 1)):
        return None
    return b"".join(chunks[number] for number in sorted(chunks))


def _segments(data: bytes, wanted: int) -> Iterator[bytes]:
    """What is in the segments of this marker, before the first scan (ISO 10918-1 B.1.1.4)."""
    at = 2 if data.startswith(SOI) else len(data)
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xFF:  # fill
            at += 1
            continue
        if marker == START_OF_SCAN or length < 2:
            return
        if marker == wanted:
            yield data[at + 4 : at + 2 + length]
        at += 2 + length
