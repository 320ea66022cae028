"""The door of WADO-RS (PS3.18 10.4): a thin ASGI app in front of Django, in the same process and under the same policy.

A frame that lies in its file is read and sent in less time than Django takes to find its view. What is long is
sent in pieces, and no thread waits for a slow client.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings

from pacs.dicomweb.not_acceptable import NotAcceptable
from pacs.dicomweb.retrieve_body import SMALL_BYTES, Body, body_of, chunks_of
from pacs.dicomweb.retrieve_reply import Later, Outcome, Reply
from pacs.dicomweb.wado_all_bulkdata import get_all_bulkdata, get_all_pixels
from pacs.dicomweb.wado_bulkdata import get_bulkdata
from pacs.dicomweb.wado_frames import frames_at_once, get_frames
from pacs.dicomweb.wado_instances import get_objects, instance_at_once
from pacs.dicomweb.wado_metadata import get_metadata
from pacs.errors import places_of
from pacs.http.answers import Answer, Refused, refusal, tell_error
from pacs.http.disconnects import Gone, disconnect, unless_gone
from pacs.http.headers import is_our_host, with_security
from pacs.http.lanes import Lane, SingleFlight
from pacs.http.requests import DoorRequest
from pacs.http.routes import path_pattern

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Handler = Callable[[DoorRequest], Outcome]
AtOnce = Callable[[DoorRequest], Reply | Answer | None]


class BrokenOff(Exception):
    """An answer cannot be finished: its connection is closed before its end, so that nobody takes it for whole."""


@dataclass(frozen=True)
class Route:
    """One address of the door. It answers GET, and HEAD as GET without the body."""

    name: str
    path: re.Pattern[str]
    handler: Handler
    at_once: AtOnce | None = None  # asked first, on the event loop


_NO_COUNT = "(?!count$)"  # how many there are is a search
_STUDY = f"/dicom-web/studies/{_NO_COUNT}{{study:text}}"
_SERIES = f"{_STUDY}/series/{_NO_COUNT}{{series:text}}"
_INSTANCE = f"{_SERIES}/instances/{_NO_COUNT}{{instance:text}}"
ROUTES = (
    Route("frames", path_pattern(f"{_INSTANCE}/frames/{{frames:text}}"), get_frames, frames_at_once),
    Route("instance_metadata", path_pattern(f"{_INSTANCE}/metadata"), get_metadata),
    Route("series_metadata", path_pattern(f"{_SERIES}/metadata"), get_metadata),
    Route("study_metadata", path_pattern(f"{_STUDY}/metadata"), get_metadata),
    *(
        Route(f"{level}_{what}", path_pattern(f"{path}/{what}"), handler)
        for level, path in (("instance", _INSTANCE), ("series", _SERIES), ("study", _STUDY))
        for what, handler in (("bulkdata", get_all_bulkdata), ("pixeldata", get_all_pixels))
    ),
    Route("bulkdata", path_pattern(f"{_INSTANCE}/bulkdata/{{place:rest}}"), get_bulkdata),
    Route("instance", path_pattern(_INSTANCE), get_objects, instance_at_once),
    Route("series", path_pattern(_SERIES), get_objects),
    Route("study", path_pattern(_STUDY), get_objects),
)
METHODS = ("GET", "HEAD")
MOST_WAITING = 512
MOST_WAITING_FOR_SANDBOX = 128
_sandbox = SingleFlight(Lane("transcoding", settings.SANDBOX_CHILDREN, MOST_WAITING_FOR_SANDBOX))
_retrieving = Lane("retrieving", settings.RENDER_THREADS, MOST_WAITING)


def serves(method: str, path: str) -> bool:
    """Whether this request comes in here rather than by Django."""
    return method in METHODS and _route_of(path) is not None


def _route_of(path: str) -> tuple[Route, dict[str, str]] | None:
    if not path.startswith("/dicom-web/studies/") or path.endswith("/count"):
        return None  # how many there are, is a search
    for route in ROUTES:
        found = route.path.fullmatch(path)
        if found is not None:
            return route, found.groupdict()
    return None


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application."""
    outcome: Reply | Answer
    try:
        outcome = await _answer(scope, receive)
    except Gone:
        return
    except NotAcceptable as nothing:
        outcome = nothing.told()
    except Exception as error:
        outcome = tell_error(error)
    await send_reply(_as_reply(outcome), receive, send, with_body=scope["method"] != "HEAD")


async def _answer(scope: Scope, receive: Receive) -> Reply | Answer:
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    if not is_our_host(host):
        raise Refused(refusal(400, "bad_request", "This server is not reached under this name."))
    found = _route_of(scope["path"])
    if found is None:
        raise Refused(refusal(404, "not_found", "There is no such address."))
    route, arguments = found
    request = DoorRequest(scope, arguments)
    at_hand = route.at_once(request) if route.at_once is not None else None
    held = _held(at_hand) if at_hand is not None else None
    if held is not None:
        return held
    coming = _retrieving.run(_handle, partial(route.handler, request))
    outcome = await (coming if _retrieving.has_free_thread else unless_gone(coming, receive))
    while isinstance(outcome, Later):
        prepared = await unless_gone(_sandbox.run(outcome.key, outcome.first), receive)
        outcome = await _retrieving.run(_handle, partial(outcome.then, prepared))
    return outcome


def _held(reply: Reply | Answer) -> Reply | Answer | None:
    """The same with its body, where that is small and the system holds it in memory."""
    if isinstance(reply, Answer):
        return reply
    length = reply.body.length
    if length is None or length > SMALL_BYTES:
        return None
    body = reply.body.read_at_once()
    return None if body is None else Reply(reply.status, reply.content_type, Body((body,)), reply.headers)


def _handle(make: Callable[[], Outcome]) -> Outcome:
    """What the handler answers; what is small is read in the same thread."""
    outcome = make()
    if not isinstance(outcome, Reply):
        return outcome
    length = outcome.body.length
    if length is None or length > SMALL_BYTES:
        return outcome
    return Reply(outcome.status, outcome.content_type, body_of([outcome.body.read()]), outcome.headers)


def _as_reply(outcome: Reply | Answer) -> Reply:
    if isinstance(outcome, Reply):
        return outcome
    return Reply(outcome.status, outcome.content_type, Body((outcome.body,)), outcome.headers)


async def send_reply(reply: Reply, receive: Receive, send: Send, with_body: bool) -> None:
    """Send it, its body piece by piece. Raises BrokenOff."""
    headers = with_security(reply.headers)
    if reply.status != 304:
        headers.append((b"content-type", reply.content_type.encode("latin-1")))
        if reply.body.length is not None:
            headers.append((b"content-length", b"%d" % reply.body.length))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    pieces = reply.body.pieces if with_body else ()
    if len(pieces) == 1 and isinstance(pieces[0], bytes):
        await send({"type": "http.response.body", "body": pieces[0]})
    else:
        await _stream(Body(pieces), receive, send)


async def _stream(body: Body, receive: Receive, send: Send) -> None:
    """The body piece by piece, as long as there is somebody to take it. Raises BrokenOff."""
    leaving = asyncio.ensure_future(disconnect(receive))
    try:
        async for chunk in chunks_of(body):
            if leaving.done():
                return
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    except Exception as error:
        log.error("an answer broke off: %s", places_of(error))  # its words may quote the file (P10)
        raise BrokenOff from None
    finally:
        leaving.cancel()
