"""Objects that go through the pipeline together: as each alone, in fewer visits; none suffers for another's fault."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pacs.catalog.models import Instance, Study
from pacs.errors import Overloaded, SandboxKilled, StorageFull
from pacs.ingest import checks, pipeline, together
from pacs.ingest.arrival import arrival_from_import
from pacs.ingest.pipeline import ingest_together
from pacs.ingest.prescan import examine_each
from pacs.ingest.quarantine import quarantine_store
from pacs.ingest.receipts import Duplicate, Reason, Receipt, Rejected, Stored
from pacs.sandbox import pool
from pacs.storage.blobs import blob_store
from pacs.storage.file_store import FileStore
from pacs.storage.staging import stage_bytes
from tests import builders
from tests.builders import blob_key_of
from tests.pacs.storage.order_on_disk import order_on_disk

pytestmark = pytest.mark.django_db(transaction=True)
Visits = list[tuple[str, int]]


def hand_in(*files: bytes) -> list[Receipt | Exception]:
    return ingest_together([arrival_from_import(stage_bytes(data)) for data in files])


def staged_files(root: Path) -> list[Path]:
    return list((root / "staging").iterdir())


def series(count: int) -> list[bytes]:
    uids = builders.fresh_uids()
    return [
        builders.ct_slice(**{**uids, "SOPInstanceUID": builders.fresh_uids()["SOPInstanceUID"]})
        for _ in range(count)
    ]


@pytest.fixture
def visits(monkeypatch: pytest.MonkeyPatch) -> Visits:
    """What was asked of the sandbox, and of how many files."""
    made: Visits = []

    def visiting(run: Callable[..., Any]) -> Callable[..., Any]:
        def visit(function: Callable[..., Any], given: Any, **more: Any) -> Any:
            made.append((function.__name__, len(given) if function is examine_each else 1))
            return run(function, given, **more)

        return visit

    monkeypatch.setattr(checks, "run", visiting(pool.run))
    return made


def test_they_are_looked_at_in_one_visit_and_written_in_one_transaction(
    visits: Visits, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = series(4)
    committed: list[int] = []
    commit = together._commit

    def committing(works: list[Any]) -> None:
        committed.append(len(works))
        commit(works)

    monkeypatch.setattr(together, "_commit", committing)
    assert all(isinstance(one, Stored) for one in hand_in(*files))
    assert visits == [("examine_each", 4)]
    assert committed == [4]
    assert set(Instance.objects.values_list("blob", flat=True)) == set(map(blob_key_of, files))
    assert Study.objects.get().number_of_instances == 4


def test_each_has_the_outcome_that_it_would_have_alone_in_their_order(
    storage_roots: Path, visits: Visits
) -> None:
    known, new, other = series(3)
    hand_in(known)
    uids = builders.fresh_uids()
    taken, conflict = builders.ct_slice(**uids), builders.ct_slice(**uids, rows=300)
    cut = other[:-100]
    visits.clear()
    receipts = hand_in(known, cut, new, b"no image", new, taken, conflict)
    kinds = [type(one) for one in receipts]
    assert kinds == [Duplicate, Rejected, Stored, Rejected, Duplicate, Stored, Rejected]
    reasons = [one.reason for one in receipts if isinstance(one, Rejected)]
    assert reasons == [Reason.TRUNCATED, Reason.NOT_DICOM, Reason.CONFLICT]
    assert visits == [
        ("examine_each", 6),
        *[("examine", 1)] * 6,
    ]  # one could not be read: whose it is, is seen alone
    assert set(blob_store().keys()) == set(map(blob_key_of, (known, new, taken)))
    assert set(quarantine_store().keys()) == set(map(blob_key_of, (cut, conflict)))
    assert staged_files(storage_roots) == []


def test_a_file_that_kills_its_child_costs_the_others_time_alone(
    monkeypatch: pytest.MonkeyPatch, visits: Visits
) -> None:
    one, killer, two = series(3)

    def killed(function: Callable[..., Any], given: Any, **more: Any) -> Any:
        paths = given if function is examine_each else [given]
        if any(Path(path).read_bytes() == killer for path in paths):
            raise SandboxKilled(why="deadline")
        return seen(function, given, **more)

    seen = vars(checks)["run"]
    monkeypatch.setattr(checks, "run", killed)
    receipts = hand_in(one, killer, two)
    assert [type(each) for each in receipts] == [Stored, Rejected, Stored]
    assert isinstance(receipts[1], Rejected)
    assert receipts[1].reason is Reason.TOO_SLOW
    assert visits == [("examine", 1), ("examine", 1)]


def test_a_disk_that_is_full_for_one_is_told_of_that_one(
    monkeypatch: pytest.MonkeyPatch, storage_roots: Path
) -> None:
    one, too_much, two = series(3)
    rename = os.rename

    def full(path: Path, target: str) -> None:
        if target.endswith(blob_key_of(too_much)):
            raise OSError(errno.ENOSPC, "no room")
        rename(path, target)

    monkeypatch.setattr(os, "rename", full)
    receipts = hand_in(one, too_much, two)
    assert [type(each) for each in receipts] == [Stored, StorageFull, Stored]
    assert set(Instance.objects.values_list("blob", flat=True)) == set(map(blob_key_of, (one, two)))
    assert staged_files(storage_roots) == []


def test_no_child_is_told_of_each(monkeypatch: pytest.MonkeyPatch, storage_roots: Path) -> None:
    def none_free(*_: object, **__: object) -> None:
        raise Overloaded(retry_after_s=5)

    monkeypatch.setattr(checks, "run", none_free)
    assert [type(each) for each in hand_in(*series(2))] == [Overloaded, Overloaded]
    assert not Instance.objects.exists()
    assert staged_files(storage_roots) == []


def test_where_no_child_is_free_any_more_each_is_told_so_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def busy(function: Callable[..., Any], given: Any, **_: Any) -> Any:
        asked.append(given)
        raise SandboxKilled(why="memory") if function is examine_each else Overloaded(retry_after_s=5)

    monkeypatch.setattr(checks, "run", busy)
    assert [type(each) for each in hand_in(*series(3))] == [Overloaded] * 3
    assert len(asked) == 2


def test_what_one_writes_in_vain_is_not_kept_and_the_others_are(monkeypatch: pytest.MonkeyPatch) -> None:
    one, faulty, two = series(3)
    exists = FileStore.exists

    def lost(store: FileStore, key: Any) -> bool:
        return exists(store, key) and key != blob_key_of(
            faulty
        )  # erased after it was put: its rows are undone

    monkeypatch.setattr(FileStore, "exists", lost)
    assert [type(each) for each in hand_in(one, faulty, two)] == [Stored, Overloaded, Stored]
    assert set(Instance.objects.values_list("blob", flat=True)) == set(map(blob_key_of, (one, two)))
    assert Study.objects.get().number_of_instances == 2


def test_a_child_that_answers_of_another_number_of_files_is_not_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def one_short(function: Callable[..., Any], given: Any, **more: Any) -> Any:
        told: Any = pool.run(function, given, **more)
        return told[:-1] if function is examine_each else told

    monkeypatch.setattr(checks, "run", one_short)
    assert all(isinstance(each, Stored) for each in hand_in(*series(2)))
    assert hand_in() == []


@pytest.mark.parametrize("is_meanwhile", [True, False])
@pytest.mark.parametrize("count", [1, 3])
def test_p1_bytes_are_down_before_they_have_a_name_whether_or_not_a_child_could_look_meanwhile(
    monkeypatch: pytest.MonkeyPatch, storage_roots: Path, count: int, is_meanwhile: bool
) -> None:
    hand_in(*series(1))  # the store has its folders
    done = order_on_disk(monkeypatch)

    def looking(function: Callable[..., Any], given: Any, meanwhile: Callable[[], object] | None) -> Any:
        if is_meanwhile and meanwhile is not None:
            meanwhile()
        done.append("looked")
        return pool.run(function, given)

    monkeypatch.setattr(checks, "run", looking)
    assert all(isinstance(one, Stored) for one in hand_in(*series(count)))
    files, look = ["file"] * count, ["looked"]
    assert done[: 2 * count + 1] == [*(files + look if is_meanwhile else look + files), *["name"] * count]
    assert set(done[2 * count + 1 :]) == {"folder"}


@pytest.mark.parametrize("count", [1, 2])
def test_p8_a_child_is_not_kept_for_the_sake_of_what_is_long(
    monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    asked: list[bool] = []

    def looking(function: Callable[..., Any], given: Any, meanwhile: object) -> Any:
        asked.append(meanwhile is not None)
        return pool.run(function, given)

    monkeypatch.setattr(checks, "run", looking)
    hand_in(*series(count))
    monkeypatch.setattr(pipeline, "MOST_MEANWHILE_BYTES", 1000)
    assert all(isinstance(one, Stored) for one in hand_in(*series(count)))
    assert asked == [True, False]


def test_a_disk_that_is_full_while_a_child_looks_is_told(
    monkeypatch: pytest.MonkeyPatch, storage_roots: Path
) -> None:
    fsync = os.fsync

    def full(descriptor: int) -> None:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.ENOSPC, "no room")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    assert [type(one) for one in hand_in(*series(2))] == [StorageFull] * 2
    assert list(blob_store().keys()) == []
    assert staged_files(storage_roots) == []
