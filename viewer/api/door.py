"""The pixel door: a thin ASGI app in front of Django, in the same process and under the same policy.

Django under ASGI costs more a request than rendering a tile does; here a request goes from the socket to a
thread and back, or is answered at once where everything it takes is in memory. What each route does is in its
handler; what all share is here: the table of routes, the queue, disconnects, HEAD, and that every error has a
shape.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.conf import settings

from pacs.dicomweb import retrieve
from pacs.dicomweb.retrieve import send_reply
from pacs.dicomweb.retrieve_reply import Reply
from pacs.http.answers import Refused
from pacs.http.disconnects import Gone, unless_gone
from pacs.http.headers import Header, is_our_host, with_security
from pacs.http.lanes import Lane, Shares, SingleFlight
from pacs.http.requests import DoorRequest
from pacs.http.routes import path_pattern
from viewer.api.answers import Answer, Large, Later, answer_error, refusal
from viewer.api.levels import get_level, get_levels
from viewer.api.probe import get_auto_window, get_looks, get_value
from viewer.api.rendered import get_rendered, get_rendered_frames, get_rendered_thumbnail
from viewer.api.rendered_many import get_all_rendered
from viewer.api.studies import get_digest, get_priors
from viewer.api.thumbnails import (
    get_dicomweb_series_thumbnail,
    get_dicomweb_study_thumbnail,
    get_series_thumbnail,
    get_study_thumbnail,
)
from viewer.api.tiles import get_tile, tile_at_once
from viewer.api.wado_uri import AsFile, get_by_uri
from viewer.api.warned import rendered_warnings, uri_warnings
from viewer.rendering.quiet import quiet

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Outcome = Answer | Reply | AsFile | Later[Any] | Large
Result = TypeVar("Result")
Handler = Callable[[DoorRequest], Outcome]
AtOnce = Callable[[DoorRequest], Answer | None]
Warnings = Callable[[DoorRequest], tuple[Header, ...]]


@dataclass(frozen=True)
class Route:
    """One address of the door. It answers GET, and HEAD as GET without the body."""

    name: str
    path: re.Pattern[str]
    handler: Handler
    at_once: AtOnce | None = None  # asked first, on the event loop
    warnings: Warnings | None = None  # what is told beside what was asked for
    method: str = "GET"


def _route(
    name: str,
    path: str,
    handler: Handler,
    at_once: AtOnce | None = None,
    warnings: Warnings | None = None,
) -> Route:
    return Route(name, path_pattern(path), handler, at_once, warnings)


def _rendered(name: str, path: str, handler: Handler) -> Route:
    return _route(name, f"{path}/rendered", handler, warnings=rendered_warnings)


_INSTANCE = "/dicom-web/studies/{study}/series/{series}/instances/{instance}"
_FRAME = f"{_INSTANCE}/frames/{{frame:digits}}"
_VIEW_FRAME = "/view/instances/{instance}/frames/{frame:digits}"
ROUTES = (
    _route(
        "tile", rf"{_VIEW_FRAME}/tiles/{{z:digits}}/{{x:digits}}/{{y:digits}}\.jpg", get_tile, tile_at_once
    ),
    _route("level", f"{_VIEW_FRAME}/levels/{{level:digits}}", get_level),
    _route("levels", f"{_VIEW_FRAME}/levels", get_levels),
    _route("value", f"{_VIEW_FRAME}/value", get_value),
    _route("auto_window", f"{_VIEW_FRAME}/auto-window", get_auto_window),
    _route("looks", f"{_VIEW_FRAME}/looks", get_looks),
    _route("digest", "/view/studies/{study}/digest", get_digest),
    _route("priors", "/view/studies/{study}/priors", get_priors),
    _route("study_thumbnail", "/view/studies/{study}/thumbnail", get_study_thumbnail),
    _route("series_thumbnail", "/view/series/{series}/thumbnail", get_series_thumbnail),
    _rendered("frame_rendered", f"{_INSTANCE}/frames/{{frames:text}}", get_rendered_frames),
    _rendered("instance_rendered", _INSTANCE, get_rendered),
    _rendered("series_rendered", "/dicom-web/studies/{study}/series/{series}", get_all_rendered),
    _rendered("study_rendered", "/dicom-web/studies/{study}", get_all_rendered),
    _route("dicomweb_study_thumbnail", "/dicom-web/studies/{study}/thumbnail", get_dicomweb_study_thumbnail),
    _route(
        "dicomweb_series_thumbnail",
        "/dicom-web/studies/{study}/series/{series}/thumbnail",
        get_dicomweb_series_thumbnail,
    ),
    _route("wado_uri", "(?:/dicom-web)?/wado", get_by_uri, warnings=uri_warnings),
    _route("frame_thumbnail", f"{_FRAME}/thumbnail", get_rendered_thumbnail),
    _route("instance_thumbnail", f"{_INSTANCE}/thumbnail", get_rendered_thumbnail),
)
METHODS = ("GET", "HEAD")
_MINE = re.compile(r"/view(?:/|$)|/dicom-web/.*/(?:rendered|thumbnail)$|(?:/dicom-web)?/wado$")

# A queue this long is emptied within a second; whoever would have to wait longer is better told at once.
MOST_WAITING_FOR_PICTURES = 512
MOST_WAITING_FOR_SANDBOX = 128
# A large picture takes tenths of a second and tens of megabytes.
MOST_WAITING_FOR_LARGE = 6
MOST_LARGE_EACH = 2
# A film takes seconds to minutes; one at a time leaves the server to those who read.
MOST_WAITING_FOR_FILMS = 4
_pictures = Lane("pictures", settings.RENDER_THREADS, MOST_WAITING_FOR_PICTURES)
_large = Shares(Lane("large", 1, MOST_WAITING_FOR_LARGE), MOST_LARGE_EACH)
_films = SingleFlight(Lane("films", 1, MOST_WAITING_FOR_FILMS))
_sandbox = SingleFlight(Lane("sandbox", settings.SANDBOX_CHILDREN, MOST_WAITING_FOR_SANDBOX))


def serves(path: str) -> bool:
    """Whether requests for this path come in here rather than by Django."""
    return _MINE.match(path) is not None


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application."""
    quiet.note_request()
    answer: Answer | Reply | AsFile
    try:
        answer = await _answer(scope, receive)
    except Gone:
        return
    except Exception as error:
        answer = answer_error(error)
    with_body = scope["method"] != "HEAD"
    if isinstance(answer, AsFile):
        await retrieve.app(dict(answer.scope), receive, send)
    elif isinstance(answer, Reply):
        await send_reply(answer, receive, send, with_body)
    else:
        await _send(answer, send, with_body)


