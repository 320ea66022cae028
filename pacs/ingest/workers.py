"""Threads for what takes longer than a request; what is to be done stands in the database, for the next start."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import Context, copy_context
from queue import SimpleQueue
from typing import Generic, TypeVar

from django.db import connections

Given = TypeVar("Given")


class Workers(Generic[Given]):
    """A few threads that end with the process: an archive of an hour must not keep a server from stopping.

    `work` raises nothing; what became of it is told by the database.
    """

    def __init__(self, name: str, count: int, work: Callable[[Given], None]) -> None:
        self._name = name
        self._count = count
        self._work = work
        self._queue: SimpleQueue[tuple[Future[None], Context, Given]] = SimpleQueue()
        self._lock = threading.Lock()
        self._has_begun = False

    def do(self, given: Given) -> Future[None]:
        """Work on this in its turn, as part of what the caller does (who asks, from where: for the trail)."""
        future: Future[None] = Future()
        self._queue.put((future, copy_context(), given))
        with self._lock:
            if not self._has_begun:
                self._has_begun = True
                for each in range(self._count):
                    threading.Thread(target=self._run, name=f"{self._name}-{each}", daemon=True).start()
        return future

    def _run(self) -> None:
        while True:
            future, context, given = self._queue.get()
            try:
                context.run(self._work, given)
            finally:
                connections.close_all()
                future.set_result(None)
