"""Where the threads of a server work while objects are received (decision 40)."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pacs import processors
from pacs.http.lanes import Lane
from pacs.processors import for_children, gathered, work_beside_the_loop
from pacs.sandbox import pool
from pacs.sandbox.pool import run
from tests.pacs.sandbox import misbehaving

EVERYWHERE = frozenset(os.sched_getaffinity(0)) if processors.CAN_CHOOSE else frozenset()
pytestmark = pytest.mark.skipif(len(EVERYWHERE) < 2, reason="needs two processors, and to choose among them")


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processors, "LINGER_S", 0.01)


def here() -> set[int]:
    return os.sched_getaffinity(0)


async def let_go() -> None:
    """Until nothing is gathered any more."""
    await asyncio.sleep(0.1)  # ten times LINGER_S
    assert processors._gathering.here is None


async def test_the_loop_stays_on_one_processor_until_the_last_has_come_and_a_while_longer() -> None:
    with gathered():
        one = here()
        assert len(one) == 1
        with gathered():
            assert here() == one
        await asyncio.sleep(0.05)  # longer than LINGER_S
        assert here() == one
    with gathered():  # the next came in time
        await asyncio.sleep(0.05)  # longer than LINGER_S
        assert here() == one
    assert here() == one
    await let_go()
    assert here() == EVERYWHERE


async def test_a_thread_is_beside_the_loop_or_anywhere_and_all_are_let_go() -> None:
    with ThreadPoolExecutor(1) as threads:
        threads.submit(here).result()  # it has begun before

        def told(is_wanted: bool) -> set[int]:
            threads.submit(work_beside_the_loop, is_wanted).result()
            return threads.submit(here).result()

        assert told(True) == EVERYWHERE  # nothing is gathered yet
        for _ in range(2):  # what was said the last time does not count in the next
            with gathered():
                assert threads.submit(here).result() == EVERYWHERE
                assert told(True) == here()
                assert told(False) == EVERYWHERE
                assert told(True) == here()
            await let_go()
            assert threads.submit(here).result() == EVERYWHERE


async def test_what_is_started_meanwhile_does_not_stay_where_it_was_started() -> None:
    lane = Lane("test", 1, 1)
    with gathered():
        assert await lane.run(here) == EVERYWHERE
        with ThreadPoolExecutor(1) as threads:
            assert threads.submit(here).result() == here()  # it has it from the loop
            processors.let_go()
            assert threads.submit(here).result() == here() == EVERYWHERE


async def test_children_leave_the_loop_its_processor_meanwhile() -> None:
    pool.end_all()
    assert set(await asyncio.to_thread(_of_a_child)) == EVERYWHERE
    with gathered():
        assert for_children() == EVERYWHERE - here()
        assert set(await asyncio.to_thread(_of_a_child)) == EVERYWHERE - here()
        pool.end_all()
        assert set(await asyncio.to_thread(_of_a_child)) == EVERYWHERE - here()  # and so does a new one
    await let_go()
    assert set(await asyncio.to_thread(_of_a_child)) == EVERYWHERE


def _of_a_child() -> list[int]:
    told: Any = run(misbehaving.processors)
    return list(told)


async def test_where_there_is_only_one_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    placed: list[object] = []
    monkeypatch.setattr(processors, "place", lambda *told: placed.append(told))
    with gathered():
        work_beside_the_loop(True)
    assert processors._gathering.here is None
    assert placed == []


def test_a_thread_that_is_gone_is_not_minded() -> None:
    processors.place(2**22 + 1, EVERYWHERE)


async def test_where_the_system_does_not_tell_nothing_is_done_and_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def forbidden(_: int) -> set[int]:
        raise PermissionError

    with monkeypatch.context() as patched:
        patched.setattr(os, "sched_getaffinity", forbidden)
        with gathered():
            assert processors._gathering.here is None
    with gathered():
        assert len(here()) == 1
    await let_go()
