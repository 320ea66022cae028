"""The work list's socket: says which studies came or grew, to whom they are open, as they come."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qs

from channels.generic.websocket import AsyncJsonWebsocketConsumer  # type: ignore[import-untyped]

from pacs.access.actors import Actor
from pacs.access.permit import Act, may
from pacs.access.standing import actor_for_scope
from viewer.streaming.messages import REFUSED_CODE, SIGNED_OUT_CODE, WorklistMessage, signed_out
from viewer.streaming.relay import Receiver, relay

MOST_DIGITS = 18


class WorklistConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]  # channels is untyped
    """One socket."""

    receiver: Receiver | None = None

    async def connect(self) -> None:
        """Accept whoever is signed in; tell anybody else so, in words the app can act upon, and close."""
        actor = await self._standing()
        await self.accept()
        if actor.kind == "nobody":
            await self._sign_out()
            return
        if not may(actor, Act.LIST):  # a link has no work list: it stays what it was when it was shared
            await self.close(code=REFUSED_CODE)
            return
        self.receiver = Receiver(self.scope, self._tell, parse_cursor(self.scope["query_string"]))
        relay().add(self.receiver)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any
    ) -> None:
        """The socket only speaks; whatever comes is taken as a sign of life, after a look at who sends it (P14)."""
        if (await self._standing()).kind == "nobody":
            await self._sign_out()

    async def disconnect(self, code: int) -> None:
        """Forget it."""
        if self.receiver is not None:
            relay().remove(self.receiver)
            self.receiver = None

    async def _standing(self) -> Actor:
        return await asyncio.get_running_loop().run_in_executor(None, actor_for_scope, self.scope)

    async def _tell(self, message: WorklistMessage) -> None:
        if message["type"] == "signed_out":
            await self._sign_out()
        else:
            await self.send_json(message)

    async def _sign_out(self) -> None:
        await self.disconnect(SIGNED_OUT_CODE)
        await self.send_json(signed_out())
        await self.close(code=SIGNED_OUT_CODE)


def parse_cursor(query: bytes) -> int | None:
    """The arrival number up to which the client knows everything; None where it gives none that can be read."""
    text = parse_qs(query.decode("latin-1"), max_num_fields=8).get("cursor", [""])[0]
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
