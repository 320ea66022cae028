"""One part of a STOW-RS request while it comes: gathered, and written aside in large pieces by threads."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings
from django.db import close_old_connections

from pacs.errors import TooLarge
from pacs.http.lanes import Lane
from pacs.processors import work_beside_the_loop
from pacs.storage.staging import CHUNK_BYTES, Staged, StagedWriter, stage

THREADS = settings.SANDBOX_CHILDREN + 2  # some write while others wait for the sandbox
# Who is let in is one of few (stow.MOST_AT_ONCE), and nothing of theirs is refused in its midst; who comes is anybody.
_let_in = Lane("stow", THREADS, 1 << 20)
_coming = Lane("stow-admission", 2, 64)
MOST_TIMES_HELD = 4  # as much memory as it is itself long may a part hold; beyond it, it is copied
Made = TypeVar("Made")


async def in_thread(work: Callable[..., Made], *args: object) -> Made:
    """What work(*args) returns in one of the threads of this door, for a request that was let in."""
    return await _let_in.run(_with_fresh_connection, work, args)


async def before_letting_in(work: Callable[..., Made], *args: object) -> Made:
    """The same for one that was not yet. Raises Overloaded where too many come."""
    return await _coming.run(_with_fresh_connection, work, args)


def _with_fresh_connection(work: Callable[..., Made], args: tuple[object, ...]) -> Made:
    close_old_connections()  # the database server may have come and gone since (promise P23)
    return work(*args)


class ComingPart:
    """The bytes of one part that comes: write…, then whole, or forget."""

    def __init__(self, most_bytes: int) -> None:
        self.size_bytes = 0
        self._most_bytes = most_bytes
        self._writing: asyncio.Future[StagedWriter] | None = None  # the last piece; gives the file
        self._unwritten: list[memoryview | bytes] = []
        self._unwritten_bytes = 0

    async def write(self, data: memoryview | bytes) -> None:
        """More of it. Raises TooLarge; StorageFull, and what was written is gone then."""
        self.count(data)
        self._unwritten.append(data)
        self._unwritten_bytes += len(data)
        if self._unwritten_bytes < CHUNK_BYTES:
            return
        writing = in_thread(_written, self._take_writer(), self._take_unwritten())
        self._writing = asyncio.ensure_future(writing)
        await asyncio.shield(self._writing)  # a thread goes on when this is cancelled: forget waits for it

    def count(self, data: memoryview | bytes) -> None:
        """Count bytes that are not wanted. Raises TooLarge."""
        self.size_bytes += len(data)
        if self.size_bytes > self._most_bytes:
            raise TooLarge(most_bytes=self._most_bytes)

    def whole(self) -> WholePart:
        """It is whole."""
        writer, held_bytes, rest = self._take_writer(), self._unwritten_bytes, self._take_unwritten()
        if held_bytes * MOST_TIMES_HELD < sum(map(_size_of_whole, rest)):
            rest = [b"".join(rest)]
        return WholePart(held_bytes, writer, rest)

    async def forget(self) -> None:
        """It will not be whole: what was written of it goes."""
        self._take_unwritten()
        writing, self._writing = self._writing, None
        if writing is None:
            return
        # A write that failed was told to who waited for it; what cannot be removed now is removed a day later.
        with contextlib.suppress(Exception):
            await in_thread((await writing).discard)

    def _take_writer(self) -> StagedWriter | None:
        writing, self._writing = self._writing, None
        return writing.result() if writing is not None else None

    def _take_unwritten(self) -> list[memoryview | bytes]:
        taken, self._unwritten, self._unwritten_bytes = self._unwritten, [], 0
        return taken


@dataclass(frozen=True)
class WholePart:
    """A part that has come; the last of it, held_bytes, is in memory. For threads."""

    held_bytes: int
    _writer: StagedWriter | None
    _rest: list[memoryview | bytes]

    def stage(self) -> Staged:
        """A staged file of it. Raises StorageFull."""
        with self._writer or stage(self.held_bytes) as writing:
            _write(writing, self._rest)
            return writing.finish()

    def forget(self) -> None:
        """It is not wanted: what was written of it goes."""
        if self._writer is not None:
            self._writer.discard()


def _size_of_whole(data: memoryview | bytes) -> int:
    """Of the chunk that stays in memory as long as this piece of it does."""
    return memoryview(data.obj).nbytes if isinstance(data, memoryview) else len(data)


def _written(writer: StagedWriter | None, chunks: list[memoryview | bytes]) -> StagedWriter:
    work_beside_the_loop(False)  # this is of a long part, and mostly the disk's and the digest's
    writer = writer or stage()
    _write(writer, chunks)
    return writer


def _write(writer: StagedWriter, chunks: list[memoryview | bytes]) -> None:
    for chunk in chunks:
        writer.write(chunk)
