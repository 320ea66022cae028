"""From arrivals to open work lists: one look a second per process while sockets are open, at once when told.

The look is at the database, so that what another process received is seen too; the bus of this process only
makes it come sooner. Each look also asks every receiver's standing anew, so that a revocation is felt within
a second or two (promise P14: five at most).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.db import close_old_connections

from pacs.access.actors import Actor
from pacs.access.permit import visible_changes, visible_studies
from pacs.access.standing import actor_for_scope
from pacs.catalog.arrivals import newest
from pacs.errors import places_of
from pacs.events.bus import InstanceStored, subscribe
from viewer.streaming.messages import WorklistMessage, signed_out, studies_changed

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
GATHER_S = 0.1  # a study comes as hundreds of arrivals: a moment's wait tells them as one
MOST_STUDIES_A_MESSAGE = 200

_looking = ThreadPoolExecutor(1, thread_name_prefix="worklist")


@dataclass(eq=False)
class Receiver:
    """One open socket: whose, how far it has been told, and how to tell it."""

    scope: Mapping[str, Any]
    tell: Callable[[WorklistMessage], Awaitable[None]]
    cursor: int | None = None  # None: from now on


class Relay:
    """The open sockets of one event loop, and the task that looks for them."""

    def __init__(self) -> None:
        self._receivers: set[Receiver] = set()
        self._task: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def add(self, receiver: Receiver) -> None:
        """Tell this one too."""
        self._receivers.add(receiver)
        if self._task is None:
            self._task = asyncio.ensure_future(self._run())
        self._woken.set()

    def remove(self, receiver: Receiver) -> None:
        """Tell this one no more; nothing runs while there is nobody."""
        self._receivers.discard(receiver)
        if not self._receivers and self._task is not None:
            self._task.cancel()
            self._task = None

    def wake(self) -> None:
        """Look now. May be called from any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._woken.set)

    async def _run(self) -> None:
        while True:
            try:
                await self._look()
            except Exception as error:
                # The database may be away for a while (promise P23); the sockets stay, and the next look is soon.
                log.error("the work list could not be looked at: %s", places_of(error))
            try:
                await asyncio.wait_for(self._woken.wait(), LOOK_EVERY_S)
                await asyncio.sleep(GATHER_S)
            except TimeoutError:
                pass
            self._woken.clear()

    async def _look(self) -> None:
        receivers = tuple(self._receivers)
        told = await self._loop.run_in_executor(_looking, look, receivers)
        for receiver, message in told:
            if receiver in self._receivers:
                await receiver.tell(message)


def look(receivers: tuple[Receiver, ...]) -> list[tuple[Receiver, WorklistMessage]]:
    """Who must be told what, and each receiver's cursor moved on. Blocks."""
    close_old_connections()  # a database that went away is found anew
    until = newest_arrival()
    told: list[tuple[Receiver, WorklistMessage]] = []
    for receiver in receivers:
        actor = actor_for_scope(receiver.scope)
        if actor.kind == "nobody":
            told.append((receiver, signed_out()))
        elif receiver.cursor is None or receiver.cursor > until:
            # From now on; and a cursor of a database that was since restored starts anew.
            receiver.cursor = until
        elif receiver.cursor < until:
            message = _news(actor, receiver, until)
            if message is not None:
                told.append((receiver, message))
    return told


def newest_arrival() -> int:
    """The number of the last that came or went, as committed."""
    return newest().number


def _news(actor: Actor, receiver: Receiver, until: int) -> WorklistMessage | None:
    came = visible_studies(actor).filter(arrival__gt=receiver.cursor, arrival__lte=until)
    went = visible_changes(actor).filter(number__gt=receiver.cursor, number__lte=until)
    rows = sorted(
        [
            *came.order_by("arrival").values_list("arrival", "study_instance_uid")[:MOST_STUDIES_A_MESSAGE],
            *went.order_by("number").values_list("number", "study_instance_uid")[:MOST_STUDIES_A_MESSAGE],
        ]
    )[:MOST_STUDIES_A_MESSAGE]
    # More than fit are told at the next looks, from where this one ended.
    receiver.cursor = rows[-1][0] if len(rows) == MOST_STUDIES_A_MESSAGE else until
    # What is told is of their own studies: the newest number of all would say that somebody else's came (P13).
    return studies_changed(list(dict.fromkeys(uid for _, uid in rows)), rows[-1][0]) if rows else None


_relays: dict[asyncio.AbstractEventLoop, Relay] = {}


def relay() -> Relay:
    """The relay of the running event loop."""
    loop = asyncio.get_running_loop()
    for ended in [known for known in _relays if known.is_closed()]:
        del _relays[ended]
    if loop not in _relays:
        _relays[loop] = Relay()
        subscribe(_on_instance_stored)
    return _relays[loop]


def _on_instance_stored(event: InstanceStored) -> None:
    for one in tuple(_relays.values()):
        one.wake()
