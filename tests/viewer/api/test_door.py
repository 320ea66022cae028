"""The pixel door as a client meets it: who gets what, and how everything else is refused."""

from __future__ import annotations

import asyncio
import re
import threading
from typing import Any

import numpy as np
import pytest

from pacs.access import opened
from pacs.access.models import AuditEvent
from pacs.errors import SandboxKilled
from pacs.http import lanes
from pacs.sandbox import pool
from tests import builders, people
from tests.viewer.client import Response, ask, scope
from tests.viewer.kept import keep
from viewer.api import door
from viewer.api.answers import Answer
from viewer.rendering import frame_values, stored_frame

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cold")]


def key_of(role: str = "alice") -> str:
    return f"Bearer {people.key_of(getattr(people, role)())}"


def get(path: str, method: str = "GET", **headers: str) -> Response:
    return asyncio.run(ask(door.app, path, method, **headers))


def tile_path(
    sop: str, frame: int = 1, tile: str = "0/0/0", query: str = "window=0,1000,LINEAR_EXACT"
) -> str:
    return f"/view/instances/{sop}/frames/{frame}/tiles/{tile}.jpg?{query}"


def test_a_tile_shows_the_values_in_the_window_asked_for() -> None:
    (instance,) = keep(builders.image(np.full((64, 64), 1224, "<u2"), RescaleIntercept=-1024, RescaleSlope=1))
    answer = get(
        tile_path(instance.sop_instance_uid, query="window=0,1000,LINEAR_EXACT"), authorization=key_of()
    )
    assert (answer.status, answer.headers["content-type"]) == (200, "image/jpeg")
    # PS3.3 C.11.2.1.3.2: (200 - 0) / 1000 + 0.5 of 255 greys
    assert np.abs(answer.pixels().astype(int) - round(0.7 * 255)).max() <= 2
    assert answer.pixels().shape == (64, 64)


def test_a_tile_tells_the_window_it_shows() -> None:
    one, other = keep(
        *(builders.ct_slice(WindowCenter=center, WindowWidth=380.5) for center in (40, -1024.25))
    )
    (colours,) = keep(builders.colour())
    told = [
        get(tile_path(row.sop_instance_uid, query=query), authorization=key_of()).headers.get(
            "lightbox-window"
        )
        for row, query in ((one, ""), (other, ""), (other, ""), (one, "window=5,6,SIGMOID"), (colours, ""))
    ]
    own = "-1024.25,380.5,LINEAR"  # the second time it comes from the cache
    assert told == ["40,380.5,LINEAR", own, own, "5,6,SIGMOID", None]


def test_the_second_time_the_browsers_copy_will_do() -> None:
    (instance,) = keep(builders.ct_slice())
    first = get(tile_path(instance.sop_instance_uid), authorization=key_of())
    again = get(
        tile_path(instance.sop_instance_uid), authorization=key_of(), if_none_match=first.headers["etag"]
    )
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    other = tile_path(instance.sop_instance_uid, query="window=0,999")
    assert get(other, authorization=key_of(), if_none_match=first.headers["etag"]).status == 200


def test_a_tile_that_is_held_waits_for_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    (instance,) = keep(builders.ct_slice())
    path, key, others = tile_path(instance.sop_instance_uid), key_of(), key_of("charlie")
    first = get(path, authorization=key)
    monkeypatch.setattr(door, "_pictures", lanes.Lane("test", 0, 0))  # refuses whoever comes
    again = get(path, authorization=key)
    assert (again.status, again.body, again.headers) == (200, first.body, first.headers)
    assert get(path, authorization=key, if_none_match=first.headers["etag"]).status == 304
    head = get(path, method="HEAD", authorization=key)
    assert (head.status, head.body, head.headers) == (200, b"", first.headers)
    # What was not decided, written down or made before is for a thread.
    for unheld in ({"authorization": others}, {"authorization": key_of("tess")}, {}):
        assert get(path, **unheld).status == 503
    assert get(tile_path(instance.sop_instance_uid, query="window=1,2"), authorization=key).status == 503
    people.alice().delete()
    assert get(path, authorization=key).status == 503


