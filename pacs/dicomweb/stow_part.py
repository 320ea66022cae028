"""One part of a STOW-RS request while it comes: gathered, and written aside in large pieces by threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from django.conf import settings
from django.db import close_old_connections

from pacs.errors import TooLarge
from pacs.storage.staging import CHUNK_BYTES, Staged, StagedWriter, stage

THREADS = settings.SANDBOX_CHILDREN + 2  # some write while others wait for the sandbox
_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="stow")
Made = TypeVar("Made")


async def in_thread(work: Callable[..., Made], *args: object) -> Made:
    """What work(*args) returns in one of the threads of this door."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_threads, copy_context().run, _with_fresh_connection, work, args)


def _with_fresh_connection(work: Callable[..., Made], args: tuple[object, ...]) -> Made:
    close_old_connections()  # the database server may have come and gone since (promise P23)
    return work(*args)


class ComingPart:
    """The bytes of one part: write…, then whole, or forget."""

    def __init__(self, most_bytes: int) -> None:
        self.size_bytes = 0
        self._most_bytes = most_bytes
        self._writer: StagedWriter | None = None
        self._unwritten: list[memoryview | bytes] = []
        self._unwritten_bytes = 0

    async def write(self, data: memoryview | bytes) -> None:
        """More of it. Raises TooLarge; StorageFull, and what was written is gone then."""
        self.count(data)
        self._unwritten.append(data)
        self._unwritten_bytes += len(data)
        if self._unwritten_bytes < CHUNK_BYTES:
            return
        writer, self._writer = self._writer, None
        writer = writer or await in_thread(stage)
        await in_thread(_write, writer, self._take_unwritten())
        self._writer = writer

    def count(self, data: memoryview | bytes) -> None:
        """Count bytes that are not wanted. Raises TooLarge."""
        self.size_bytes += len(data)
        if self.size_bytes > self._most_bytes:
            raise TooLarge(most_bytes=self._most_bytes)

    def whole(self) -> Callable[[], Staged]:
        """It is whole: what makes a staged file of it, to be called in a thread. Raises StorageFull there."""
        writer, rest = self._writer, self._take_unwritten()
        self._writer = None
        return lambda: _staged(writer, rest)

    async def forget(self) -> None:
        """It will not be whole: what was written of it goes."""
        writer, self._writer = self._writer, None
        self._take_unwritten()
        if writer is not None:
            await in_thread(writer.discard)

    def _take_unwritten(self) -> list[memoryview | bytes]:
        taken, self._unwritten, self._unwritten_bytes = self._unwritten, [], 0
        return taken


def _staged(writer: StagedWriter | None, rest: list[memoryview | bytes]) -> Staged:
    with writer or stage(sum(map(len, rest))) as writing:
        _write(writing, rest)
        return writing.finish()


def _write(writer: StagedWriter, chunks: list[memoryview | bytes]) -> None:
    for chunk in chunks:
        writer.write(chunk)
