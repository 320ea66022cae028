"""The levels of a frame's codestream over plain HTTP."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import imagecodecs
import numpy as np
import pytest

from pacs.errors import SandboxKilled
from pacs.http import lanes
from pacs.sandbox import pool
from tests import builders, people
from tests.viewer.client import Response, ask, scope
from tests.viewer.kept import keep
from tests.viewer.streams import Array, opened
from viewer.api import door
from viewer.rendering.descriptions import described
from viewer.rendering.kept_streams import is_kept
from viewer.rendering.stored_frame import address_frame

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cold")]


def get(path: str, method: str = "GET", **headers: str) -> Response:
    return asyncio.run(ask(door.app, path, method, **headers))


def level_path(sop: str, level: int = 0, frame: int = 1) -> str:
    return f"/view/instances/{sop}/frames/{frame}/levels/{level}?v=1"


def key() -> str:
    return f"Bearer {people.key_of(people.alice())}"


def jpeg_2000(stored: Array) -> bytes:
    return bytes(imagecodecs.jpeg2k_encode(stored, level=0, codecformat="j2k", reversible=True))


def test_a_level_is_an_envelope_that_only_this_persons_browser_may_keep() -> None:
    (instance,) = keep(builders.ct_slice(128, 128))
    alices = key()
    for level in (0, 1, 0):
        answer = get(level_path(instance.sop_instance_uid, level), authorization=alices)
        assert (answer.status, answer.headers["content-type"]) == (200, "application/octet-stream")
        assert opened(answer.body).header["level"] == level
        assert answer.headers["cache-control"].startswith("private, max-age=300")
        assert answer.headers["vary"] == "Cookie, Authorization"


def in_a_row(body: bytes) -> list[bytes]:
    """The envelopes of an answer that has several."""
    found = []
    while body:
        length = int.from_bytes(body[:4], "little")
        assert length <= len(body) - 4
        found.append(body[4 : 4 + length])
        body = body[4 + length :]
    return found


def test_the_first_levels_come_in_one_journey_as_each_comes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    (instance,) = keep(builders.ct_slice(256, 256))
    alices = key()
    path = level_path(instance.sop_instance_uid).replace("/levels/0", "/levels")
    made, kept = (get(path, authorization=alices) for _ in range(2))
    assert made.status == 200
    assert made.body == kept.body
    envelopes = in_a_row(made.body)
    count = len(opened(envelopes[0]).header["stream"]["levels"])
    alone = [
        get(level_path(instance.sop_instance_uid, level), authorization=alices).body for level in range(count)
    ]
    assert envelopes == alone
    assert get(path, authorization=alices, if_none_match=made.headers["etag"]).status == 304
    # Of a large one the first that fit, and one at least.
    monkeypatch.setattr("viewer.api.levels.MOST_BYTES_AT_ONCE", len(opened(alone[0]).payload))
    assert in_a_row(get(path, authorization=alices).body) == alone[:1]


def test_what_the_browser_has_is_still_right() -> None:
    (instance,) = keep(builders.ct_slice(128, 128))
    alices = key()
    first, second = (get(level_path(instance.sop_instance_uid, n), authorization=alices) for n in (0, 1))
    assert first.headers["etag"] != second.headers["etag"]
    again = get(
        level_path(instance.sop_instance_uid), authorization=alices, if_none_match=first.headers["etag"]
    )
    assert (again.status, again.body) == (304, b"")


def test_levels_and_frames_that_are_not_there() -> None:
    (instance,) = keep(builders.ct_slice())
    for path in (level_path(instance.sop_instance_uid, 1), level_path(instance.sop_instance_uid, 0, 2)):
        assert get(path, authorization=key()).problem() == (404, "not_found")


def test_a_frame_without_a_stream_says_so() -> None:
    (instance,) = keep(builders.image(np.zeros((4, 4), "<u4")))
    answer = get(level_path(instance.sop_instance_uid), authorization=key())
    assert answer.problem() == (404, "no_stream")
    assert answer.json()["error"]["fields"] == {"reason": "wide"}


def test_a_frame_that_is_numbers_already_waits_for_no_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    (instance,) = keep(builders.ct_slice(128, 128))
    alices = key()
    described(address_frame(instance, 0).source)
    monkeypatch.setattr(
        door, "_sandbox", lanes.SingleFlight(lanes.Lane("test", 0, 0))
    )  # refuses whoever comes
    assert get(level_path(instance.sop_instance_uid), authorization=alices).status == 200


def test_head_says_what_get_would_and_ranges_are_parts_of_it() -> None:
    (instance,) = keep(builders.ct_slice(128, 128))
    alices, path = key(), level_path(instance.sop_instance_uid)
    whole = get(path, authorization=alices)
    head = get(path, "HEAD", authorization=alices, range="bytes=0-3")
    assert (head.status, head.body, head.headers) == (200, b"", whole.headers)
    assert whole.headers["accept-ranges"] == "bytes"
    length = len(whole.body)
    for asked, part, told in (
        ("bytes=0-99", whole.body[:100], f"bytes 0-99/{length}"),
        ("bytes=100-", whole.body[100:], f"bytes 100-{length - 1}/{length}"),
        ("bytes=-7", whole.body[-7:], f"bytes {length - 7}-{length - 1}/{length}"),
    ):
        answer = get(path, authorization=alices, range=asked, if_range=whole.headers["etag"])
        assert (answer.status, answer.body, answer.headers["content-range"]) == (206, part, told)
        assert (answer.headers["etag"], answer.headers["content-length"]) == (
            whole.headers["etag"],
            str(len(part)),
        )


def test_where_a_range_is_not_to_be_had_it_is_the_whole_or_an_error() -> None:
    (instance,) = keep(builders.ct_slice(128, 128))
    alices, path = key(), level_path(instance.sop_instance_uid)
    whole = get(path, authorization=alices)
    for headers in (
        {"range": "bytes=0-3", "if_range": '"another"'},
        {"range": "bytes=0-3,10-12"},
        {"range": "lines=1-2"},
    ):
        answer = get(path, authorization=alices, **headers)
        assert (answer.status, answer.body) == (200, whole.body)
    beyond = get(path, authorization=alices, range=f"bytes={len(whole.body)}-")
    assert beyond.problem() == (416, "range_not_satisfiable")
    assert beyond.headers["content-range"] == f"bytes */{len(whole.body)}"


def test_p13_it_is_not_given_to_others_though_it_is_kept() -> None:
    (instance,) = keep(builders.ct_slice(128, 128))
    path = level_path(instance.sop_instance_uid)
    first = get(path, authorization=key())
    others = f"Bearer {people.key_of(people.charlie())}"
    for headers in ({}, {"if_none_match": first.headers["etag"]}, {"range": "bytes=0-3"}):
        assert get(path, authorization=others, **headers).problem() == (404, "not_found")
        assert get(path, **headers).problem() == (401, "not_signed_in")


def test_what_is_given_up_before_its_turn_is_never_made(monkeypatch: pytest.MonkeyPatch) -> None:
    (instance,) = keep(builders.ct_slice())
    path, alices = level_path(instance.sop_instance_uid), key()
    monkeypatch.setattr(door, "_sandbox", lanes.SingleFlight(lanes.Lane("test", 1, 4)))
    address = address_frame(instance, 0)

    async def go() -> None:
        is_busy, may_end = threading.Event(), threading.Event()

        def hold() -> None:
            is_busy.set()
            may_end.wait(30)

        holding = asyncio.ensure_future(door._sandbox.run("other", hold))
        await asyncio.to_thread(is_busy.wait, 30)
        messages = [{"type": "http.disconnect"}, {"type": "http.request", "body": b"", "more_body": False}]

        async def receive() -> Any:
            await asyncio.sleep(0.01)
            return messages.pop()

        async def send(message: object) -> None:
            raise AssertionError("nobody is there")

        await door.app(scope(path, authorization=alices), receive, send)
        await asyncio.sleep(0.05)  # word of it reaches the queue
        may_end.set()
        await holding
        await door._sandbox.run("after", lambda: None)

    asyncio.run(go())
    assert not is_kept(address)


def test_p14_a_right_taken_away_ends_with_the_next_request() -> None:
    (instance,) = keep(builders.ct_slice(128, 128))
    path, alices = level_path(instance.sop_instance_uid), key()
    first = get(path, authorization=alices)
    assert first.status == 200
    people.alice().delete()
    for headers in ({}, {"if_none_match": first.headers["etag"]}):
        assert get(path, authorization=alices, **headers).problem() == (401, "not_signed_in")


def test_p8_a_frame_that_killed_its_child_twice_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile, good = (jpeg_2000(np.full((8, 8), value, "<u2")) for value in (1, 2))
    (instance,) = keep(builders.encapsulated([hostile, good]))
    alices, run, tried = key(), pool.run, []

    def killing(function: Any, *args: Any, **options: Any) -> Any:
        if any(isinstance(one, bytes) and one.startswith(hostile) for one in args):
            tried.append(1)
            raise SandboxKilled(why="deadline")
        return run(function, *args, **options)

    monkeypatch.setattr(pool, "run", killing)
    for _ in range(3):
        answer = get(level_path(instance.sop_instance_uid, frame=1), authorization=alices)
        assert answer.problem() == (422, "cannot_show")
        assert answer.json()["error"]["fields"] == {"reason": "decoding_killed"}
    assert len(tried) == 2
    assert get(level_path(instance.sop_instance_uid, frame=2), authorization=alices).status == 200
