"""The viewer's socket with real files: exact values come, to whom they are open, as long as they are."""

from __future__ import annotations

import asyncio
import io
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import numpy as np
import pytest
from django.contrib.sessions.models import Session
from pydicom import dcmread

from pacs.access.models import AuditEvent, Grant, PatientTie, User
from pacs.catalog.models import Instance
from pacs.storage.blobs import blob_store
from pacs.storage.keys import BlobKey
from tests import builders, people
from tests.viewer.client import ask
from tests.viewer.kept import keep
from tests.viewer.streaming.socket_client import LONGEST_S, Header
from tests.viewer.streaming.socket_client import Socket as PlainSocket
from tests.viewer.streaming.test_worklist import in_database, socket
from tests.viewer.streams import decoded, opened
from tests.viewer.test_contracts import VIEWING, assert_like, written
from viewer.api import door
from viewer.streaming import pace, viewing
from viewer.streaming.stacks import order_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cold")]

P14_S = 5.0
SIDE = 256
STACK = 3


class Viewer:
    """The app's side of one socket."""

    def __init__(self, plain: PlainSocket) -> None:
        self.plain = plain
        self.got_bytes = 0
        self.payloads: dict[tuple[str, int], list[bytes]] = {}
        self.streams: dict[tuple[str, int], dict[str, Any]] = {}

    async def say(self, **message: Any) -> None:
        await self.plain.say(json.dumps(message))

    async def open(self, series: str, instances: Iterable[tuple[str, int]], **more: Any) -> Any:
        """By places in the series; what the server says to that."""
        order, runs = order_of(instances), [[0, max(0, len(list(instances)) - 1)]]
        asked = {"stack": STACK, "series": series, "order": order, "runs": runs, "have": [], **more}
        await self.say(type="open", **asked)
        return await self.told()

    async def look(self, at: int, **more: Any) -> None:
        view = {"stack": STACK, "at": at, "direction": 0, "speed": 0, "zoom": 1, "reach": "stack"}
        await self.say(type="look", views=[{**view, "behind": 999, "ahead": 999, "playing": False, **more}])

    async def told(self, within_s: float = LONGEST_S) -> Any:
        """The next text; levels that come before are taken in and acknowledged."""
        while True:
            message = await self.plain.message(within_s)
            if message["type"] == "websocket.close":
                return message["code"]
            if message.get("bytes") is None:
                return json.loads(message["text"])
            await self._take(message["bytes"])

    async def _take(self, envelope: bytes) -> None:
        one = opened(envelope)
        frame = one.header["instance"], one.header["frame"]
        held = self.payloads.setdefault(frame, [])
        assert one.header["level"] == len(held), "a level that was not next"
        held.append(one.payload)
        if "stream" in one.header:
            self.streams[frame] = one.header["stream"]
        self.got_bytes += len(envelope)
        await self.say(type="ack", bytes=self.got_bytes)

    def values(self, uid: str, frame: int = 1) -> np.ndarray[Any, Any]:
        """The numbers of this frame, of the levels that came."""
        payloads = self.payloads[uid, frame]
        return decoded(payloads, len(self.streams[uid, frame]["levels"]))


@asynccontextmanager
async def viewer(user: Callable[[], User]) -> AsyncIterator[Viewer]:
    cookie = await in_database(lambda: people.cookie(user()))
    async with connected(cookie) as one:
        yield one


@asynccontextmanager
async def connected(cookie: Header | None) -> AsyncIterator[Viewer]:
    async with socket(cookie, path="/ws/viewing") as plain:
        accepted, _ = await plain.connect()
        assert accepted
        yield Viewer(plain)


def keep_series(frames: int, side: int = SIDE, **attributes: Any) -> tuple[str, list[Instance]]:
    """A CT series in display order, each slice other than the rest; its UID."""
    rows = keep(*builders.ct_series(frames, rows=side, columns=side, **attributes))
    return rows[0].series.series_instance_uid, rows


