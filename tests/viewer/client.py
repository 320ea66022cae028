"""A client of an ASGI application without a network between."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image

Application = Callable[[Any, Any, Any], Awaitable[None]]


@dataclass
class Response:
    """What came back."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    def problem(self) -> tuple[int, str]:
        """Status and error code."""
        return self.status, self.json()["error"]["code"]

    def pixels(self) -> np.ndarray[Any, Any]:
        """The body as a picture: (rows, columns) or (rows, columns, 3), uint8."""
        return np.asarray(Image.open(io.BytesIO(self.body)))


def scope(path: str, method: str = "GET", **headers: str) -> dict[str, Any]:
    """An HTTP scope; header names are written with underscores."""
    path, _, query = path.partition("?")
    shown = {
        "host": "127.0.0.1:8000",
        **{name.replace("_", "-").lower(): text for name, text in headers.items()},
    }
    return {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), text.encode()) for name, text in shown.items()],
    }


async def ask(app: Application, path: str, method: str = "GET", **headers: str) -> Response:
    """Send one request and wait for its answer."""
    response = Response()
    sent: list[dict[str, Any]] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not sent:
            await asyncio.sleep(3600)  # the client stays
        return sent.pop()

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            response.status = message["status"]
            response.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            response.body += message["body"]

    await app(scope(path, method, **headers), receive, send)
    return response
