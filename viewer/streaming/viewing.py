"""The viewer's socket: one for each viewing session. It hears what is looked at, and is sent levels in that order.

The consumer hears and answers; the desk remembers; the sender sends; a watch asks once a second whether whoever
looks still may, so that a revocation is felt on a socket that is in the middle of a film, or idle (promise P14).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import Coroutine, Mapping
from typing import Any

from channels.generic.websocket import AsyncJsonWebsocketConsumer  # type: ignore[import-untyped]

from pacs.access.actors import Actor, Sitting
from pacs.access.permit import Act, may
from pacs.access.standing import actor_for_scope
from pacs.errors import LightboxError, NotFound, NotSignedIn, places_of
from viewer.streaming import messages
from viewer.streaming.desk import Desk
from viewer.streaming.messages import ClosedReason, ViewingMessage
from viewer.streaming.pace import Pace
from viewer.streaming.permitted import PermittedLevels, standing
from viewer.streaming.sayings import Ack, Close, Have, Look, Open, Ping, Saying, Unreadable, parse_saying
from viewer.streaming.sending import Sender
from viewer.streaming.stacks import AnotherOrder, TooManyFrames

log = logging.getLogger(__name__)

WATCH_EVERY_S = 1.0
MOST_SOCKETS_EACH = 16  # tabs and windows of one sign-in
LEAVING_S = 2.0  # to hear why it is closed; then it is closed unheard

_sockets: Counter[Sitting] = Counter()


class ViewingConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]  # channels is untyped
    """One socket."""

    sitting: Sitting | None = None
    tasks: tuple[asyncio.Task[None], ...] = ()

    async def dispatch(self, message: Mapping[str, Any]) -> None:
        """Straight to its handler: channels would first look after database connections, in a thread that all share."""
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def connect(self) -> None:
        """Accept whoever is signed in; tell anybody else so, in words the app can act upon, and close."""
        actor: Actor = await standing.run(actor_for_scope, self.scope)
        await self.accept()
        if actor.kind == "nobody":
            await self._end(messages.signed_out(), messages.SIGNED_OUT_CODE)
            return
        if not may(actor, Act.VIEW):
            await self._end(None, messages.REFUSED_CODE)
            return
        if _sockets[actor.sitting] >= MOST_SOCKETS_EACH:
            await self._end({"type": "bad", "place": "sockets"}, messages.TOO_MANY_CODE)
            return
        self.sitting = actor.sitting
        _sockets[actor.sitting] += 1
        self.desk, self.pace = Desk(), Pace(time.monotonic())
        self.levels = PermittedLevels(self.scope)
        sender = Sender(self.desk, self.levels, self)
        self.tasks = (self._run(sender.run()), self._run(self._watch()))

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any
    ) -> None:
        """Do what is said. What cannot be read ends the socket, and so does saying too much."""
        if not self.tasks:
            return  # it is being closed
        if not self.pace.has_room(time.monotonic()):
            await self._end({"type": "bad", "place": "rate"}, messages.TOO_MANY_CODE)
            return
        try:
            await self._heed(parse_saying(text_data))
        except Unreadable as error:
            await self._end({"type": "bad", "place": error.place}, messages.BAD_MESSAGE_CODE)
        except NotSignedIn:
            await self._end(messages.signed_out(), messages.SIGNED_OUT_CODE)

    async def disconnect(self, code: int) -> None:
        """Forget it; what was under way for it is given up."""
        tasks, self.tasks = self.tasks, ()
        for task in tasks:
            if task is not asyncio.current_task():
                task.cancel()
        if self.sitting is not None:
            _sockets.subtract((self.sitting,))
            if not _sockets[self.sitting]:
                del _sockets[self.sitting]
            self.sitting = None

    async def tell(self, message: ViewingMessage) -> None:
        """A text message."""
        await self.send_json(message)

    async def send_level(self, data: bytes) -> None:
        """A binary message."""
        await self.send(bytes_data=data)

    async def _heed(self, saying: Saying) -> None:
        match saying:
            case Ack():
                if not self.desk.acknowledge(saying.total_bytes):
                    raise Unreadable("bytes")
            case Look():
                self.desk.look(saying.views)
            case Have():
                self.desk.have(saying)
            case Close():
                self.desk.close(saying.stack)
            case Open():
                await self._open(saying)
            case Ping():
                await self.tell({"type": "pong"})

    async def _open(self, asked: Open) -> None:
        try:
            frames = await self.levels.open(asked)
        except AnotherOrder:
            await self.tell({"type": "unlike", "stack": asked.stack})
        except NotSignedIn:
            raise
        except (NotFound, TooManyFrames, LightboxError) as error:
            await self._tell_closed(asked.stack, _reason(error))
        else:
            for number in self.desk.open(asked.stack, frames, asked.have):
                await self._tell_closed(number, "too_many")
            await self.tell({"type": "opened", "stack": asked.stack, "frames": len(frames)})

    async def _tell_closed(self, number: int, reason: ClosedReason) -> None:
        await self.tell({"type": "closed", "stack": number, "reason": reason})

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_EVERY_S)
            stacks = [(stack.number, stack.frames.instances[0]) for stack in self.desk.stacks if stack.frames]
            for number in await self.levels.closed(stacks):
                self.desk.close(number)
                await self._tell_closed(number, "not_found")

    def _run(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return asyncio.ensure_future(self._until_signed_out(work))

    async def _until_signed_out(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except NotSignedIn:
            await self._end(messages.signed_out(), messages.SIGNED_OUT_CODE)
        except Exception as error:
            log.error("a viewing session failed: %s", places_of(error))  # its words may quote a file (P10)
            await self._end(None, messages.FAILED_CODE)

    async def _end(self, message: ViewingMessage | None, code: int) -> None:
        """Send nothing more, say why, and close."""
        await self.disconnect(code)
        # Who takes nothing any more is not told: the server's pings find out in a while that nobody is there.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEAVING_S):
                if message is not None:
                    await self.tell(message)
                await self.close(code=code)


def _reason(error: Exception) -> ClosedReason:
    if isinstance(error, NotFound):
        return "not_found"
    return "too_many" if isinstance(error, TooManyFrames) else "failed"