def laid_out(rows: Iterable[Instance]) -> list[tuple[str, int]]:
    return [(row.sop_instance_uid, row.number_of_frames) for row in rows]


async def test_a_stack_comes_exact_from_what_is_looked_at_outward() -> None:
    series, rows = await in_database(lambda: keep_series(6))
    async with viewer(people.alice) as alice:
        assert await alice.open(series, laid_out(rows)) == {"type": "opened", "stack": STACK, "frames": 6}
        await alice.look(2)
        assert await alice.told() == {"type": "idle"}
        for row in rows:
            stored = await in_database(partial(stored_values, row))
            np.testing.assert_array_equal(alice.values(row.sop_instance_uid), stored)
    # Their streams are made by now, whichever was ready first: what comes first is what was asked for first.
    async with viewer(people.alice) as again:
        await again.open(series, laid_out(rows))
        await again.look(2)
        await again.told()
        order = [[row.sop_instance_uid for row in rows].index(uid) for uid, _ in again.payloads]
        assert (order[0], {*order[1:3]}, len(order)) == (2, {1, 3}, 6)


def stored_values(row: Instance) -> np.ndarray[Any, Any]:
    """Read by pydicom from what was kept."""
    store = blob_store()
    file = store.read_range(BlobKey(row.blob), 0, store.size(BlobKey(row.blob)))
    stored: np.ndarray[Any, Any] = dcmread(io.BytesIO(file)).pixel_array
    return stored


async def test_the_bytes_are_those_of_http() -> None:
    series, rows = await in_database(lambda: keep_series(1))
    key = await in_database(lambda: people.key_of(people.alice()))
    uid = rows[0].sop_instance_uid
    async with viewer(people.alice) as alice:
        await alice.open(series, laid_out(rows))
        await alice.look(0)
        await alice.told()
        for level, payload in enumerate(alice.payloads[uid, 1]):
            path = f"/view/instances/{uid}/frames/1/levels/{level}?v=1"
            answer = await ask(door.app, path, authorization=f"Bearer {key}")
            assert opened(answer.body).payload == payload


async def test_frames_of_a_multiframe_are_told_apart_and_opened_by_name() -> None:
    row = await in_database(lambda: keep(builders.multiframe(5, 64, 64))[0])
    series, uid = row.series.series_instance_uid, row.sop_instance_uid

    async def sent() -> list[tuple[str, int]]:
        async with viewer(people.alice) as alice:
            await alice.say(type="open", stack=STACK, series=series, instances=[uid], have=[])
            assert (await alice.told())["frames"] == 5
            await alice.look(4)
            await alice.told()
            return list(alice.payloads)

    assert sorted(await sent()) == [(uid, number) for number in range(1, 6)]
    assert (await sent())[0] == (uid, 5)  # all are made by now: what is asked first comes first


async def test_after_a_cut_nothing_is_sent_that_is_there() -> None:
    series, rows = await in_database(lambda: keep_series(4))
    async with viewer(people.alice) as before:
        await before.open(series, laid_out(rows))
        await before.look(1)
        await before.told()
        whole = {frame: len(payloads) for frame, payloads in before.payloads.items()}
    levels = whole[rows[0].sop_instance_uid, 1]
    async with viewer(people.alice) as after:
        # All of the first two frames, one level of the third, nothing of the last.
        have = [2, levels, levels, 1, 1, levels, 1, 0, 0]
        after.payloads = {(rows[2].sop_instance_uid, 1): before.payloads[rows[2].sop_instance_uid, 1][:1]}
        await after.open(series, laid_out(rows), have=have)
        await after.look(1)
        await after.told()
        assert set(after.payloads) == {(row.sop_instance_uid, 1) for row in rows[2:]}
        assert {len(payloads) for payloads in after.payloads.values()} == {levels}


