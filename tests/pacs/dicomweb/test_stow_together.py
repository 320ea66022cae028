"""Parts of one STOW-RS request are taken in together, within bounds, and each is answered for by itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from pacs.dicomweb import stow_reception
from pacs.dicomweb.stow_reception import Reception
from pacs.ingest.pipeline import ingest_together
from tests import builders
from tests.pacs.dicomweb.stow_client import digests, kept, module, multipart, reasons, staged, store

pytestmark = pytest.mark.django_db(transaction=True)  # objects are taken in by threads
LONG_ENOUGH_S = 0.3  # for the rest of a small body to come


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many went on together, each time; the first are slow."""
    counts: list[int] = []

    def slow_at_first(arrivals: Sequence[Any]) -> Any:
        counts.append(len(arrivals))
        if len(counts) == 1:
            time.sleep(LONG_ENOUGH_S)
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


def test_the_bounds_are_of_one_order() -> None:
    """P22: what all requests together hold, with the piece that each writes, stays a fraction of what a process may."""
    taken: Callable[[str], int] = vars(stow_reception).__getitem__
    assert taken("MOST_HELD_BYTES") <= taken("MOST_HELD_BY_ALL") <= 64 << 20
