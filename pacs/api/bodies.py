"""Bounds for the bodies of Django's routes: Django takes in a whole body, however long, before a view begins.

All that comes is in memory until its view has ended. So nobody brings much but a piece of an upload, and that only
who may store; all of them together have a bound; and a body that stops coming is not waited for.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import close_old_connections

from pacs.access.permit import require_may_upload
from pacs.access.standing import actor_for_scope
from pacs.errors import LightboxError, Overloaded, TooLarge, TooSlow
from pacs.http.errors import new_request_id, problem, status_of
from pacs.http.headers import NO_STORE, SECURITY_HEADERS

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST_BODY_BYTES = 64 << 10  # JSON, and the forms of the admin
MOST_PIECE_BYTES = 9 << 20  # the longest piece of an upload, and some
MOST_HELD_BYTES = 96 << 20  # of all bodies together
RETRY_AFTER_S = 2
WAIT_FOR_MORE_S = 60.0
# A refused sender that still sends would not hear the answer: its connection breaks before. So long it is heard out.
LONGEST_DRAIN_S = 5.0
_PIECE = re.compile(r"/api/uploads/[^/]+")
_asking = ThreadPoolExecutor(1, thread_name_prefix="bodies")


class _Held:
    """The bytes of all bodies that are in memory."""

    count = 0


async def bounded(app: Application, scope: Scope, receive: Receive, send: Send) -> None:
    """The application's answer; 413, 408 or 503 where the body is too long, too slow, or one too many."""
    try:
        most = await _most_bytes(scope)
    except LightboxError as refused:
        await _drain(scope, receive)
        await _refuse(refused, send)
        return
    body, has_answered = _Body(receive, most), False

    async def send_noted(message: Message) -> None:
        nonlocal has_answered
        has_answered = True
        await send(message)

    try:
        await app(scope, body.receive, send_noted)
    finally:
        body.let_go()
    if body.failure is not None and not has_answered:
        await _refuse(body.failure, send)


class _Body:
    """A body on its way to Django. What is wrong with it looks to Django as if the client had gone."""

    def __init__(self, receive: Receive, most_bytes: int) -> None:
        self.failure: LightboxError | None = None
        self._receive = receive
        self._most_bytes = most_bytes
        self._came = 0
        self._is_whole = False

    async def receive(self) -> Message:
        """The next message of the server."""
        if self._is_whole:
            return await self._receive()  # Django listens whether the client is still there
        try:
            async with asyncio.timeout(WAIT_FOR_MORE_S):
                message = await self._receive()
            self._take(len(message.get("body", b"")))
        except TimeoutError:
            self.failure = TooSlow(waited_s=WAIT_FOR_MORE_S)
        except LightboxError as failure:
            self.failure = failure
        if self.failure is not None:
            return {"type": "http.disconnect"}
        self._is_whole = not message.get("more_body", False)
        return message

    def let_go(self) -> None:
        """It is no longer in memory."""
        _Held.count -= self._came
        self._came = 0

    def _take(self, size_bytes: int) -> None:
        self._came += size_bytes
        _Held.count += size_bytes
        if self._came > self._most_bytes:
            raise TooLarge(most_bytes=self._most_bytes)
        if _Held.count > MOST_HELD_BYTES:
            raise Overloaded(retry_after_s=RETRY_AFTER_S)


async def _most_bytes(scope: Scope) -> int:
    """How long the body may be. Raises TooLarge; for a piece of an upload NotSignedIn, NotAllowed."""
    told = _header(scope, b"content-length")
    length = int(told) if told.isdigit() and len(told) < 20 else None if told else 0
    is_piece = scope["method"] == "PATCH" and _PIECE.fullmatch(scope["path"])
    most = MOST_PIECE_BYTES if is_piece else MOST_BODY_BYTES
    if length is None or length > most:
        raise TooLarge(most_bytes=most)
    if is_piece and (length > MOST_BODY_BYTES or not told):
        await asyncio.get_running_loop().run_in_executor(_asking, _require_may_store, scope)
    return most


def _require_may_store(scope: Scope) -> None:
    close_old_connections()  # the database server may have come and gone since (promise P23)
    require_may_upload(actor_for_scope(scope))


async def _drain(scope: Scope, receive: Receive) -> None:
    """Let a refused sender finish what is not long, so that it hears why."""
    told = _header(scope, b"content-length")
    if _header(scope, b"expect") or not told.isdigit() or len(told) > 9 or int(told) > MOST_PIECE_BYTES:
        return
    is_more = True
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_DRAIN_S):
            while is_more:
                is_more = (await receive()).get("more_body", False)


def _header(scope: Scope, name: bytes) -> bytes:
    return next((value for known, value in scope["headers"] if known == name), b"")


async def _refuse(error: LightboxError, send: Send) -> None:
    body = json.dumps(problem(error, new_request_id())).encode()
    headers = [
        *SECURITY_HEADERS,
        NO_STORE,
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"connection", b"close"),
    ]
    if isinstance(error, Overloaded):
        headers.append((b"retry-after", b"%d" % RETRY_AFTER_S))
    if status_of(error) == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status_of(error), "headers": headers})
    await send({"type": "http.response.body", "body": body})
