"""The work list's socket: tells what came to those it is open to, and closes on who may no longer listen (P14)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
from django.contrib.sessions.models import Session

from pacs.access.models import User
from pacs.bin.throwing_away import delete
from pacs.catalog.unregister import Scope
from pacs.events import bus
from pacs.events.bus import InstanceStored
from tests import builders, people
from tests.viewer.kept import keep
from tests.viewer.streaming.socket_client import Header, Socket
from viewer.streaming import relay, routing
from viewer.streaming.messages import REFUSED_CODE
from viewer.streaming.worklist import parse_cursor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cold")]

HOST, OURS = "127.0.0.1:8000", "http://127.0.0.1:8000"
P14_S = 5.0


def in_database(act: Callable[[], Any]) -> Any:
    """The tests are coroutines; the database wants a thread."""
    return asyncio.to_thread(act)


@asynccontextmanager
async def socket(
    cookie: Header | None, cursor: str = "", origin: str = OURS, path: str = "/ws/worklist"
) -> AsyncIterator[Socket]:
    headers = [(b"host", HOST.encode()), (b"origin", origin.encode())]
    if cookie is not None:
        headers.append(cookie)
    one = Socket(routing.app, f"{path}?cursor={cursor}" if cursor else path, headers)
    yield one
    await one.leave()


async def opened(one: Socket) -> None:
    accepted, _ = await one.connect()
    assert accepted
    await asyncio.sleep(0.3)  # the first look sets where "from now on" begins


async def closing(one: Socket, within_s: float = P14_S) -> tuple[Any, Any]:
    return await one.told(within_s), (await one.message(1))["code"]


async def test_new_studies_are_told_to_those_they_are_open_to() -> None:
    users = await in_database(lambda: [people.alice(), people.charlie()])
    alice_shows, charlie_shows = [await in_database(partial(people.cookie, user)) for user in users]
    async with socket(alice_shows) as alices, socket(charlie_shows) as charlies:
        await opened(alices)
        await opened(charlies)
        rows = await in_database(lambda: keep(*builders.ct_series(3), builders.ct_slice()))
        uids = {row.series.study.study_instance_uid for row in rows}
        told: set[str] = set()
        while told != uids:
            message = await alices.told(3)
            assert set(message) == {"type", "studies", "cursor"}
            assert message["type"] == "studies_changed"
            told |= set(message["studies"])
        assert await charlies.hears_nothing(1.5)


async def test_an_import_by_another_process_is_seen_within_two_seconds() -> None:
    cookie = await in_database(lambda: people.cookie(people.alice()))
    async with socket(cookie) as alices:
        await opened(alices)
        began = time.monotonic()
        # keep() publishes on this process's bus too; taking its listeners away leaves only the database.
        listeners, bus._listeners[:] = bus._listeners[:], []
        try:
            await in_database(lambda: keep(builders.ct_slice()))
        finally:
            bus._listeners[:] = listeners
        await alices.told(3)
        assert time.monotonic() - began < 2.5


async def test_an_import_by_this_process_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "LOOK_EVERY_S", 60)
    cookie = await in_database(lambda: people.cookie(people.alice()))
    async with socket(cookie) as alices:
        await opened(alices)
        (row,) = await in_database(lambda: keep(builders.ct_slice()))
        series = row.series
        event = InstanceStored(
            series.study.study_instance_uid, series.series_instance_uid, row.sop_instance_uid, 1
        )
        await in_database(lambda: bus.publish_on_commit(event))
        assert (await alices.told(2))["studies"] == [series.study.study_instance_uid]


async def test_a_study_that_is_deleted_is_told_to_those_who_had_it() -> None:
    users = await in_database(lambda: [people.alice(), people.bob(), people.charlie(), people.ada()])
    shows = [await in_database(partial(people.cookie, user)) for user in users[:3]]
    await in_database(lambda: keep(builders.ct_slice(StudyInstanceUID="1.2.3")))
    async with socket(shows[0]) as alices, socket(shows[1]) as bobs, socket(shows[2]) as charlies:
        for one in (alices, bobs, charlies):
            await opened(one)
        await in_database(lambda: delete(Scope("1.2.3"), actor=people.actor(users[3])))
        assert [(await one.told(5))["studies"] for one in (alices, bobs)] == [["1.2.3"]] * 2
        assert await charlies.hears_nothing(1.5)


async def test_the_cursor_brings_what_came_while_the_socket_was_away() -> None:
    cookie = await in_database(lambda: people.cookie(people.alice()))
    (first,) = await in_database(lambda: keep(builders.ct_slice()))
    cursor = await in_database(relay.newest_arrival)
    (second,) = await in_database(lambda: keep(builders.ct_slice()))
    async with socket(cookie, cursor=str(cursor)) as alices:
        await opened(alices)
        message = await alices.told(3)
        assert message["studies"] == [second.series.study.study_instance_uid]
        assert message["cursor"] > cursor
    assert first.pk != second.pk


async def test_the_cursor_tells_nothing_of_what_came_to_others() -> None:
    """Promise P13."""
    mine, others = await in_database(
        lambda: keep(builders.ct_slice(PatientID="PIA"), builders.ct_slice(PatientID="PAUL"))
    )
    study = mine.series.study
    cookie = await in_database(lambda: people.cookie(people.tied(people.pia(), study.patient)))
    newest = await in_database(relay.newest_arrival)
    assert study.arrival < others.series.study.arrival == newest
    async with socket(cookie, cursor="0") as pias:
        await opened(pias)
        told = await pias.told(3)
        assert told["studies"] == [study.study_instance_uid]
        assert told["cursor"] == study.arrival
        assert await pias.hears_nothing(1.5)


async def test_the_socket_of_nobody_is_closed_with_a_reason_the_app_can_read() -> None:
    async with socket(None) as nobodys:
        await nobodys.connect()
        assert await closing(nobodys) == ({"type": "signed_out"}, 4401)


@pytest.mark.parametrize("end", ["session", "account"])
async def test_an_ended_standing_closes_the_socket_within_five_seconds(end: str) -> None:
    """Promise P14."""
    cookie = await in_database(lambda: people.cookie(people.alice()))
    async with socket(cookie) as alices:
        await opened(alices)
        if end == "session":
            await in_database(lambda: Session.objects.all().delete())
        else:
            await in_database(lambda: User.objects.filter(username="alice").update(is_active=False))
        assert await closing(alices) == ({"type": "signed_out"}, 4401)


async def test_every_message_is_an_occasion_to_look_who_sends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "LOOK_EVERY_S", 60)
    cookie = await in_database(lambda: people.cookie(people.alice()))
    async with socket(cookie) as alices:
        await opened(alices)
        await alices.say("still there?")
        assert await alices.hears_nothing(0.3)
        await in_database(lambda: Session.objects.all().delete())
        await alices.say("{not json")
        assert await closing(alices, 1) == ({"type": "signed_out"}, 4401)


@pytest.mark.parametrize(
    ("origin", "path"),
    [
        ("http://evil.example", "/ws/worklist"),
        ("http://127.0.0.1:3000", "/ws/worklist"),
        ("null", "/ws/worklist"),
        (OURS, "/ws/nothing"),
    ],
)
async def test_other_pages_and_unknown_sockets_are_refused(origin: str, path: str) -> None:
    cookie = await in_database(lambda: people.cookie(people.alice()))
    async with socket(cookie, origin=origin, path=path) as other:
        accepted, code = await other.connect()
        assert (accepted, code) == (False, REFUSED_CODE)


def test_without_an_origin_a_cookie_is_not_believed_and_a_key_is() -> None:
    host, cookie, key = (b"host", HOST.encode()), (b"cookie", b"a=b"), (b"authorization", b"Bearer x")
    assert not routing.comes_from_us({"headers": [host, cookie]})
    assert routing.comes_from_us({"headers": [host, key]})


async def test_nothing_runs_while_nobody_listens() -> None:
    cookie = await in_database(lambda: people.cookie(people.alice()))
    async with socket(cookie) as alices:
        await opened(alices)
        assert relay.relay()._task is not None
    assert relay.relay()._task is None


@pytest.mark.parametrize(
    ("query", "cursor"),
    [
        (b"cursor=12", 12),
        (b"", None),
        (b"cursor=-1", None),
        (b"cursor=x", None),
        (b"cursor=" + b"9" * 30, None),
    ],
)
def test_a_cursor_that_cannot_be_read_means_from_now_on(query: bytes, cursor: int | None) -> None:
    assert parse_cursor(query) == cursor


async def test_p10_a_look_that_fails_is_logged_without_its_words(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    words = "Doe^Jane"

    def faulty(_: Any) -> Any:
        raise ValueError(words)

    async def tell(_: Any) -> None:
        """Nobody."""

    monkeypatch.setattr(relay, "look", faulty)
    one, receiver = relay.Relay(), relay.Receiver({}, tell)
    one.add(receiver)
    async with asyncio.timeout(10):
        while "could not be looked at: ValueError" not in caplog.text:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    one.remove(receiver)
    assert words not in caplog.text
