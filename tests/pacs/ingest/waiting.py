"""Works that wait while another commit is under way, so that it is known which are committed together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection, connections

from pacs.catalog.models import Patient
from pacs.ingest import together
from pacs.ingest.together import MOST_TOGETHER, Shared, committed

Work = Callable[[Shared], object]
Made = TypeVar("Made")
LONGEST_S = 30
LONGEST_LOCKED_MS = 1000


def write(key: str, _: Shared | None = None) -> str:
    Patient.objects.create(identity_key=key)
    return key


def kept() -> set[str]:
    return set(Patient.objects.values_list("identity_key", flat=True))


def commit(work: Callable[[Shared], Made]) -> Made:
    """What it returns, once it is committed. Raises what it raises, or its commit."""
    (made,) = committed([work])
    return made.result()


class Gate:
    """Work that tells when it has begun and goes on when it is let."""

    def __init__(self, key: str) -> None:
        self._key = key
        self.begun, self.opened = threading.Event(), threading.Event()

    def __call__(self, _: Shared) -> str:
        self.begun.set()
        assert self.opened.wait(LONGEST_S)
        return write(self._key)


class Crowd:
    """Commits from many threads."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._threads = threads

    def start(self, work: Work) -> Future[object]:
        """Commit this now, or as soon as it can be."""
        return self._threads.submit(self._commit, work)

    def queue(self, work: Work) -> Future[object]:
        """Commit this after the one that is under way; it waits when this returns."""
        before = len(together._waiting)
        future = self.start(work)
        ends_at = time.monotonic() + LONGEST_S
        while len(together._waiting) == before:
            assert time.monotonic() < ends_at
            time.sleep(0.001)
        return future

    @staticmethod
    def _commit(work: Work) -> object:
        try:
            if connection.vendor == "sqlite":
                connection.cursor().execute(f"PRAGMA busy_timeout = {LONGEST_LOCKED_MS}")
            return commit(work)
        finally:
            connections.close_all()


@contextmanager
def crowd() -> Iterator[Crowd]:
    with ThreadPoolExecutor(MOST_TOGETHER + 9) as threads:
        yield Crowd(threads)


def behind_a_gate(works: list[Work]) -> list[Future[object]]:
    """All of these wait while another commit is under way, and are let go on together."""
    gate = Gate("gate")
    with crowd() as people:
        first = people.start(gate)
        assert gate.begun.wait(LONGEST_S)
        futures = [people.queue(work) for work in works]
        gate.opened.set()
        assert first.result(LONGEST_S) == "gate"
    return futures
