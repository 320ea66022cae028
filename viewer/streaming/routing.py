"""Which socket is where, and from which page it may be opened."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from viewer.streaming.messages import REFUSED_CODE
from viewer.streaming.viewing import ViewingConsumer
from viewer.streaming.worklist import WorklistConsumer

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

SOCKETS: dict[str, Any] = {
    "/ws/worklist": WorklistConsumer.as_asgi(),
    "/ws/viewing": ViewingConsumer.as_asgi(),
}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application of all sockets; an unknown one, or one from another page, is refused."""
    socket = SOCKETS.get(scope["path"])
    if socket is None or not comes_from_us(scope):
        await receive()
        await send({"type": "websocket.close", "code": REFUSED_CODE})
        return
    await socket(scope, receive, send)


def comes_from_us(scope: Mapping[str, Any]) -> bool:
    """Whether the page that opens the socket is our own.

    A browser sends the session's cookie whatever page asks, and says which page that is in Origin. Host and
    port must be those it reached us under, or the public address: another server on this host is another
    page. A client that is no browser says no Origin; then a cookie is not believed, a Bearer key is.
    """
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    origin = headers.get(b"origin", "")
    if not origin:
        return b"cookie" not in headers
    if settings.PUBLIC_URL and origin.lower() == settings.PUBLIC_URL.lower():
        return True
    host = headers.get(b"host", "").lower()
    return bool(host) and urlsplit(origin).netloc.lower() == host and _is_our_name(host)


def _is_our_name(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    return name in settings.ALLOWED_HOSTS or f"[{name}]" in settings.ALLOWED_HOSTS
