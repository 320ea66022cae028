"""The built app's files and the administration's, sent before Django: nobody has to be known to have them.

A file that is not there is Django's to answer, which has an address of the app for it or a 404 (api.shell).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from csp.utils import build_policy
from django.conf import settings
from django.contrib.staticfiles.finders import AppDirectoriesFinder
from servestatic import ServeStaticASGI

from pacs.http.headers import security_headers

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

PAGE = "/index.html"
MEDIA_TYPES = {".webmanifest": "application/manifest+json"}  # the others are known to the library
HASHED = r"^/assets/"  # their names hold a digest of their content
# Whatever else of the app a browser keeps is found through these: they are asked for anew each time.
ASKED_ANEW = (PAGE, "/sw.js", "/manifest.webmanifest")


class _NoSuchFile(Exception):
    """The address is no file's."""


class StaticFiles:
    """The files as an ASGI application, in front of the one that answers for every other address."""

    def __init__(self, behind: Application) -> None:
        self._behind = behind
        self._headers = security_headers(build_policy())
        self._files = ServeStaticASGI(
            _pass_by,
            autorefresh=settings.DEBUG,
            allow_all_origins=False,
            mimetypes=MEDIA_TYPES,
            immutable_file_test=HASHED,
            add_headers_function=_ask_anew,
        )
        for folder, prefix in _folders():
            self._files.add_files(folder, prefix)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        wanted = {**scope, "extensions": {**(scope.get("extensions") or {}), "http.response.pathsend": {}}}
        if scope["path"] == "/":
            wanted["path"] = PAGE
        try:
            await self._files(wanted, receive, self._sender(send))
        except _NoSuchFile:
            await self._behind(scope, receive, send)

    def _sender(self, send: Send) -> Send:
        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers]
            elif message["type"] == "http.response.pathsend":
                # At once, as the largest is some hundred kB: sent in pieces, each file takes a pool of threads.
                body = await asyncio.to_thread(Path(message["path"]).read_bytes)
                message = {"type": "http.response.body", "body": body}
            await send(message)

        return send_on


async def _pass_by(scope: Scope, receive: Receive, send: Send) -> None:
    raise _NoSuchFile


def _folders() -> list[tuple[Path, str]]:
    """What is under which prefix; of two files with one address the later is taken."""
    storages = AppDirectoriesFinder().storages.values()
    static = [(Path(storage.location), settings.STATIC_URL) for storage in storages]
    app = [(settings.FRONTEND_DIST, "/")] if settings.FRONTEND_DIST.is_dir() else []
    return [*reversed(static), *app]


def _ask_anew(headers: Headers, path: str, url: str) -> None:
    if url in ASKED_ANEW:
        headers["Cache-Control"] = "no-cache"