async def test_a_series_that_grew_is_opened_by_its_instances() -> None:
    same: dict[str, Any] = {"StudyInstanceUID": builders.new_uid(), "PatientID": "GROWS"}
    series, rows = await in_database(lambda: keep_series(3, **same))
    known = laid_out(rows)
    grown = builders.ct_slice(**same, SeriesInstanceUID=series, InstanceNumber=99)
    await in_database(lambda: keep(grown))
    async with viewer(people.alice) as alice:
        assert await alice.open(series, known) == {"type": "unlike", "stack": STACK}
        uids = [uid for uid, _ in known]
        await alice.say(type="open", stack=STACK, series=series, instances=uids, have=[])
        assert (await alice.told())["frames"] == 3


# --- who may (P13, P14, P17) ---------------------------------------------------------------------


async def test_p13_what_is_not_open_to_somebody_does_not_exist_for_them() -> None:
    series, rows = await in_database(lambda: keep_series(2))
    async with viewer(people.charlie) as charlie:
        closed = {"type": "closed", "stack": STACK, "reason": "not_found"}
        assert await charlie.open(series, laid_out(rows)) == closed
        assert await charlie.open("1.2.3", laid_out(rows)) == closed
        await charlie.look(0)
        assert await charlie.plain.hears_nothing(0.3)
    refused = await in_database(lambda: AuditEvent.objects.filter(action="refused").count())
    assert refused == 2


async def test_an_instance_of_another_series_is_not_opened_with_this_one() -> None:
    series, _ = await in_database(lambda: keep_series(1))
    _, others = await in_database(lambda: keep_series(1))
    async with viewer(people.alice) as alice:
        await alice.say(
            type="open", stack=STACK, series=series, instances=[others[0].sop_instance_uid], have=[]
        )
        assert (await alice.told())["reason"] == "not_found"


async def test_p17_that_a_study_is_looked_at_is_written_down_once() -> None:
    series, rows = await in_database(lambda: keep_series(2))
    async with viewer(people.alice) as alice:
        await alice.open(series, laid_out(rows))
        await alice.open(series, laid_out(rows))
        await alice.look(0)
        await alice.told()
    assert await in_database(lambda: AuditEvent.objects.filter(action="study opened").count()) == 1


async def test_nobody_is_told_so_and_closed() -> None:
    async with connected(None) as nobody:
        assert await nobody.told() == {"type": "signed_out"}
        assert await nobody.told() == 4401


@pytest.mark.parametrize("end", ["session", "account"])
@pytest.mark.parametrize("busy", [True, False])
async def test_p14_an_ended_standing_stops_the_stream_within_five_seconds(end: str, busy: bool) -> None:
    series, rows = await in_database(lambda: keep_series(2, side=1024 if busy else 64))
    async with viewer(people.alice) as alice:
        await alice.open(series, laid_out(rows))
        await alice.look(0)
        if busy:  # it waits in the middle for word that something came
            await alice.plain.message()
        else:
            await alice.told()
        if end == "session":
            await in_database(lambda: Session.objects.all().delete())
        else:
            await in_database(lambda: User.objects.filter(username="alice").update(is_active=False))
        async with asyncio.timeout(P14_S):
            assert await ending(alice) == [{"type": "signed_out"}, 4401]


async def ending(one: Viewer) -> list[Any]:
    """What is told last: levels that were on their way before it are passed over, unacknowledged."""
    last: list[Any] = []
    while True:
        message = await one.plain.message()
        if message["type"] == "websocket.close":
            return [*last, message["code"]]
        if message.get("bytes") is None:
            last = [json.loads(message["text"])]


@pytest.mark.parametrize("right", ["role", "tie", "grant"])
async def test_p14_a_right_that_is_taken_away_closes_the_stack_within_five_seconds(right: str) -> None:
    series, rows = await in_database(
        lambda: keep_series(2, side=64, PatientID="PIA", ReferringPhysicianName="")
    )
    study = await in_database(lambda: rows[0].series.study)

    def person() -> User:
        if right == "role":
            return people.alice()
        if right == "tie":
            return people.tied(people.pia(), study.patient)
        return people.granted(people.charlie(), study)

    def take_away() -> None:
        if right == "role":
            User.objects.filter(username="alice").update(role="referrer")
        else:
            (PatientTie if right == "tie" else Grant).objects.all().delete()

    async with viewer(person) as one:
        assert (await one.open(series, laid_out(rows)))["type"] == "opened"
        await one.look(0)
        await one.told()
        await in_database(take_away)
        assert await one.told(P14_S) == {"type": "closed", "stack": STACK, "reason": "not_found"}
        assert (await one.open(series, laid_out(rows)))["reason"] == "not_found"