async def _answer(scope: Scope, receive: Receive) -> Answer | Reply | AsFile:
    route, request = dispatch(scope)
    answer = route.at_once(request) if route.at_once is not None else None
    if answer is not None:
        return answer
    outcome = await _outcome(route, request, receive)
    if route.warnings is None or isinstance(outcome, AsFile) or outcome.status >= 400:
        return outcome
    return replace(outcome, headers=(*outcome.headers, *route.warnings(request)))


async def _outcome(route: Route, request: DoorRequest, receive: Receive) -> Answer | Reply | AsFile:
    outcome = await _in_turn(route.handler, request, receive)
    while isinstance(outcome, Later):
        row = _films if outcome.is_long else _sandbox
        prepared = await unless_gone(row.run(outcome.key, outcome.first), receive)
        outcome = await _in_turn(outcome.then, prepared, receive)
    if isinstance(outcome, Large):
        return await unless_gone(_large.run(outcome.whose, outcome.make), receive)
    return outcome


def dispatch(scope: Scope) -> tuple[Route, DoorRequest]:
    """The route of this request. Raises Refused: another host, no such route, another method."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    if not is_our_host(host):
        raise Refused(refusal(400, "bad_request", "This server is not reached under this name."))
    for route in ROUTES:
        found = route.path.fullmatch(scope["path"])
        if found is not None:
            if scope["method"] not in METHODS:
                allow = (b"allow", ", ".join(METHODS).encode())
                raise Refused(refusal(405, "method_not_allowed", "Pictures can only be read.", allow))
            return route, DoorRequest(scope, found.groupdict())
    raise Refused(refusal(404, "not_found", "There is no such address."))


async def _in_turn(work: Callable[[Any], Outcome], subject: Any, receive: Receive) -> Outcome:
    coming = _pictures.run(work, subject)
    if _pictures.has_free_thread:
        return await coming
    return await unless_gone(coming, receive)


async def _send(answer: Answer, send: Send, with_body: bool) -> None:
    headers = with_security(answer.headers)
    if answer.status != 304:
        headers.append((b"content-type", answer.content_type.encode()))
        headers.append((b"content-length", b"%d" % len(answer.body)))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body if with_body else b""})