def test_a_held_tile_is_written_down_for_each_session_that_sees_it() -> None:
    (instance,) = keep(builders.ct_slice())
    sessions = [people.cookie(people.alice())[1].decode() for _ in range(2)]
    for session in [*sessions, *sessions]:
        assert get(tile_path(instance.sop_instance_uid), cookie=session).status == 200
    opened.forget()
    assert get(tile_path(instance.sop_instance_uid), cookie=sessions[0]).status == 200
    assert AuditEvent.objects.filter(action="study opened").count() == 3


def test_p17_a_thumbnail_is_written_down_once_for_each_who_sees_it() -> None:
    opened.forget()
    (instance,) = keep(builders.ct_slice())
    series, keys = instance.series, (key_of(), key_of("tess"))
    for key in (*keys, *keys):
        for path in (
            f"/view/studies/{series.study.study_instance_uid}/thumbnail",
            f"/view/series/{series.series_instance_uid}/thumbnail",
        ):
            assert get(path, authorization=key).status == 200
    events = AuditEvent.objects.filter(action="thumbnail seen").order_by("pk")
    assert [(event.actor_label, event.study_instance_uid) for event in events] == [
        (name, series.study.study_instance_uid) for name in ("alice", "tess")
    ]


def test_not_modified_is_said_without_a_look_at_the_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    (instance,) = keep(builders.ct_slice())
    path = tile_path(instance.sop_instance_uid)
    tag = get(path, authorization=key_of()).headers["etag"]
    frame_values.forget()
    monkeypatch.setattr("viewer.api.tiles.with_frame", lambda *_: pytest.fail("it was rendered"))
    assert get(path, authorization=key_of(), if_none_match=tag).status == 304


@pytest.mark.parametrize(("who", "said"), [("", (401, "not_signed_in")), ("charlie", (404, "not_found"))])
def test_who_may_not_see_it_learns_nothing_whatever_is_cached(who: str, said: tuple[int, str]) -> None:
    (instance,) = keep(builders.ct_slice())
    study = instance.series.study.study_instance_uid
    series = instance.series.series_instance_uid
    path = tile_path(instance.sop_instance_uid)
    tag = get(path, authorization=key_of()).headers["etag"]
    headers = {"authorization": key_of(who)} if who else {}
    sop = f"/dicom-web/studies/{study}/series/{series}/instances/{instance.sop_instance_uid}"
    for asked in (
        path,
        f"/view/studies/{study}/digest",
        f"/view/studies/{study}/thumbnail",
        f"/view/series/{series}/thumbnail",
        f"{sop}/rendered",
        f"{sop}/frames/1/thumbnail",
    ):
        assert get(asked, if_none_match=tag, **headers).problem() == said, asked
    assert get(tile_path("1.2.3"), **headers).problem() == said


def test_a_revoked_right_is_felt_at_the_next_request() -> None:
    (instance,) = keep(builders.ct_slice(ReferringPhysicianName="Someone^Else"))
    path, key = tile_path(instance.sop_instance_uid), key_of("bob")
    assert get(path, authorization=key).status == 404
    people.granted(people.bob(), instance.series.study)
    assert get(path, authorization=key).status == 200
    people.bob().grants.all().delete()
    assert get(path, authorization=key).status == 404


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (tile_path("{sop}", query="window=40,0"), (400, "bad_request")),
        (tile_path("{sop}", query="window=40,400&window=1,2"), (400, "bad_request")),
        (tile_path("{sop}", query="size=17"), (400, "bad_request")),
        (tile_path("{sop}", frame=0), (400, "bad_request")),
        (tile_path("{sop}", frame=2), (404, "not_found")),
        (tile_path("{sop}", tile="99/0/0"), (404, "not_found")),
        (tile_path("{sop}", tile="0/1/0"), (404, "not_found")),
        (tile_path("{sop}", tile="0/999999999/999999999"), (404, "not_found")),
        ("/view/instances/{sop}/frames/1/tiles/0/0/-1.jpg", (404, "not_found")),
        ("/view/instances/{sop}/frames/1/tiles/0/0/0.gif", (404, "not_found")),
        ("/view/nothing", (404, "not_found")),
    ],
)
def test_absurd_requests_get_a_clear_refusal(path: str, said: tuple[int, str]) -> None:
    (instance,) = keep(builders.ct_slice())
    answer = get(path.format(sop=instance.sop_instance_uid), authorization=key_of())
    assert answer.problem() == said
    assert answer.json()["error"]["message"]
    assert answer.json()["error"]["request_id"]


