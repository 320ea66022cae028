"""P3: truncated objects are never acknowledged. P7: hostile files never take the service down."""

from __future__ import annotations

import csv
import os
import time
from collections import Counter
from pathlib import Path

import pytest

from pacs.catalog.models import Instance
from pacs.errors import SandboxKilled, SandboxRefused
from pacs.ingest.arrival import arrival_from_import
from pacs.ingest.pipeline import ingest
from pacs.ingest.prescan import examine
from pacs.ingest.receipts import Reason, Receipt, Rejected
from pacs.sandbox import pool
from pacs.sandbox.pool import end_all, run
from pacs.storage.blobs import blob_store
from pacs.storage.staging import stage_bytes
from tests import builders
from tests.builders import blob_key_of
from tests.pacs.ingest.mutations import mutations, seeds
from tests.pacs.sandbox.misbehaving import process_number

MUTATIONS = int(os.environ.get("MUTATIONS", "2000"))
SEED = 20240102
CUTS = 20
FILES_TO_CUT = 30
LONGEST_FILE_S = 5.0
MOST_CHILD_KB = 400 << 10


def hand_in(data: bytes) -> Receipt:
    return ingest(arrival_from_import(stage_bytes(data)))


def whole_files() -> list[bytes]:
    made = [builders.ct_slice(rows=size, columns=16, BitsStored=12) for size in range(10, 10 + FILES_TO_CUT)]
    return (seeds() + made)[:FILES_TO_CUT]


@pytest.mark.django_db
@pytest.mark.slow
def test_p3_files_cut_anywhere_are_never_acknowledged() -> None:
    for data in whole_files():
        # The last byte alone may be the padding behind a deflated stream, and nothing of the object.
        cuts = {len(data) * part // (CUTS + 1) for part in range(1, CUTS)} | {len(data) - 2}
        assert len(cuts) == CUTS
        for cut in cuts:
            assert isinstance(hand_in(data[:cut]), Rejected), f"acknowledged {cut} of {len(data)} bytes"
    assert not Instance.objects.exists()
    assert list(blob_store().keys()) == []


@pytest.mark.django_db
@pytest.mark.slow
def test_p3_real_files_cut_anywhere_are_never_acknowledged(shared_data: Path) -> None:
    with (shared_data / "MANIFEST.tsv").open(encoding="utf-8") as manifest:
        rows = list(csv.DictReader(manifest, delimiter="\t", quoting=csv.QUOTE_NONE))
    of_each_syntax = {row["ts"]: row for row in rows if row["px_sha256"] and int(row["bytes"]) < 1 << 20}
    others = [row for row in rows if row["px_sha256"] and row["path"].startswith("pydicom-data/")]
    chosen = [*of_each_syntax.values(), *others][:FILES_TO_CUT]
    assert len(chosen) == FILES_TO_CUT
    for row in chosen:
        data = (shared_data / row["path"]).read_bytes()
        for part in range(1, CUTS + 1):
            cut = len(data) * part // (CUTS + 1)
            assert isinstance(hand_in(data[:cut]), Rejected), f"acknowledged {cut} bytes of {row['path']}"


@pytest.mark.slow
def test_p7_damaged_files_are_read_or_refused_and_no_process_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    """MUTATIONS=10000 for the longer run."""
    # Whatever other tests asked of them: fresh children, none of which retires on the way.
    end_all()
    monkeypatch.setattr(pool, "CALLS_BEFORE_RETIRING", 1 << 30)
    children = {run(process_number) for _ in range(8)}
    seen: Counter[str] = Counter()
    for data in mutations(MUTATIONS, SEED):
        staged = stage_bytes(data)
        started_s = time.monotonic()
        try:
            run(examine, str(staged.path))
            seen["read"] += 1
        except SandboxRefused as refused:
            seen[str(refused.fields["reason"] or refused.fields["error"])] += 1
        except SandboxKilled as killed:
            pytest.fail(f"a child was killed ({killed.fields['why']}) by {len(data)} bytes")
        finally:
            staged.discard()
        assert time.monotonic() - started_s < LONGEST_FILE_S
    assert {run(process_number) for _ in range(8)} <= children
    assert max(peak_kb(int(str(pid))) for pid in children) < MOST_CHILD_KB
    assert seen["read"] > MUTATIONS // 20  # they are not all dead on arrival
    assert seen["truncated"] > MUTATIONS // 20
    assert {"malformed", "pixels_too_short", "not_dicom"} <= set(seen)


def peak_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        pytest.skip("needs /proc, which is Linux")
    (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1])


@pytest.mark.django_db
def test_p7_damaged_files_get_a_receipt_each_through_the_whole_pipeline() -> None:
    for data in mutations(150, SEED + 1):
        receipt = hand_in(data)
        if isinstance(receipt, Rejected):
            assert receipt.reason.message
        else:
            assert blob_store().exists(blob_key_of(data))


@pytest.mark.django_db
def test_p7_a_child_that_is_killed_costs_that_file_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object, **__: object) -> None:
        raise SandboxKilled(why="deadline")

    with monkeypatch.context() as patch:
        patch.setattr("pacs.ingest.checks.run", killed)
        receipt = hand_in(builders.ct_slice())
    assert isinstance(receipt, Rejected)
    assert receipt.reason is Reason.TOO_SLOW
    assert not isinstance(hand_in(builders.ct_slice()), Rejected)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "answer", [None, [], {}, {"identity": None}, {"identity": {}, "transfer_syntax_uid": "1"}]
)
def test_p7_what_a_child_says_is_not_believed_unread(answer: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pacs.ingest.checks.run", lambda *_, **__: answer)
    assert isinstance(hand_in(builders.ct_slice()), Rejected)
    assert not Instance.objects.exists()


@pytest.mark.django_db
@pytest.mark.slow
def test_every_file_of_the_shared_data_gets_its_verdict(shared_data: Path) -> None:
    with (shared_data / "MANIFEST.tsv").open(encoding="utf-8") as manifest:
        rows = list(csv.DictReader(manifest, delimiter="\t", quoting=csv.QUOTE_NONE))
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for row in rows:
        data = (shared_data / row["path"]).read_bytes()
        receipt = hand_in(data)
        verdict = receipt.reason.value if isinstance(receipt, Rejected) else type(receipt).__name__
        counts[verdict] += 1
        if not isinstance(receipt, Rejected):
            with blob_store().open(blob_key_of(data)) as file:
                assert file.read() == data  # P2
        elif must_be_taken(row) and verdict not in ("no_identifiers", "conflict"):
            wrong.append(f"{row['path']}: {verdict}")
    print(dict(sorted(counts.items())))  # noqa: T201  # the census, with -s
    assert wrong == []
    assert sum(counts.values()) == len(rows)


def must_be_taken(row: dict[str, str]) -> bool:
    """Real objects whose pixels a decoder gives: refusing one of them would lose it."""
    return bool(row["px_sha256"]) and not row["path"].startswith("malformed")
