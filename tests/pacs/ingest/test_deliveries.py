"""A delivery's objects go through the pipeline a handful at a time, and each has its own receipt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pacs.errors import StorageFull
from pacs.ingest import pipeline
from pacs.ingest.arrival import arrival_from_import
from pacs.ingest.deliveries import MANY_BYTES, MOST_TOGETHER, Handed, Handful, handfuls
from pacs.ingest.receipts import Duplicate, Reason, Rejected, Stored
from pacs.storage.keys import BlobKey
from pacs.storage.staging import Staged, stage_bytes
from tests.builders import ct_slice, fresh_uids

KEY = BlobKey("0" * 64)


def sized(*sizes: int) -> Iterator[Handed]:
    for number, size in enumerate(sizes):
        yield Handed(str(number), Staged(Path("nowhere"), KEY, size))


def names(given: Handful) -> list[str]:
    return [one.name for one in given.objects]


def test_a_handful_is_full_by_number_or_by_size() -> None:
    assert [len(names(one)) for one in handfuls(sized(*[1] * (2 * MOST_TOGETHER + 3)))] == [
        MOST_TOGETHER,
        MOST_TOGETHER,
        3,
    ]
    told = [names(one) for one in handfuls(sized(1, MANY_BYTES, 1, MANY_BYTES - 1, 1))]
    assert told == [["0", "1"], ["2", "3"], ["4"]]
    assert list(handfuls(sized())) == []


def test_what_came_before_its_giver_failed_is_given() -> None:
    def until_it_is_full() -> Iterator[Handed]:
        yield from sized(1, 2)
        raise StorageFull

    given = handfuls(until_it_is_full())
    assert names(next(given)) == ["0", "1"]
    with pytest.raises(StorageFull):
        next(given)


@pytest.mark.django_db(transaction=True)
def test_each_of_a_handful_has_its_own_receipt(storage_roots: Path) -> None:
    known, other = ct_slice(**fresh_uids()), ct_slice(**fresh_uids())
    files = [known, other, b"a letter", known[:-9], known]
    objects = [Handed(f"file {number}", stage_bytes(data)) for number, data in enumerate(files)]
    objects.insert(1, Handed("locked", Rejected(reason=Reason.ENCRYPTED)))
    told = Handful(objects).take_in(arrival_from_import)
    assert [named.name for named in told] == ["file 0", "locked", "file 1", "file 2", "file 3", "file 4"]
    kinds = [type(named.receipt) for named in told]
    assert kinds == [Stored, Rejected, Stored, Rejected, Rejected, Duplicate]
    reasons = [named.receipt.reason for named in told if isinstance(named.receipt, Rejected)]
    assert reasons == [Reason.ENCRYPTED, Reason.NOT_DICOM, Reason.TRUNCATED]
    assert list((storage_roots / "staging").iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_is_told_and_leaves_nothing_behind(
    storage_roots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        def put_each(self, several: list[Staged]) -> list[Exception | None]:
            return [StorageFull() for _ in several]

    objects = [Handed(str(number), stage_bytes(ct_slice(**fresh_uids()))) for number in range(3)]
    monkeypatch.setattr(pipeline, "blob_store", Full)
    with pytest.raises(StorageFull):
        Handful(objects).take_in(arrival_from_import)
    assert list((storage_roots / "staging").iterdir()) == []