# --- what must not be said -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "place"),
    [("{", "message"), ('{"type":"shout"}', "type"), ('{"type":"ack","bytes":9}', "bytes"), ("", "message")],
)
async def test_what_cannot_be_read_is_answered_with_why_and_the_socket_is_closed(
    said: str, place: str
) -> None:
    async with viewer(people.alice) as alice:
        await alice.plain.say(said)
        assert await alice.told() == {"type": "bad", "place": place}
        assert await alice.told() == 4400


async def test_who_says_too_much_is_closed() -> None:
    async with viewer(people.alice) as alice:
        for _ in range(int(pace.AT_ONCE) + 50):
            await alice.say(type="close", stack=1)
        assert await alice.told() == {"type": "bad", "place": "rate"}
        assert await alice.told() == 4429


async def test_one_sign_in_has_so_many_sockets_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewing, "MOST_SOCKETS_EACH", 1)
    monkeypatch.setattr(viewing, "_sockets", Counter())
    cookie = await in_database(lambda: people.cookie(people.alice()))
    async with connected(cookie) as first:
        await first.say(type="ping")
        assert await first.told() == {"type": "pong"}
        async with connected(cookie) as second:
            assert await second.told() == {"type": "bad", "place": "sockets"}
            assert await second.told() == 4429
    for _ in range(int(LONGEST_S / 0.05)):
        if not viewing._sockets:
            break
        await asyncio.sleep(0.05)
    async with connected(cookie) as third:
        await third.say(type="ping")
        assert await third.told() == {"type": "pong"}


async def test_a_frame_without_a_stream_is_told_of_and_the_rest_come() -> None:
    def given() -> tuple[str, list[Instance]]:
        wide, plain = builders.image(np.zeros((64, 64), "<u4")), builders.image(np.zeros((64, 64), "<u2"))
        rows = keep(wide, plain)
        return rows[0].series.series_instance_uid, rows[:1]

    series, rows = await in_database(given)
    async with viewer(people.alice) as alice:
        await alice.open(series, laid_out(rows))
        await alice.look(0)
        told = await alice.told()
        assert told == {
            "type": "cannot",
            "stack": STACK,
            "instance": rows[0].sop_instance_uid,
            "frame": 1,
            "reason": "no_stream",
            "permanent": True,
        }
        assert await alice.told() == {"type": "idle"}


async def test_all_that_it_says_is_what_the_app_is_tested_with() -> None:
    def given() -> tuple[str, list[Instance]]:
        rows = keep(builders.image(np.zeros((64, 64), "<u4")))
        return rows[0].series.series_instance_uid, rows

    series, rows = await in_database(given)
    async with viewer(people.alice) as alice:
        told = [await alice.open(series, laid_out(rows)), await alice.open(series, [])]
        told.append(await alice.open("1.2.3", laid_out(rows)))
        await alice.look(0)
        told += [await alice.told(), await alice.told()]
        await alice.say(type="ping")
        told.append(await alice.told())
        await alice.say(type="shout")
        told.append(await alice.told())
    async with connected(None) as nobody:
        told.append(await nobody.told())
    said = {f"viewing.{message['type']}": message for message in told}
    assert set(said) == VIEWING
    for example, message in said.items():
        assert_like(message, written(example), example)


async def test_what_runs_for_a_socket_ends_with_it() -> None:
    before = len(asyncio.all_tasks())
    async with viewer(people.alice) as alice:
        await alice.say(type="ping")
        await alice.told()
    await asyncio.sleep(0.05)
    assert len(asyncio.all_tasks()) <= before
