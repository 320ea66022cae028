"""The one ASGI application: sends each request to its door. Sockets, pixels and files never reach Django."""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pacs.settings")
# Before the doors: they import models, which need the apps.
django_app: Any = get_asgi_application()

from pacs.access.whence import asked_from  # noqa: E402
from pacs.api.bodies import bounded  # noqa: E402
from pacs.api.static_files import StaticFiles  # noqa: E402
from pacs.dicomweb import retrieve, stow  # noqa: E402
from viewer.api import door  # noqa: E402
from viewer.streaming import routing  # noqa: E402

_STOW = re.compile(r"/dicom-web/studies(?:/[^/]+)?/?")  # PS3.18 10.5

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


async def _behind_files(scope: Scope, receive: Receive, send: Send) -> None:
    await bounded(django_app, scope, receive, send)


_files = StaticFiles(_behind_files)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Every connection of Lightbox begins here."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    with asked_from(scope):
        await _to_its_door(scope, receive, send)


async def _to_its_door(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await routing.app(scope, receive, send)
    elif door.serves(scope["path"]):
        await door.app(scope, receive, send)
    elif scope["method"] == "POST" and _STOW.fullmatch(scope["path"]):
        await stow.app(scope, receive, send)
    elif retrieve.serves(scope["method"], scope["path"]):
        await retrieve.app(scope, receive, send)
    else:
        await _files(scope, receive, send)


async def _live(receive: Receive, send: Send) -> None:
    """Nothing to start or stop, but a server waits for the answer."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
