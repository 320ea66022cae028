"""A multipart body as it is sent (PS3.18 8.6.1.2, RFC 2046 5.1): the heads of its parts and its end.

Its boundary is told by what is in it, so that the same answer is the same bytes again, and ranges of it fit together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pacs.dicomweb.retrieve_body import Piece

BOUNDARY_DIGITS = 40


@dataclass(frozen=True)
class Part:
    """One part: its head, and its content; where the head is only known when the content is made, it is in there."""

    head: bytes
    pieces: tuple[Piece, ...]


def boundary_of(tag: str) -> str:
    """A boundary for the answer with this ETag: nobody who made what is in it could know it before."""
    return "lightbox-" + tag.strip('"')[:BOUNDARY_DIGITS]


def multipart_type(part_type: str, boundary: str) -> str:
    """The Content-Type of the whole, of parts of this type."""
    name, _, syntax = part_type.partition("; ")
    return f'multipart/related; type="{name}"; boundary={boundary}' + (f"; {syntax}" if syntax else "")


def part_head(content_type: str, location: str, content_range: str = "") -> bytes:
    """What stands before the content of a part: its Content-Type, and where it can be had alone."""
    about = f"Content-Range: {content_range}\r\n" if content_range else ""
    return f"Content-Type: {content_type}\r\nContent-Location: {location}\r\n{about}\r\n".encode("latin-1")


def multipart_pieces(parts: Iterable[Part], boundary: str) -> Iterator[Piece]:
    """The body of these parts."""
    line_end = ""
    for part in parts:
        yield f"{line_end}--{boundary}\r\n".encode("latin-1") + part.head
        yield from part.pieces
        line_end = "\r\n"
    yield f"\r\n--{boundary}--\r\n".encode("latin-1")
