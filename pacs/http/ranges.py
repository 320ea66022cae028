"""Parts of an answer by their bytes (RFC 9110 14): Range, several ranges, If-Range."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

UNIT = "bytes="
MOST_RANGES = 64
_RANGE = re.compile(r"(\d{0,19})-(\d{0,19})")


class NotSatisfiable(Exception):
    """No range that was asked for holds a byte of it (416)."""


@dataclass(frozen=True)
class ByteRange:
    """Bytes from first to last, both included, counted from 0."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """How many bytes."""
        return self.last - self.first + 1

    def content_range(self, whole: int) -> str:
        """The Content-Range of these bytes among so many."""
        return f"bytes {self.first}-{self.last}/{whole}"


def asked_ranges(header: str, if_range: str, etag: str, length: int) -> list[ByteRange]:
    """The ranges to give, in the order asked for; none where the whole is to be given.

    A header that cannot be understood is ignored (RFC 9110 14.2), and so is one that asks for overlapping or far too
    many ranges: that is what a greedy client does. Raises NotSatisfiable.
    """
    if not header.startswith(UNIT) or (if_range and if_range.strip() != etag):
        return []
    texts = [text.strip() for text in header.removeprefix(UNIT).split(",") if text.strip()]
    found = [_RANGE.fullmatch(text) for text in texts[: MOST_RANGES + 1]]
    if not 0 < len(found) <= MOST_RANGES or any(one is None or one[0] == "-" for one in found):
        return []
    asked = [_resolve(one[1], one[2], length) for one in found if one is not None]
    if any(one is None for one in asked):
        return []
    ranges = [one for one in asked if one is not None and one.first <= one.last]
    if not ranges:
        raise NotSatisfiable
    return [] if _overlap(ranges) else ranges


def _resolve(first: str, last: str, length: int) -> ByteRange | None:
    """The range within so many bytes; ends before it begins where it holds none; None for one that is none."""
    if not first:  # the last so many bytes
        return ByteRange(max(0, length - int(last)), length - 1)
    if last and int(last) < int(first):
        return None
    return ByteRange(int(first), min(int(last), length - 1) if last else length - 1)


def _overlap(ranges: list[ByteRange]) -> bool:
    ordered = sorted(ranges, key=lambda one: one.first)
    return any(before.last >= after.first for before, after in itertools.pairwise(ordered))
