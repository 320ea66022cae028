"""A delivery's objects go through the pipeline a handful at a time, and each has its own receipt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from django.conf import settings

from pacs.errors import StorageFull
from pacs.ingest import pipeline
from pacs.ingest.arrival import arrival_from_import
from pacs.ingest.deliveries import MANY_BYTES, MOST_TOGETHER, Handed, Handful, handfuls, receipts_of
from pacs.ingest.receipts import Duplicate, Reason, Rejected, Stored
from pacs.storage.file_store import FileStore
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
    assert told == [["0"], ["1"], ["2", "3"], ["4"]]
    assert list(handfuls(sized())) == []


@pytest.mark.parametrize("fault", [StorageFull, KeyboardInterrupt])
def test_what_is_not_given_yet_is_given_up_when_its_giver_fails(
    fault: type[BaseException], storage_roots: Path
) -> None:
    def until_it_fails() -> Iterator[Handed]:
        for number in range(MOST_TOGETHER + 3):
            yield Handed(str(number), stage_bytes(bytes([number])))
        raise fault

    given = handfuls(until_it_fails())
    first = next(given)
    with pytest.raises(fault):
        next(given)
    assert {path.name for path in (storage_roots / "staging").iterdir()} == staged_names(first)


def test_what_is_not_given_yet_is_given_up_when_nobody_wants_it(storage_roots: Path) -> None:
    given = handfuls(Handed(str(number), stage_bytes(bytes([number]))) for number in range(MOST_TOGETHER + 3))
    first = next(given)
    given.close()
    assert {path.name for path in (storage_roots / "staging").iterdir()} == staged_names(first)


def staged_names(given: Handful) -> set[str]:
    return {one.content.path.name for one in given.objects if isinstance(one.content, Staged)}


@pytest.mark.django_db(transaction=True)
def test_each_of_a_handful_has_its_own_receipt(storage_roots: Path) -> None:
    known, other = ct_slice(**fresh_uids()), ct_slice(**fresh_uids())
    files = [known, other, b"a letter", known[:-9], known]
    objects = [Handed(f"file {number}", stage_bytes(data)) for number, data in enumerate(files)]
    objects.insert(1, Handed("locked", Rejected(reason=Reason.ENCRYPTED)))
    told = list(receipts_of([Handful(objects).take_in(arrival_from_import)]))
    assert [named.name for named in told] == ["file 0", "locked", "file 1", "file 2", "file 3", "file 4"]
    kinds = [type(named.receipt) for named in told]
    assert kinds == [Stored, Rejected, Stored, Rejected, Rejected, Duplicate]
    reasons = [named.receipt.reason for named in told if isinstance(named.receipt, Rejected)]
    assert reasons == [Reason.ENCRYPTED, Reason.NOT_DICOM, Reason.TRUNCATED]
    assert list((storage_roots / "staging").iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_is_told_once_the_others_were_and_leaves_nothing_behind(
    storage_roots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class NearlyFull(FileStore):
        def name_each(self, written: Sequence[Staged]) -> list[Exception | None]:
            return [StorageFull(), *super().name_each(written[1:])]

    objects = [Handed(str(number), stage_bytes(ct_slice(**fresh_uids()))) for number in range(3)]
    monkeypatch.setattr(pipeline, "blob_store", lambda: NearlyFull(settings.BLOB_ROOT))
    told = receipts_of([Handful(objects).take_in(arrival_from_import), []])
    assert [(named.name, type(named.receipt)) for named in (next(told), next(told))] == [
        ("1", Stored),
        ("2", Stored),
    ]
    with pytest.raises(StorageFull):
        next(told)
    assert list((storage_roots / "staging").iterdir()) == []
