"""Django's routes take no body of any length: nobody fills the memory or the disk of a server by a POST."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from pacs.api import bodies
from pacs.api.bodies import MOST_BODY_BYTES, MOST_PIECE_BYTES
from tests import people
from tests.viewer.client import Response, scope

pytestmark = pytest.mark.django_db(transaction=True)
SETUP = ("POST", "/api/setup")
PIECE_BYTES = 1 << 20


def piece() -> tuple[str, str]:
    return "PATCH", f"/api/uploads/{uuid4()}"


async def send_body(
    to: tuple[str, str], size_bytes: int, stops_after: int | None = None, **headers: str
) -> tuple[Response, int]:
    """The answer to so many bytes, and how many of them were taken; with stops_after no more come than these."""
    from pacs.asgi import application

    response, left = Response(), size_bytes if stops_after is None else stops_after

    async def receive() -> dict[str, Any]:
        nonlocal left
        if not left:
            await asyncio.Future()  # the client waits for its answer
        chunk = min(left, 1 << 14)
        left -= chunk
        return {
            "type": "http.request",
            "body": b"x" * chunk,
            "more_body": left > 0 or stops_after is not None,
        }

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            response.status = message["status"]
            response.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            response.body += message["body"]

    method, path = to
    shown = {"content_type": "application/json", **headers}
    async with asyncio.timeout(20):
        await application(scope(path, method, **shown), receive, send)
    return response, (size_bytes if stops_after is None else stops_after) - left


@sync_to_async
def bearer_of(who: Any) -> str:
    return f"Bearer {people.key_of(who())}"


async def test_a_body_that_says_how_long_it_is_is_refused_unread() -> None:
    answer, taken = await send_body(SETUP, 100 << 20, content_length=str(100 << 20))
    assert answer.problem() == (413, "too_large")
    assert taken == 0
    assert (await send_body(SETUP, 10, content_length="many"))[0].status == 413


@pytest.mark.parametrize("to", [SETUP, ("POST", "/api/uploads"), ("PUT", "/nowhere"), ("POST", "/admin/")])
async def test_a_body_that_does_not_say_so_is_cut_off(to: tuple[str, str]) -> None:
    answer, taken = await send_body(to, PIECE_BYTES)
    assert answer.problem() == (413, "too_large")
    assert taken <= MOST_BODY_BYTES + (1 << 14)


async def test_a_body_within_the_bound_reaches_the_view() -> None:
    answer, taken = await send_body(SETUP, 50_000)
    assert (answer.status, taken) == (400, 50_000)


async def test_only_who_may_store_brings_the_piece_of_an_upload() -> None:
    for length in (str(PIECE_BYTES), ""):
        answer, _ = await send_body(piece(), PIECE_BYTES, content_length=length)
        assert answer.problem() == (401, "not_signed_in")
        patients = await bearer_of(people.pia)
        answer, _ = await send_body(piece(), PIECE_BYTES, authorization=patients, content_length=length)
        assert answer.problem() == (403, "not_allowed")
        senders = await bearer_of(people.tess)
        answer, taken = await send_body(piece(), PIECE_BYTES, authorization=senders, content_length=length)
        assert (answer.problem(), taken) == ((404, "not_found"), PIECE_BYTES)
    answer, taken = await send_body(piece(), 2 * MOST_PIECE_BYTES, authorization=senders)
    assert answer.problem() == (413, "too_large")
    assert taken <= MOST_PIECE_BYTES + (1 << 14)


async def test_all_bodies_together_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "MOST_HELD_BYTES", PIECE_BYTES + 100_000)
    senders = await bearer_of(people.tess)
    first = asyncio.ensure_future(send_body(piece(), 2 * PIECE_BYTES, PIECE_BYTES, authorization=senders))
    while bodies._Held.count < PIECE_BYTES:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    answer, _ = await send_body(piece(), PIECE_BYTES, authorization=senders)
    assert answer.problem() == (503, "overloaded")
    assert answer.headers["retry-after"] == "2"
    first.cancel()
    await asyncio.wait([first])
    assert bodies._Held.count == 0
    assert (await send_body(piece(), PIECE_BYTES, authorization=senders))[0].status == 404


async def test_a_body_that_stops_coming_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "WAIT_FOR_MORE_S", 0.1)
    answer, _ = await send_body(SETUP, 1000, stops_after=100)
    assert answer.problem() == (408, "too_slow")
    assert bodies._Held.count == 0
