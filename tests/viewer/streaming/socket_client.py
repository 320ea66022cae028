"""A websocket client without a network between."""

from __future__ import annotations

import json
from typing import Any

from asgiref.testing import ApplicationCommunicator

Header = tuple[bytes, bytes]


LONGEST_S = 30.0  # a machine that is busy with other tests takes its time


class Socket:
    """One connection to an ASGI application."""

    def __init__(self, app: Any, address: str, headers: list[Header]) -> None:
        path, _, query = address.partition("?")
        scope = {
            "type": "websocket",
            "path": path,
            "query_string": query.encode(),
            "headers": headers,
            "subprotocols": [],
        }
        self._application: Any = ApplicationCommunicator(app, scope)  # type: ignore[no-untyped-call]

    async def connect(self) -> tuple[bool, int | None]:
        """Whether it was accepted, and the code with which it was closed where not."""
        await self._application.send_input({"type": "websocket.connect"})
        answer = await self.message()
        return answer["type"] == "websocket.accept", answer.get("code")

    async def say(self, text: str) -> None:
        """Send a text."""
        await self._application.send_input({"type": "websocket.receive", "text": text})

    async def message(self, within_s: float = LONGEST_S) -> dict[str, Any]:
        """What comes next. Raises TimeoutError."""
        output: dict[str, Any] = await self._application.receive_output(within_s)
        return output

    async def told(self, within_s: float = LONGEST_S) -> Any:
        """The JSON that comes next."""
        return json.loads((await self.message(within_s))["text"])

    async def hears_nothing(self, for_s: float) -> bool:
        """Whether nothing comes for so long."""
        return bool(await self._application.receive_nothing(for_s))

    async def leave(self) -> None:
        """Close it from this side."""
        await self._application.send_input({"type": "websocket.disconnect", "code": 1000})
        await self._application.wait(1)
