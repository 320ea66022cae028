"""Parts of one STOW-RS request are taken in together, within bounds, and each is answered for by itself."""

from __future__ import annotations

import asyncio
import errno
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from pacs.access.actors import system_actor
from pacs.dicomweb import stow_reception
from pacs.dicomweb.stow_part import ComingPart, WholePart
from pacs.dicomweb.stow_reception import Reception
from pacs.dicomweb.stow_status import Outcome
from pacs.errors import LightboxError, StorageFull
from pacs.ingest.arrival import arrival_from_stow
from pacs.ingest.pipeline import ingest_together
from pacs.storage.staging import CHUNK_BYTES, StagedWriter
from tests import builders
from tests.pacs.dicomweb.stow_client import digests, kept, module, multipart, reasons, staged, store

pytestmark = pytest.mark.django_db(transaction=True)  # objects are taken in by threads
LONGEST_S = 30
LONG_ENOUGH_S = 0.3  # for the rest of a small body to come


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many went on together, each time; the first are slow."""
    counts: list[int] = []

    def slow_at_first(arrivals: Sequence[Any]) -> Any:
        counts.append(len(arrivals))
        if len(counts) == 1:
            time.sleep(LONG_ENOUGH_S)  # the others come meanwhile
        return ingest_together(arrivals)

    monkeypatch.setattr(stow_reception, "ingest_together", slow_at_first)
    monkeypatch.setattr(stow_reception, "AT_ONCE", 1)
    return counts


async def test_what_has_come_meanwhile_goes_on_together(together: list[int]) -> None:
    objects = [builders.ct_slice() for _ in range(6)]
    told = module(await store(multipart(*objects), chunk_bytes=500), 200)
    named = [item.ReferencedSOPInstanceUID for item in told.ReferencedSOPSequence]
    assert len(set(named)) == 6
    assert sum(together) == 6
    assert max(together) > 1
    assert await kept() == digests(*objects)
    assert staged() == []
    assert Reception.held_by_all == 0


@pytest.mark.parametrize("bound", ["MOST_HELD_BYTES", "MOST_HELD_BY_ALL", "MOST_TOGETHER"])
async def test_only_so_much_waits_in_memory(
    bound: str, together: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stow_reception, bound, 1)
    objects = [builders.ct_slice() for _ in range(4)]
    module(await store(multipart(*objects)), 200)
    assert together == [1] * 4
    assert await kept() == digests(*objects)
    assert Reception.held_by_all == 0


async def test_each_is_answered_for_in_the_order_in_which_it_came(together: list[int]) -> None:
    first, last = builders.fresh_uids(), builders.fresh_uids()
    bad = builders.ct_slice()[:-7]
    body = multipart(builders.ct_slice(**first), b"no image", bad, b"nor this", builders.ct_slice(**last))
    told = module(await store(body, chunk_bytes=500), 202)
    named = [item.ReferencedSOPInstanceUID for item in told.ReferencedSOPSequence]
    assert named == [first["SOPInstanceUID"], last["SOPInstanceUID"]]
    assert len(told.FailedSOPSequence) == 1
    assert len(reasons(told.OtherFailuresSequence)) == 2
    assert Reception.held_by_all == 0


async def test_nothing_is_held_any_more_after_a_fault(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def faulty(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr(stow_reception, "ingest_together", faulty)
    answer = await store(multipart(*[builders.ct_slice() for _ in range(3)]))
    assert answer.problem() == (500, "error")
    assert Reception.held_by_all == 0
    assert "could not be taken in" in caplog.text


async def test_no_thread_to_be_had_is_a_fault_of_each_and_nothing_is_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def no_thread(*_: object) -> None:
        raise RuntimeError("cannot schedule new futures after shutdown")

    monkeypatch.setattr(stow_reception, "in_thread", no_thread)
    answer = await store(multipart(*[builders.ct_slice() for _ in range(5)]))
    assert answer.problem() == (500, "error")
    assert Reception.held_by_all == 0


async def test_what_waits_when_there_is_no_room_is_told_so_though_it_cannot_be_removed(
    together: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_after_a_while(arrivals: Sequence[Any]) -> list[StorageFull]:
        time.sleep(LONG_ENOUGH_S)  # the others come meanwhile
        return [StorageFull()] * len(arrivals)

    def cannot_be_removed(_: WholePart) -> None:
        raise OSError(errno.EIO, "the disk is gone")

    monkeypatch.setattr(stow_reception, "ingest_together", full_after_a_while)
    monkeypatch.setattr(WholePart, "forget", cannot_be_removed)
    outcomes = await received(12)
    assert [type(one) for one in outcomes] == [StorageFull] * 12
    assert Reception.held_by_all == 0


async def received(count: int, *, is_cancelled: bool = False) -> list[Outcome]:
    """What becomes of so many parts."""
    reception = Reception(lambda staged: arrival_from_stow(staged, actor=system_actor("tests")))
    for _ in range(count):
        await reception.begin({})
        await reception.write(builders.ct_slice())
        await reception.end()
        if not is_cancelled:
            await asyncio.sleep(0.01)  # so that the first is under way when the next ones come
    assert Reception.held_by_all > 0 or not is_cancelled
    for task in list(reception._under_way) if is_cancelled else ():
        task.cancel()
    return await asyncio.wait_for(reception.outcomes(), LONGEST_S)


async def test_a_request_that_is_ended_with_the_server_holds_nothing() -> None:
    outcomes = await received(3, is_cancelled=True)
    assert all(isinstance(one, LightboxError) for one in outcomes)
    assert Reception.held_by_all == 0


async def test_a_part_that_is_cancelled_while_it_is_written_leaves_no_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    has_begun, may_go_on = threading.Event(), threading.Event()
    write = StagedWriter.write

    def slow(writer: StagedWriter, data: memoryview | bytes) -> None:
        has_begun.set()
        may_go_on.wait(LONGEST_S)
        write(writer, data)

    monkeypatch.setattr(StagedWriter, "write", slow)
    part = ComingPart(1 << 30)
    writing = asyncio.ensure_future(part.write(bytes(CHUNK_BYTES)))
    await asyncio.to_thread(has_begun.wait, LONGEST_S)
    assert len(staged()) == 1
    writing.cancel()
    await asyncio.wait([writing])
    assert writing.cancelled()
    forgetting = asyncio.ensure_future(part.forget())
    await asyncio.sleep(0)  # so that it waits for the thread, which has not written yet
    may_go_on.set()
    await asyncio.wait_for(forgetting, LONGEST_S)
    assert staged() == []


async def test_a_small_part_does_not_keep_the_chunk_that_it_came_in() -> None:
    chunk = bytes(1 << 20)
    part = ComingPart(1 << 30)
    await part.write(memoryview(chunk)[:200])
    (copied,) = part.whole()._rest
    assert isinstance(copied, bytes)
    assert copied == bytes(200)
    part = ComingPart(1 << 30)
    await part.write(memoryview(chunk)[: 1 << 19])
    (kept_as_it_came,) = part.whole()._rest
    assert isinstance(kept_as_it_came, memoryview)


def test_the_bounds_are_of_one_order() -> None:
    """P22: what all requests together hold, with the piece that each writes, stays a fraction of what a process may."""
    taken: Callable[[str], int] = vars(stow_reception).__getitem__
    assert taken("MOST_HELD_BYTES") <= taken("MOST_HELD_BY_ALL") <= 32 << 20
