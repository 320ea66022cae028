"""On which processors the threads of this process work while objects are received (decision 40).

Threads that compute in Python work one after another, however many processors there are: they hand one lock to each
other. To wake a thread on another processor takes several times as long as on the same one, and in a guest, whose idle
processors are halted, thirty times. So as long as objects come one by one, the event loop and the threads that take
them in stay on one processor; children have the others, and pixels are made on all.

Nothing is done where there is only one processor, or where the system lets nobody choose.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import threading
from collections.abc import Collection, Iterator
from pathlib import Path

LINGER_S = 1.0  # who sends objects one after another is often at the next within this
CAN_CHOOSE = hasattr(os, "sched_setaffinity") and hasattr(ctypes.CDLL(None), "sched_getcpu")
THREADS = Path("/proc/self/task")  # of every kind, also those that Python does not know
THIS_THREAD = 0


class _Gathering:
    """Where the event loop is kept just now, if it is. Changed in its thread only."""

    def __init__(self) -> None:
        self.everywhere: frozenset[int] = frozenset()
        self.here: int | None = None
        self.round = 0  # counts how often it was gathered
        self._inside = 0
        self._ending: asyncio.TimerHandle | None = None

    def enter(self) -> None:
        """One more reason to gather."""
        self._inside += 1
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None
        if self.here is None:
            self._begin()

    def leave(self) -> None:
        """One less."""
        self._inside -= 1
        if not self._inside and self.here is not None:
            self._ending = asyncio.get_running_loop().call_later(LINGER_S, self.end)

    def _begin(self) -> None:
        everywhere = _allowed()
        if len(everywhere) > 1:
            self.everywhere, self.here = everywhere, ctypes.CDLL(None).sched_getcpu()
            self.round += 1
            place(THIS_THREAD, {self.here})

    def end(self) -> None:
        """Threads that were started meanwhile have it from the one that started them: all are let go."""
        if self.here is None:
            return
        self.here = self._ending = None
        place(THIS_THREAD, self.everywhere)
        with contextlib.suppress(OSError):
            for thread in os.listdir(THREADS):  # noqa: PTH208  # names are all that is wanted
                place(int(thread), self.everywhere)


def _allowed() -> frozenset[int]:
    """The processors that this thread may work on; empty where the system does not tell, or lets nobody choose."""
    with contextlib.suppress(OSError):
        if CAN_CHOOSE:
            return frozenset(os.sched_getaffinity(THIS_THREAD))
    return frozenset()


_gathering = _Gathering()
_this_thread = threading.local()


@contextlib.contextmanager
def gathered() -> Iterator[None]:
    """The event loop, whose thread calls this, stays on one processor as long as this lasts and LINGER_S longer."""
    _gathering.enter()
    try:
        yield
    finally:
        _gathering.leave()


def let_go() -> None:
    """Every thread works anywhere again, now: for whoever ends an event loop and goes on."""
    _gathering.end()


def work_beside_the_loop(is_wanted: bool) -> None:
    """This thread works on the processor of the event loop while that is gathered, or anywhere again."""
    wanted = (_gathering.round, is_wanted)
    here = _gathering.here
    if here is not None and getattr(_this_thread, "told", None) != wanted:
        place(THIS_THREAD, {here} if is_wanted else _gathering.everywhere)
        _this_thread.told = wanted


def for_children() -> frozenset[int]:
    """The processors that processes of ours which compute may have just now; empty where nothing is known of any."""
    return _gathering.everywhere - {_gathering.here}


def place(thread: int, processors: Collection[int]) -> None:
    """Let a thread, or the first of a process, work on these processors only. It may be gone, or may not be told."""
    with contextlib.suppress(OSError):
        os.sched_setaffinity(thread, processors)
