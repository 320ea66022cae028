"""Bytes at an offset, of a file of any size or of what was inflated from one."""

from __future__ import annotations

import os
import zlib
from typing import Protocol

from pacs.ingest.scan import limits
from pacs.ingest.scan.unreadable import Unreadable

WINDOW_BYTES = 32 << 10
AT_HAND_BYTES = 8
INFLATE_STEP_BYTES = 1 << 20


class Source(Protocol):
    """What a scan reads from."""

    size: int

    def read(self, offset: int, length: int) -> bytes:
        """Exactly these bytes. Raises Unreadable("truncated") where they are not all there."""

    def at_hand(self, offset: int) -> memoryview:
        """The bytes from there on that are had together: eight or more, unless the source ends before."""


class FileSource:
    """A file behind a window.

    Not a memory map: a map of a 4 GB file would not fit a child's address space, and a page that cannot be read
    would end the process with a signal rather than an error.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.size = os.fstat(descriptor).st_size
        self._start = 0
        self._window = b""

    def read(self, offset: int, length: int) -> bytes:
        start = offset - self._start
        if start < 0 or start + length > len(self._window):
            if offset + length > self.size:
                raise Unreadable("truncated")
            self._window = os.pread(self._descriptor, max(WINDOW_BYTES, length), offset)
            self._start, start = offset, 0
        piece = self._window[start : start + length]
        if len(piece) != length:
            raise Unreadable("truncated")
        return piece

    def at_hand(self, offset: int) -> memoryview:
        self.read(offset, min(AT_HAND_BYTES, self.size - offset))
        return memoryview(self._window)[offset - self._start :]


class MemorySource:
    """Bytes at hand."""

    def __init__(self, data: bytes | bytearray) -> None:
        self._data = data
        self.size = len(data)

    def read(self, offset: int, length: int) -> bytes:
        if offset + length > self.size:
            raise Unreadable("truncated")
        return bytes(self._data[offset : offset + length])

    def at_hand(self, offset: int) -> memoryview:
        return memoryview(self._data)[offset:]


def inflate(source: Source, start: int) -> MemorySource:
    """The data set of the deflated transfer syntax (PS3.5 A.5), which begins at start.

    What follows the stream's own end is not looked at: the standard pads it to an even length, and not all do.
    Raises Unreadable: "inflates_too_far" beyond the limits, "truncated" where the stream does not end, "malformed".
    """
    deflated_bytes = source.size - start
    most = min(
        limits.MOST_INFLATED_BYTES,
        max(limits.ALWAYS_INFLATED_BYTES, deflated_bytes * limits.MOST_INFLATED_RATIO),
    )
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    inflated = bytearray()
    offset = start
    try:
        while not inflater.eof:
            if not inflater.unconsumed_tail and offset >= source.size:
                raise Unreadable("truncated")
            piece = inflater.unconsumed_tail
            if not piece:
                piece = source.read(offset, min(INFLATE_STEP_BYTES, source.size - offset))
                offset += len(piece)
            inflated += inflater.decompress(piece, INFLATE_STEP_BYTES)
            if len(inflated) > most:
                raise Unreadable("inflates_too_far")
    except zlib.error:
        raise Unreadable("malformed") from None
    return MemorySource(inflated)
