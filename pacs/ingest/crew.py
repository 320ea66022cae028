"""Takes objects in side by side: while one waits for the disk, another is looked at in the sandbox."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Generic, Protocol, TypeVar

from django.db import connections


class Discardable(Protocol):
    """Something that holds a staged file."""

    def discard(self) -> None:
        """Remove it."""


Given = TypeVar("Given", bound=Discardable)
Made = TypeVar("Made")
AHEAD_PER_HAND = 4  # given, and waiting for each worker


class _Hands(Generic[Given, Made]):
    """Does the work, and gives back the database connections of its threads when the threads end."""

    def __init__(self, work: Callable[[Given], Made], count: int) -> None:
        self._work = work
        self._together = threading.Barrier(count)

    def do(self, given: Given) -> Made:
        try:
            return self._work(given)
        finally:
            given.discard()

    def leave(self) -> None:
        connections.close_all()
        self._together.wait(timeout=60)  # so that no thread leaves twice and another never


def side_by_side(
    given: Iterator[Given], work: Callable[[Given], Made], count: int
) -> Generator[Made, None, None]:
    """work(each) for each given, in their order, by `count` threads. The first exception ends it and is raised.

    What was given but not worked on is discarded then.
    """
    hands = _Hands(work, count)
    with ThreadPoolExecutor(count, thread_name_prefix="ingest") as executor:
        under_way = deque[tuple[Given, Future[Made]]]()
        try:
            for each in given:
                under_way.append((each, executor.submit(copy_context().run, hands.do, each)))
                if len(under_way) > count * AHEAD_PER_HAND:
                    yield under_way.popleft()[1].result()
            while under_way:
                yield under_way.popleft()[1].result()
        finally:
            for each, future in under_way:
                if future.cancel():
                    each.discard()
            for _ in range(count):
                executor.submit(hands.leave)