def test_only_get_and_head_and_head_has_no_body() -> None:
    (instance,) = keep(builders.ct_slice())
    path = tile_path(instance.sop_instance_uid)
    posted = get(path, method="POST", authorization=key_of())
    assert (posted.status, posted.headers["allow"]) == (405, "GET, HEAD")
    head, whole = (get(path, method=method, authorization=key_of()) for method in ("HEAD", "GET"))
    assert (head.status, head.body, head.headers) == (200, b"", whole.headers)
    assert int(head.headers["content-length"]) == len(whole.body) > 0


def test_what_has_no_picture_says_why() -> None:
    (instance,) = keep(builders.report())
    answer = get(tile_path(instance.sop_instance_uid), authorization=key_of())
    assert answer.problem() == (422, "cannot_show")
    assert answer.json()["error"]["fields"]["reason"] == "no_pixels"


def test_security_headers_are_on_every_answer() -> None:
    (instance,) = keep(builders.ct_slice())
    for path, headers in (
        (tile_path(instance.sop_instance_uid), {"authorization": key_of()}),
        (tile_path(instance.sop_instance_uid), {}),
        ("/view/nothing", {}),
    ):
        answer = get(path, **headers)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["cache-control"].startswith("private")
    assert get(tile_path(instance.sop_instance_uid)).headers["cache-control"] == "private, no-store"


def test_another_host_name_is_refused() -> None:
    assert get("/view/nothing", host="evil.example").status == 400
    assert get("/view/nothing", host="localhost:8000").status == 404


def test_looking_at_a_study_is_written_down_once_per_session() -> None:
    first, second = keep(*builders.ct_series(2))
    path = f"/view/studies/{first.series.study.study_instance_uid}/digest"
    sessions = [people.cookie(people.alice())[1].decode() for _ in range(2)]
    for session in sessions:
        for asked in (path, path, tile_path(second.sop_instance_uid)):
            assert get(asked, cookie=session).status == 200
    opened = AuditEvent.objects.filter(action="study opened")
    assert [event.actor_label for event in opened] == ["alice", "alice"]
    assert opened[0].study_instance_uid == first.series.study.study_instance_uid


def test_too_many_at_once_are_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    (instance,) = keep(builders.ct_slice())
    key, hold = key_of(), threading.Event()
    lane = lanes.Lane("test", 1, 0)
    monkeypatch.setattr(door, "_pictures", lane)

    async def crowd() -> Response:
        held = asyncio.ensure_future(lane.run(hold.wait, 5))
        await asyncio.sleep(0)
        answer = await ask(door.app, tile_path(instance.sop_instance_uid), authorization=key)
        hold.set()
        await held
        return answer

    answer = asyncio.run(crowd())
    assert answer.problem() == (503, "overloaded")
    assert answer.headers["retry-after"] == "1"
    assert get(tile_path(instance.sop_instance_uid), authorization=key).status == 200


def test_nothing_is_done_for_a_client_that_left_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    hold = threading.Event()
    handled: list[Any] = []
    sent: list[Any] = []
    lane = lanes.Lane("test", 1, 8)
    monkeypatch.setattr(door, "_pictures", lane)

    def handle(request: Any) -> Answer:
        handled.append(request)
        return Answer(200)

    route = door.Route("test", re.compile(""), handle)
    monkeypatch.setattr(door, "dispatch", lambda scope: (route, scope))

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    async def leave() -> None:
        held = asyncio.ensure_future(lane.run(hold.wait, 5))
        await asyncio.sleep(0)
        await door.app(scope("/view/nothing"), receive, send)
        await asyncio.sleep(0.01)
        hold.set()
        await held
        await lane.run(lambda: None)

    asyncio.run(leave())
    assert (handled, sent) == ([], [])


