"""Work for a client that may go away before it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from typing import Any, TypeVar

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Result = TypeVar("Result")

PATIENCE_S = 0.02  # below this wait it costs more to watch for a disconnect than to do the work


class Gone(Exception):
    """The client went away before its answer was there."""


async def unless_gone(coming: Coroutine[Any, Any, Result], receive: Receive) -> Result:
    """What is coming; given up when the client goes first. Raises Gone."""
    watch = _Watch(receive)
    try:
        return await coming
    except asyncio.CancelledError:
        if watch.has_seen_it_go():
            raise Gone from None
        raise
    finally:
        watch.end()


class _Watch:
    """Cancels the task that made it when the client goes, after a while: most answers are there before.

    The work is not put into a task of its own to be waited for beside this: that costs as much as a cached tile does.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._waiting = asyncio.current_task()
        self._is_gone = False
        self._watching: asyncio.Task[None] | None = None
        self._begins = asyncio.get_running_loop().call_later(PATIENCE_S, self._begin)

    def has_seen_it_go(self) -> bool:
        """Whether it was this that cancelled the task, which then goes on."""
        if self._is_gone and self._waiting is not None:
            self._waiting.uncancel()
        return self._is_gone

    def end(self) -> None:
        self._begins.cancel()
        if self._watching is not None:
            self._watching.cancel()

    def _begin(self) -> None:
        self._watching = asyncio.ensure_future(self._until_gone())

    async def _until_gone(self) -> None:
        await disconnect(self._receive)
        if self._waiting is not None:
            self._is_gone = True
            self._waiting.cancel()


async def disconnect(receive: Receive) -> None:
    """Returns when the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
