"""The queue before the threads: bounded, and nothing in it is done for whoever has gone (P21)."""

from __future__ import annotations

import asyncio
import threading

import pytest

from pacs.errors import Overloaded
from pacs.http.lanes import Lane, SingleFlight


async def test_one_more_than_fit_is_refused_with_a_time_to_come_again() -> None:
    lane, hold = Lane("test", 1, 1), threading.Event()
    running = [asyncio.ensure_future(lane.run(hold.wait, 5)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded) as refused:
        await lane.run(hold.wait, 5)
    assert refused.value.fields["retry_after_s"] == 1
    hold.set()
    assert await asyncio.gather(*running) == [True, True]
    assert await lane.run(lambda: "again") == "again"


async def test_what_is_cancelled_before_its_turn_never_begins() -> None:
    lane, hold = Lane("test", 1, 8), threading.Event()
    begun: list[int] = []
    first = asyncio.ensure_future(lane.run(hold.wait, 5))
    second = asyncio.ensure_future(lane.run(begun.append, 1))
    await asyncio.sleep(0.01)
    second.cancel()
    await asyncio.sleep(0.01)
    hold.set()
    await first
    await lane.run(lambda: None)
    assert begun == []


async def test_threads_that_are_not_to_be_had_are_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    lane = Lane("test", 2, 8)
    start, to_be_had = threading.Thread.start, [False, True, False, True]

    def starting(thread: threading.Thread) -> None:
        if not to_be_had.pop(0):
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", starting)
    with pytest.raises(RuntimeError):
        await lane.run(lambda: "never")
    assert await lane.run(lambda: "by the only one") == "by the only one"
    hold = threading.Event()
    both = [asyncio.ensure_future(lane.run(hold.wait, 5)), asyncio.ensure_future(lane.run(hold.set))]
    await asyncio.gather(*both)  # the second lets the first go on
    assert to_be_had == []


async def test_one_flight_serves_all_who_wait_and_ends_with_the_last_of_them() -> None:
    lane, hold = Lane("test", 1, 8), threading.Event()
    begun: list[int] = []
    flight = SingleFlight(lane)

    def work() -> str:
        begun.append(1)
        hold.wait(5)
        return "done"

    waiting = [asyncio.ensure_future(flight.run("key", work)) for _ in range(5)]
    await asyncio.sleep(0.01)
    waiting.pop().cancel()
    hold.set()
    assert await asyncio.gather(*waiting) == ["done"] * 4
    assert begun == [1]
    assert await flight.run("key", lambda: "anew") == "anew"


async def test_a_flight_that_nobody_waits_for_is_dropped_from_the_queue() -> None:
    lane, hold = Lane("test", 1, 8), threading.Event()
    begun: list[int] = []
    flight = SingleFlight(lane)
    before = asyncio.ensure_future(lane.run(hold.wait, 5))
    await asyncio.sleep(0.01)
    waiting = asyncio.ensure_future(flight.run("key", lambda: begun.append(1)))
    await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.sleep(0.01)
    hold.set()
    await before
    await lane.run(lambda: None)
    assert begun == []


async def test_an_error_reaches_all_who_wait() -> None:
    flight = SingleFlight(Lane("test", 1, 8))
    results = await asyncio.gather(
        *(flight.run("key", lambda: 1 // 0) for _ in range(3)), return_exceptions=True
    )
    assert [type(result) for result in results] == [ZeroDivisionError] * 3