def test_one_decoding_serves_all_who_wait_for_the_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    (instance,) = keep(jpeg2000())
    key, run = key_of(), pool.run
    decoded: list[str] = []

    def counted(function: Any, *args: Any, **options: Any) -> Any:
        decoded.append(function.__name__)
        return run(function, *args, **options)

    monkeypatch.setattr(pool, "run", counted)

    async def crowd() -> list[Response]:
        asked = (tile_path(instance.sop_instance_uid, query=f"window={n},400") for n in range(20))
        return await asyncio.gather(*(ask(door.app, path, authorization=key) for path in asked))

    answers = asyncio.run(crowd())
    assert {answer.status for answer in answers} == {200}
    assert decoded.count("decode_frame_bytes") == 1


def test_a_frame_whose_decoding_was_killed_twice_is_not_tried_again_and_others_are_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Promise P8."""
    (instance,) = keep(jpeg2000(frames=2))
    key, run = key_of(), pool.run
    tried: list[int] = []
    hostile = stored_frame.read_span(stored_frame.address_frame(instance, 0))[0]

    def killing(function: Any, *args: Any, **options: Any) -> Any:
        if hostile in args:
            tried.append(1)
            raise SandboxKilled(why="deadline")
        return run(function, *args, **options)

    monkeypatch.setattr(pool, "run", killing)
    for _ in range(3):
        answer = get(tile_path(instance.sop_instance_uid, frame=1), authorization=key)
        assert answer.problem() == (422, "cannot_show")
        assert answer.json()["error"]["fields"]["reason"] == "decoding_killed"
    assert len(tried) == 2
    assert get(tile_path(instance.sop_instance_uid, frame=2), authorization=key).status == 200


def test_a_frame_at_hand_does_not_wait_behind_decodings(monkeypatch: pytest.MonkeyPatch) -> None:
    (plain,), (compressed,) = keep(builders.ct_slice()), keep(jpeg2000(frames=8))
    key, hold, run = key_of(), threading.Event(), pool.run
    get(tile_path(plain.sop_instance_uid), authorization=key)

    def slow(function: Any, *args: Any, **options: Any) -> Any:
        hold.wait(10)
        return run(function, *args, **options)

    monkeypatch.setattr(pool, "run", slow)

    async def crowd() -> Response:
        behind = [
            asyncio.ensure_future(
                ask(door.app, tile_path(compressed.sop_instance_uid, frame=n), authorization=key)
            )
            for n in range(1, 9)
        ]
        await asyncio.sleep(0.2)
        path = tile_path(plain.sop_instance_uid, query="window=1,2")
        answer = await asyncio.wait_for(ask(door.app, path, authorization=key), 5)
        assert not any(one.done() for one in behind)
        hold.set()
        assert {one.status for one in await asyncio.gather(*behind)} == {200}
        return answer

    assert asyncio.run(crowd()).status == 200


def jpeg2000(frames: int = 1) -> bytes:
    imagecodecs = pytest.importorskip("imagecodecs")
    pictures = [np.full((8, 8), 100 * (n + 1), np.uint16) + np.eye(8, dtype=np.uint16) for n in range(frames)]
    streams = [
        imagecodecs.jpeg2k_encode(picture, level=0, codecformat="j2k", reversible=True)
        for picture in pictures
    ]
    return builders.encapsulated(streams)


def test_p10_a_fault_of_ours_is_500_and_quotes_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    words = "Doe^Jane"

    def faulty(*_: Any) -> Any:
        raise ValueError(words)

    monkeypatch.setattr(door, "dispatch", faulty)
    answer = get(tile_path("1.2.3"))
    assert answer.problem() == (500, "error")
    assert "failed: ValueError" in caplog.text
    assert words not in caplog.text + answer.body.decode()
