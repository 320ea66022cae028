"""Threads with a bounded queue before them: too much at once is refused, not piled up (promise P21).

Work that takes milliseconds and work that waits for the sandbox go in lanes of their own, so that a frame which takes
seconds to decode never stands before one that is at hand (P8).
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Hashable
from contextvars import Context, copy_context
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, TypeVar

from pacs.errors import Overloaded
from pacs.processors import work_beside_the_loop

Result = TypeVar("Result")
_Job = tuple["asyncio.Future[Any]", asyncio.AbstractEventLoop, Context, Callable[..., Any], tuple[Any, ...]]
RETRY_AFTER_S = 1


class Lane:
    """Some threads and the places in the queue before them.

    Not a ThreadPoolExecutor: its two futures for each piece of work cost as much as a cached tile does.
    """

    def __init__(self, name: str, threads: int, most_waiting: int) -> None:
        self._name = name
        self._threads = threads
        self._most_inside = threads + most_waiting
        self._inside = 0
        self._started = 0
        self._queue: SimpleQueue[_Job] = SimpleQueue()

    @property
    def has_free_thread(self) -> bool:
        """Whether work begins at once."""
        return self._inside < self._threads

    async def run(self, work: Callable[..., Result], *args: Any) -> Result:
        """What `work` returns in a thread. Cancelled before its turn, it never begins. Raises Overloaded."""
        if self._inside >= self._most_inside:
            raise Overloaded(retry_after_s=RETRY_AFTER_S)
        self._start()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        self._inside += 1
        # In its context: what is written into the trail there says where it was asked from.
        self._queue.put((future, loop, copy_context(), work, args))
        try:
            return await future
        finally:
            self._inside -= 1

    def _start(self) -> None:
        """All threads, or those that are to be had. Raises RuntimeError where there is none."""
        while self._started < self._threads:
            thread = threading.Thread(target=self._work, name=f"{self._name}-{self._started}", daemon=True)
            try:
                thread.start()
            except RuntimeError:
                if not self._started:
                    raise
                return  # whoever asks next tries again
            self._started += 1

    def _work(self) -> None:
        work_beside_the_loop(False)  # it was started by it
        while True:
            future, loop, context, work, args = self._queue.get()
            if future.cancelled():
                continue
            try:
                result, error = context.run(work, *args), None
            except BaseException as raised:
                result, error = None, raised
            with contextlib.suppress(RuntimeError):  # the loop may have ended with its server
                loop.call_soon_threadsafe(_settle, future, result, error)
            # What was worked on must not be kept alive by a thread that waits for the next.
            del future, context, work, args, result, error


def _settle(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.cancelled():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)


@dataclass
class _Flight:
    task: asyncio.Task[Any]
    waiting: int = 0


class SingleFlight:
    """Work in a lane, done once for all who wait for the same key, given up when nobody waits any more."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._flights: dict[Hashable, _Flight] = {}

    async def run(self, key: Hashable, work: Callable[[], Result]) -> Result:
        """What the one making of this key gives, or raises."""
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = _Flight(asyncio.ensure_future(self._lane.run(work)))
            flight.task.add_done_callback(lambda _: self._end(key, flight))
        flight.waiting += 1
        try:
            result: Result = await asyncio.shield(flight.task)
            return result
        except asyncio.CancelledError:
            if flight.waiting == 1:
                flight.task.cancel()
                self._end(key, flight)
            raise
        finally:
            flight.waiting -= 1

    def _end(self, key: Hashable, flight: _Flight) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
        if flight.task.done() and not flight.task.cancelled():
            flight.task.exception()  # taken note of: nobody may be left who waits for it


class Shares:
    """Work in a lane, of which nobody has more than a few pieces inside at once."""

    def __init__(self, lane: Lane, most_each: int) -> None:
        self._lane = lane
        self._most_each = most_each
        self._inside: Counter[Hashable] = Counter()

    async def run(self, whose: Hashable, work: Callable[[], Result]) -> Result:
        """What `work` returns. Raises Overloaded, also where only this one asks for too much."""
        if self._inside[whose] >= self._most_each:
            raise Overloaded(retry_after_s=RETRY_AFTER_S)
        self._inside[whose] += 1
        try:
            return await self._lane.run(work)
        finally:
            self._inside[whose] -= 1
            if not self._inside[whose]:
                del self._inside[whose]
