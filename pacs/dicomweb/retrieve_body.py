"""The body of an answer before it is sent: bytes at hand, spans of kept files, and what is made while it is sent.

A body whose length is known can be cut (ranges); nothing of a file is read before its turn comes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings

from pacs.http.lanes import Lane
from pacs.http.ranges import ByteRange
from pacs.storage.blobs import blob_store
from pacs.storage.derived import derived_store
from pacs.storage.keys import BlobKey

CHUNK_BYTES = 1 << 20
SMALL_BYTES = 1 << 20  # a body up to here is read at once and sent in one piece
MOST_WAITING = 512


@dataclass(frozen=True)
class Span:
    """Bytes of a kept file."""

    blob: BlobKey
    offset: int
    length: int

    def cut(self, first: int, end: int) -> Span:
        """From its byte `first` up to, and without, its byte `end`."""
        return Span(self.blob, self.offset + first, end - first)


@dataclass(frozen=True)
class DerivedSpan:
    """Bytes of what was derived and is kept (pacs.storage.derived)."""

    kind: str
    key: str
    offset: int
    length: int

    def cut(self, first: int, end: int) -> DerivedSpan:
        """From its byte `first` up to, and without, its byte `end`."""
        return DerivedSpan(self.kind, self.key, self.offset + first, end - first)


@dataclass(frozen=True)
class Made:
    """Bytes that are made in pieces while they are sent, and how many they will be, where that is known."""

    make: Callable[[], Iterator[bytes]]
    length: int | None = None


Piece = bytes | Span | DerivedSpan | Made


@dataclass(frozen=True)
class Body:
    """Pieces that are sent one after another."""

    pieces: tuple[Piece, ...] = ()

    @cached_property
    def length(self) -> int | None:
        """How many bytes; None where something of it has to be made first."""
        lengths = [_length(piece) for piece in self.pieces]
        return None if None in lengths else sum(length or 0 for length in lengths)

    @property
    def can_be_cut(self) -> bool:
        """Whether some of its bytes can be had without making those before them."""
        return not any(isinstance(piece, Made) for piece in self.pieces)

    def cut(self, wanted: ByteRange) -> Body:
        """These bytes of it; that must be possible."""
        cuts, start = list[Piece](), 0
        for piece in self.pieces:
            end = start + (_length(piece) or 0)
            first, last = max(wanted.first, start), min(wanted.last + 1, end)
            if first < last and isinstance(piece, Span | DerivedSpan):
                cuts.append(piece.cut(first - start, last - start))
            elif first < last and isinstance(piece, bytes):
                cuts.append(piece[first - start : last - start])
            start = end
        return Body(tuple(cuts))

    def read(self) -> bytes:
        """All of it. It must be small."""
        return b"".join(
            piece if isinstance(piece, bytes) else b"".join(_read(piece)) for piece in self.pieces
        )

    def read_at_once(self) -> bytes | None:
        """All of it where that takes no waiting, on an event loop; else None."""
        store, read = blob_store(), list[bytes]()
        for piece in self.pieces:
            at_hand = piece if isinstance(piece, bytes) else None
            if isinstance(piece, Span):
                at_hand = store.read_at_once(piece.blob, piece.offset, piece.length)
            if at_hand is None:
                return None
            read.append(at_hand)
        return b"".join(read)


def body_of(pieces: Iterable[Piece]) -> Body:
    """A body of these pieces."""
    return Body(tuple(pieces))


_reading = Lane("reading", settings.RENDER_THREADS, MOST_WAITING)
_making = Lane("making", settings.SANDBOX_CHILDREN, MOST_WAITING)


async def chunks_of(body: Body) -> AsyncIterator[bytes]:
    """The body in pieces of bounded size. No thread waits while the client takes its time."""
    gathered = list[bytes]()
    size = 0
    for piece in body.pieces:
        if isinstance(piece, bytes):
            gathered.append(piece)
            size += len(piece)
            continue
        async for chunk in _streamed(piece):
            yield b"".join((*gathered, chunk))
            gathered.clear()
            size = 0
    if size:
        yield b"".join(gathered)


async def _streamed(piece: Span | DerivedSpan | Made) -> AsyncIterator[bytes]:
    lane = _making if isinstance(piece, Made) else _reading
    source = _read(piece)
    while chunk := await lane.run(next, source, b""):
        yield chunk
        await asyncio.sleep(
            0
        )  # others have their turn between two pieces, also where none had to be waited for


def read_pieces(pieces: Iterable[Piece]) -> Iterator[bytes]:
    """Their bytes, one bounded read after another."""
    for piece in pieces:
        if isinstance(piece, bytes):
            yield piece
        else:
            yield from _read(piece)


def _read(piece: Span | DerivedSpan | Made) -> Iterator[bytes]:
    if isinstance(piece, Made):
        yield from (chunk for chunk in piece.make() if chunk)
        return
    at, end = piece.offset, piece.offset + piece.length
    while at < end:
        size = min(CHUNK_BYTES, end - at)
        yield _read_range(piece, at, size)
        at += size


def _read_range(piece: Span | DerivedSpan, at: int, size: int) -> bytes:
    if isinstance(piece, Span):
        return blob_store().read_range(piece.blob, at, size)
    read = derived_store().read_range(piece.kind, piece.key, at, size)
    if read is None or len(read) != size:
        raise FileNotFoundError  # it was dropped meanwhile: the answer breaks off
    return read


def _length(piece: Piece) -> int | None:
    return len(piece) if isinstance(piece, bytes) else piece.length
