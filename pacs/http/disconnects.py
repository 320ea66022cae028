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
    work = asyncio.ensure_future(coming)
    try:
        await asyncio.wait((work,), timeout=PATIENCE_S)
        if not work.done():
            watch = asyncio.ensure_future(disconnect(receive))
            await asyncio.wait((work, watch), return_when=asyncio.FIRST_COMPLETED)
            watch.cancel()
        if not work.done():
            raise Gone
        return work.result()
    finally:
        work.cancel()  # does nothing to work that is done


async def disconnect(receive: Receive) -> None:
    """Returns when the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
