"""The STOW-RS door (PS3.18 10.5): an ASGI app in front of Django, which reads whole bodies before a view begins.

POST /dicom-web/studies[/{study}] with multipart/related; type="application/dicom", or one application/dicom; or with
metadata and bulkdata, multipart/related; type="application/dicom+json", or metadata alone. The body is never held:
parts become staged files as they come, and what the threads cannot take waits at the sender.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from functools import partial
from typing import Any

from pacs.access.actors import Actor
from pacs.access.permit import Act, may, require
from pacs.access.standing import actor_for_scope, refuse_cross_site, remembered_actor
from pacs.dicomweb.accept import wishes_of
from pacs.dicomweb.multipart import (
    Event,
    MediaType,
    MultipartParser,
    PartBegun,
    PartData,
    PartEnded,
    parse_media_type,
)
from pacs.dicomweb.not_acceptable import NotAcceptable
from pacs.dicomweb.stow_composition import Composition
from pacs.dicomweb.stow_part import before_letting_in
from pacs.dicomweb.stow_reception import MakeArrival, Reception, TakingIn
from pacs.dicomweb.stow_status import (
    Outcome,
    Refusal,
    answer_failure,
    answer_outcomes,
)
from pacs.dicomweb.wado_metadata import DICOM_JSON, DICOM_XML, choose_media_type
from pacs.errors import LightboxError, Overloaded, TooSlow, places_of
from pacs.http.answers import Answer
from pacs.http.headers import NO_STORE, SECURITY_HEADERS, is_our_host
from pacs.http.read_ahead import read_ahead
from pacs.http.requests import DoorRequest
from pacs.ingest.arrival import Arrival, arrival_from_stow
from pacs.storage.staging import Staged
from pacs.uids import Uid, parse_uid

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

log = logging.getLogger(__name__)

PATH = re.compile(r"/dicom-web/studies(?:/([^/]+))?/?")
DICOM = "application/dicom"
MULTIPART = "multipart/related"
TAKEN = (DICOM, DICOM_JSON, DICOM_XML)
MOST_AT_ONCE = 32  # requests; each may hold a few MiB
MOST_OF_ONE = 8  # of them: nobody's idle connections close the door to all others
AHEAD_BYTES = 1 << 20  # of each body, beside what is being written: most objects are whole then
WAIT_FOR_MORE_S = 60.0
RETRY_AFTER_S = 2
# A refused sender that still sends would not hear the answer: its connection breaks before. So much is listened to.
MOST_DRAINED_BYTES = 16 << 20
LONGEST_DRAIN_S = 5.0


class Gone(Exception):
    """The client went away before its body was whole."""


class _Receiving:
    """How many requests are being received by this process, and of whom."""

    count = 0
    by_user: Counter[int | None] = Counter()

    @classmethod
    @contextlib.contextmanager
    def one_of(cls, actor: Actor) -> Iterator[None]:
        """One more, for as long as it lasts. Raises Overloaded."""
        whose = actor.user_id
        if cls.count >= MOST_AT_ONCE or cls.by_user[whose] >= MOST_OF_ONE:
            raise Overloaded(retry_after_s=RETRY_AFTER_S)
        cls.count += 1
        cls.by_user[whose] += 1
        try:
            yield
        finally:
            cls.count -= 1
            cls.by_user[whose] -= 1
            if not cls.by_user[whose]:
                del cls.by_user[whose]


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application."""
    try:
        answer = await _answer(scope, receive)
    except Gone:
        return
    except Exception as error:
        log.error("a request could not be answered: %s", places_of(error))
        answer = answer_failure(LightboxError())
    headers = [
        *SECURITY_HEADERS,
        NO_STORE,
        *answer.headers,
        (b"content-type", answer.content_type.encode()),
        (b"content-length", b"%d" % len(answer.body)),
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


async def _answer(scope: Scope, receive: Receive) -> Answer:
    try:
        media, study = _look_at(scope)
        told_as = choose_media_type(
            wishes_of(_header(scope, b"accept").decode("latin-1"), b""), is_single=True
        )
        actor = _admitted_at_once(scope)
        if actor is None:
            actor = await before_letting_in(_admit, scope)
        refuse_cross_site(scope)
        with _Receiving.one_of(actor):
            read_ahead(scope, AHEAD_BYTES)
            outcomes = await _take_in(
                media, receive, _taking_in(media, scope, partial(_arrival, actor, study))
            )
    except NotAcceptable as nothing:
        await _drain(scope, receive)
        return nothing.told()
    except (LightboxError, Refusal) as failure:
        await _drain(scope, receive)
        return answer_failure(failure)
    return answer_outcomes(outcomes, DoorRequest(scope, {}).origin(), told_as)


def _look_at(scope: Scope) -> tuple[MediaType, Uid | None]:
    """What is sent and to which study, before a byte of it is read. Raises Refusal, BadRequest."""
    if not is_our_host(_header(scope, b"host")):
        raise Refusal(400, "bad_request", "This server is not reached under this name.")
    if _header(scope, b"content-encoding").lower() not in (b"", b"identity"):
        raise Refusal(415, "unsupported_media_type", "A compressed body is not accepted.")
    return _media_type(scope), _addressed_study(scope["path"])


def _media_type(scope: Scope) -> MediaType:
    media = parse_media_type(_header(scope, b"content-type").decode("latin-1"))
    if _kind(media) in TAKEN:
        return media
    what = "; or ".join(f'{MULTIPART}; type="{one}"; or one {one}' for one in TAKEN)
    raise Refusal(415, "unsupported_media_type", f"Send {what}.")


def _kind(media: MediaType) -> str:
    """The media type of the root: that of the parts, or of the one that is all."""
    if media.name != MULTIPART:
        return media.name
    return parse_media_type(media.parameters.get("type", DICOM)).name


def _taking_in(media: MediaType, scope: Scope, make_arrival: MakeArrival) -> TakingIn:
    if _kind(media) == DICOM:
        return Reception(make_arrival)
    return Composition(make_arrival, f"{DoorRequest(scope, {}).origin()}{scope['path']}/")


def _addressed_study(path: str) -> Uid | None:
    found = PATH.fullmatch(path)
    uid = found.group(1) if found else None
    return parse_uid(uid, "study") if uid else None


def _admitted_at_once(scope: Scope) -> Actor | None:
    """Who sends, where memory tells that they may; None elsewhere: a refusal is written down, which takes a thread."""
    actor = remembered_actor(scope)
    return actor if actor is not None and may(actor, Act.STORE) else None


def _admit(scope: Scope) -> Actor:
    """Who sends. Raises NotSignedIn, NotAllowed."""
    actor = actor_for_scope(scope)
    require(actor, Act.STORE)
    return actor


def _arrival(actor: Actor, study: Uid | None, staged: Staged) -> Arrival:
    return arrival_from_stow(staged, actor=actor, addressed_study=study)


async def _take_in(media: MediaType, receive: Receive, reception: TakingIn) -> list[Outcome]:
    """What became of each object, and of the body if it ended too early. Raises Gone."""
    try:
        if media.name != MULTIPART:
            await _take_in_one(media, receive, reception)
        else:
            await _take_in_parts(media.parameters.get("boundary", ""), receive, reception)
    except (LightboxError, Refusal) as failure:
        await reception.abandon()
        return [*await reception.outcomes(), failure]
    except BaseException:
        await reception.abandon()
        raise
    return await reception.outcomes()


async def _take_in_one(media: MediaType, receive: Receive, reception: TakingIn) -> None:
    is_empty = True
    await reception.begin({"content-type": media.name})
    async for chunk in _body(receive):
        is_empty = False
        await reception.write(chunk)
    if not is_empty:
        await reception.end()


async def _take_in_parts(boundary: str, receive: Receive, reception: TakingIn) -> None:
    parser = MultipartParser(boundary)
    async for chunk in _body(receive):
        for event in parser.feed(chunk):
            await _on(event, reception)
    parser.close()


async def _on(event: Event, reception: TakingIn) -> None:
    match event:
        case PartData(data):
            await reception.write(data)
        case PartBegun(headers):
            await reception.begin(headers)
        case PartEnded():
            await reception.end()


async def _body(receive: Receive) -> AsyncIterator[bytes]:
    """The request's bytes as they come. Raises Gone; TooSlow when they do not."""
    is_more = True
    while is_more:
        try:
            async with asyncio.timeout(WAIT_FOR_MORE_S):
                message = await receive()
        except TimeoutError:
            raise TooSlow(waited_s=WAIT_FOR_MORE_S) from None
        if message["type"] == "http.disconnect":
            raise Gone
        is_more = message.get("more_body", False)
        if message.get("body"):
            yield message["body"]


async def _drain(scope: Scope, receive: Receive) -> None:
    """Let a refused sender finish, within bounds, so that it hears why."""
    if _header(scope, b"expect"):
        return  # it waits to be asked for the body (RFC 9110 10.1.1)
    drained = 0
    with contextlib.suppress(Gone, TooSlow, TimeoutError):
        async with asyncio.timeout(LONGEST_DRAIN_S):
            async for chunk in _body(receive):
                drained += len(chunk)
                if drained > MOST_DRAINED_BYTES:
                    return


def _header(scope: Scope, name: bytes) -> bytes:
    return b", ".join(value for known, value in scope["headers"] if known == name)
