"""Receiving, from the staged file to the receipt: P2, P3, P4, P6, P10 as this room keeps them."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connections
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from pacs.access.actors import system_actor
from pacs.access.models import AuditEvent
from pacs.catalog.models import Instance, Study
from pacs.errors import StorageFull
from pacs.events.bus import InstanceStored, subscribe
from pacs.ingest import checks, enter, pipeline
from pacs.ingest.arrival import Arrival, arrival_from_import, arrival_from_stow
from pacs.ingest.checks import Examined
from pacs.ingest.enter import Entered, enter_each
from pacs.ingest.models import QuarantinedObject
from pacs.ingest.pipeline import ingest
from pacs.ingest.quarantine import quarantine_store
from pacs.ingest.receipts import Duplicate, Reason, Receipt, Rejected, Stored, verdict_of
from pacs.storage.blobs import blob_store
from pacs.storage.keys import BlobKey
from pacs.storage.staging import stage_bytes
from pacs.uids import Uid
from tests import builders
from tests.builders import blob_key_of

pytestmark = pytest.mark.django_db
SENDERS = 10


def hand_in(data: bytes) -> Receipt:
    return ingest(arrival_from_import(stage_bytes(data)))


def staged_files(root: Path) -> list[Path]:
    return list((root / "staging").iterdir())


def kept(data: bytes) -> bytes:
    with blob_store().open(blob_key_of(data)) as file:
        return file.read()


def test_a_slice_is_stored_and_can_be_found(storage_roots: Path) -> None:
    data = builders.ct_slice(rows=4, columns=4)
    receipt = hand_in(data)
    assert isinstance(receipt, Stored)
    row = Instance.objects.get(sop_instance_uid=receipt.sop_instance_uid)
    assert row.series.series_instance_uid == receipt.series_instance_uid
    assert row.series.study.study_instance_uid == receipt.study_instance_uid
    assert (row.blob, row.size_bytes) == (blob_key_of(data), len(data))
    assert (row.pixel_layout, row.rows, row.frame_bytes) == ("native", 4, 32)
    assert blob_store().read_range(BlobKey(row.blob), row.frame_offset, 6) == b"\0\0\1\0\2\0"
    assert staged_files(storage_roots) == []


def test_one_frame_of_a_multi_frame_file_is_one_ranged_read() -> None:
    hand_in(builders.multiframe(frames=5, rows=2, columns=2))
    row = Instance.objects.get()
    third = blob_store().read_range(
        BlobKey(row.blob), row.frame_offset + 2 * row.frame_bytes, row.frame_bytes
    )
    assert third == b"\3\0" * 4


def test_what_is_stored_is_in_the_trail_and_announced_once_it_is_true(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    heard: list[InstanceStored] = []
    subscribe(heard.append)
    with django_capture_on_commit_callbacks(execute=True):
        receipt = hand_in(builders.ct_slice())
        assert heard == []
    assert [event.sop_instance_uid for event in heard] == [receipt.sop_instance_uid]
    event = AuditEvent.objects.get(action="object stored")
    assert event.study_instance_uid == receipt.study_instance_uid
    assert event.actor_label == "import_dicom"


@pytest.mark.parametrize("syntax", [*builders.NATIVE_SYNTAXES], ids=str)
def test_p2_bytes_in_are_bytes_out(syntax: str) -> None:
    data = builders.ct_slice(transfer_syntax=syntax)
    assert isinstance(hand_in(data), Stored)
    assert kept(data) == data


def test_p2_odd_bytes_are_kept_odd() -> None:
    """A preamble, a private element, a tail: a parser would lose them on rewriting."""
    data = b"MZ" + builders.ct_slice()[2:] + b"PK\x03\x04 not of the data set"
    assert isinstance(hand_in(data), Stored)
    assert kept(data) == data


def test_p3_a_truncated_object_is_refused_and_set_aside_with_the_reason(storage_roots: Path) -> None:
    data = builders.ct_slice()[:-10]
    receipt = hand_in(data)
    assert isinstance(receipt, Rejected)
    assert receipt.reason is Reason.TRUNCATED
    row = QuarantinedObject.objects.get()
    assert (row.reason, row.blob, row.size_bytes, row.origin) == (
        "truncated",
        blob_key_of(data),
        len(data),
        "import",
    )
    with quarantine_store().open(BlobKey(row.blob)) as file:
        assert file.read() == data
    assert not blob_store().exists(blob_key_of(data))
    assert not Instance.objects.exists()
    assert staged_files(storage_roots) == []
    assert AuditEvent.objects.get().action == "object refused"


@pytest.mark.parametrize(
    "keyword", ["SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "SOPClassUID"]
)
@pytest.mark.parametrize("value", [None, "", "../../etc/passwd", "1." * 40])
@pytest.mark.filterwarnings("ignore")
def test_an_object_without_valid_identifiers_is_refused(keyword: str, value: str | None) -> None:
    attributes: dict[str, Any] = {keyword: value}
    receipt = hand_in(builders.ct_slice(**attributes))
    assert isinstance(receipt, Rejected)
    assert receipt.reason is Reason.NO_IDENTIFIERS


def test_what_is_no_dicom_file_is_passed_over_and_not_kept(storage_roots: Path) -> None:
    receipt = hand_in(b"Dear colleague, the disc holds 400 images.")
    assert verdict_of("letter.txt", receipt) == {
        "name": "letter.txt",
        "verdict": "skipped",
        "reason": "not_dicom",
        "message": "This is not a DICOM file.",
        "study": None,
    }
    assert not QuarantinedObject.objects.exists()
    assert [path for path in storage_roots.rglob("*") if path.is_file()] == []


def test_a_dicomdir_is_an_index_and_not_an_object() -> None:
    path = get_testdata_file("DICOMDIR")
    assert isinstance(path, str)
    receipt = hand_in(Path(path).read_bytes())
    assert isinstance(receipt, Rejected)
    assert receipt.reason is Reason.INDEX


def test_p4_the_same_bytes_again_are_an_idempotent_success(monkeypatch: pytest.MonkeyPatch) -> None:
    data = builders.ct_slice()
    first = hand_in(data)
    monkeypatch.setattr(checks, "run", None)  # and nothing is read again
    second = hand_in(data)
    assert isinstance(second, Duplicate)
    assert vars(second) == vars(first)
    assert Instance.objects.count() == 1


def test_p1_a_file_that_was_lost_is_back_when_it_is_sent_again() -> None:
    data = builders.ct_slice()
    hand_in(data)
    blob_store().delete(blob_key_of(data))
    assert isinstance(hand_in(data), Duplicate)
    assert kept(data) == data


def test_p4_other_bytes_of_the_same_name_are_kept_beside_and_never_overwrite() -> None:
    uids = builders.fresh_uids()
    first, other = builders.ct_slice(**uids), builders.ct_slice(**uids, PatientName="Another^Name")
    assert isinstance(hand_in(first), Stored)
    for _ in range(2):
        receipt = hand_in(other)
        assert isinstance(receipt, Rejected)
        assert receipt.reason is Reason.CONFLICT
        assert receipt.sop_instance_uid == uids["SOPInstanceUID"]
    assert Instance.objects.get().blob == blob_key_of(first)
    assert kept(first) == first
    assert list(blob_store().keys()) == [blob_key_of(first)]
    assert QuarantinedObject.objects.get().sop_instance_uid == uids["SOPInstanceUID"]
    with quarantine_store().open(blob_key_of(other)) as file:
        assert file.read() == other


def test_p4_another_patients_image_in_a_known_study_is_kept_beside() -> None:
    study: dict[str, Any] = {"StudyInstanceUID": builders.new_uid()}
    first = builders.ct_slice(**study)
    other = builders.ct_slice(**study, PatientID="other", PatientName="Other^One")
    hand_in(first)
    receipt = hand_in(other)
    assert isinstance(receipt, Rejected)
    assert receipt.reason is Reason.CONFLICT
    assert Study.objects.get().patient.name == "Doe^Jane"
    assert list(blob_store().keys()) == [blob_key_of(first)]
    assert quarantine_store().exists(blob_key_of(other))


def test_a_patient_who_is_called_otherwise_now_is_in_the_trail_and_neither_name_is() -> None:
    hand_in(builders.ct_slice())
    hand_in(builders.ct_slice(PatientName="Roe^Jane"))
    hand_in(builders.ct_slice(PatientName="Roe^Jane"))
    event = AuditEvent.objects.get(action="patient changed")
    assert event.details == {"changed": "name", "origin": "import"}
    assert event.patient_pk == Study.objects.order_by("pk")[0].patient_id


@pytest.mark.django_db(transaction=True)
def test_p4_ten_parallel_resends_are_one_row() -> None:
    data = builders.ct_slice()
    receipts = at_once(data)
    assert sum(isinstance(receipt, Stored) for receipt in receipts) == 1
    assert sum(isinstance(receipt, Duplicate) for receipt in receipts) == SENDERS - 1
    assert Instance.objects.count() == 1
    assert Study.objects.get().number_of_instances == 1
    assert kept(data) == data


@pytest.mark.django_db(transaction=True)
def test_p4_ten_senders_of_one_conflicting_object_are_all_told_of_the_conflict() -> None:
    uids = builders.fresh_uids()
    first, other = builders.ct_slice(**uids), builders.ct_slice(**uids, rows=300)
    hand_in(first)
    for receipt in at_once(other):
        assert isinstance(receipt, Rejected)
        assert receipt.reason is Reason.CONFLICT
    assert list(blob_store().keys()) == [blob_key_of(first)]
    with quarantine_store().open(blob_key_of(other)) as file:
        assert file.read() == other
    assert QuarantinedObject.objects.get().blob == blob_key_of(other)


def test_p4_whoever_comes_second_with_a_conflict_finds_it_moved_already(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    uids = builders.fresh_uids()
    first, other = builders.ct_slice(**uids), builders.ct_slice(**uids, rows=300)
    hand_in(first)
    before: list[Receipt] = []

    def enter_after_another(kept: Sequence[tuple[Arrival, Examined]]) -> list[Entered]:
        if not before:
            before.append(Rejected(reason=Reason.CONFLICT))
            before.append(hand_in(other))
        return enter_each(kept)

    monkeypatch.setattr(pipeline, "enter_each", enter_after_another)
    receipt = hand_in(other)
    assert isinstance(receipt, Rejected)
    assert receipt == before[1]
    assert list(blob_store().keys()) == [blob_key_of(first)]
    assert quarantine_store().exists(blob_key_of(other))


def at_once(data: bytes) -> list[Receipt]:
    """The receipts of as many senders of these bytes at the same moment."""
    receipts: list[Receipt] = []
    start = threading.Barrier(SENDERS)

    def send() -> None:
        try:
            staged = stage_bytes(data)
            start.wait()
            receipts.append(ingest(arrival_from_import(staged)))
        finally:
            connections.close_all()

    senders = [threading.Thread(target=send) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len(receipts) == SENDERS
    return receipts


def test_an_object_sent_to_another_study_is_refused() -> None:
    actor = system_actor("test")
    data = builders.ct_slice()
    addressed = Uid(builders.new_uid())
    for _ in range(2):  # the second time its bytes are known
        receipt = ingest(arrival_from_stow(stage_bytes(data), actor=actor, addressed_study=addressed))
        assert isinstance(receipt, Rejected)
        assert receipt.reason.failure_reason == 43265
        hand_in(data)
    right = Uid(str(dcmread(get_path(data)).StudyInstanceUID))
    assert isinstance(
        ingest(arrival_from_stow(stage_bytes(data), actor=actor, addressed_study=right)), Duplicate
    )


def get_path(data: bytes) -> str:
    return str(stage_bytes(data).path)


def test_p6_without_room_nothing_is_acknowledged_and_it_recovers_by_itself(
    settings: Settings, storage_roots: Path
) -> None:
    first, second = builders.ct_slice(), builders.ct_slice()
    hand_in(first)
    settings.MIN_FREE_BYTES = 1 << 60
    with pytest.raises(StorageFull):
        hand_in(second)
    assert kept(first) == first  # viewing goes on
    settings.MIN_FREE_BYTES = 0
    assert isinstance(hand_in(second), Stored)


@pytest.mark.parametrize("words", ["database or disk is full", "disk I/O error"])
def test_p6_a_database_without_room_is_told_as_a_full_disk(
    words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise DatabaseError(words)

    data = builders.ct_slice()
    with monkeypatch.context() as patch:
        patch.setattr(enter, "register_instance", refuse)
        with pytest.raises(StorageFull):
            hand_in(data)
    assert not Instance.objects.exists()
    assert isinstance(hand_in(data), Stored)


def test_a_fault_in_the_catalogue_is_not_acknowledged(
    monkeypatch: pytest.MonkeyPatch, storage_roots: Path
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise DatabaseError("no such table")

    monkeypatch.setattr(enter, "register_instance", fail)
    with pytest.raises(DatabaseError):
        hand_in(builders.ct_slice())
    assert staged_files(storage_roots) == []


HOSTILE_TEXTS = (
    "../../../../tmp/evil",
    "<script>alert(1)</script>",
    "a\r\nSet-Cookie: x=1",
    "\x1b]0;owned\x07",
    "%n%s",
)


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
@pytest.mark.filterwarnings("ignore")
def test_p10_no_text_of_a_file_becomes_a_path_or_a_line_of_the_log(
    text: str, storage_roots: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keywords = (
        "PatientName",
        "PatientID",
        "StudyID",
        "AccessionNumber",
        "StudyDescription",
        "SeriesDescription",
    )
    attributes: dict[str, Any] = dict.fromkeys(keywords, text[:16])
    data = builders.ct_slice(**attributes, PatientComments=text)
    with caplog.at_level(0):
        receipt = hand_in(data)
    assert isinstance(receipt, Stored)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in files] == [hashlib.sha256(data).hexdigest()]
    assert storage_roots in files[0].parents
    assert text[:12] not in caplog.text
    assert files[0].parent == storage_roots / "blobs" / files[0].name[:2]
    assert {path.name for path in (storage_roots / "blobs").iterdir()} == {f"{n:02x}" for n in range(256)}


def test_the_staged_file_is_gone_whatever_happens(
    storage_roots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    for stop in ("look_at_each", "check_seen"):
        with monkeypatch.context() as patched:
            patched.setattr(pipeline, stop, fail)
            with pytest.raises(RuntimeError):
                hand_in(builders.ct_slice())
        assert staged_files(storage_roots) == []
    monkeypatch.setattr(pipeline, "enter_each", fail)
    with pytest.raises(RuntimeError):
        hand_in(builders.ct_slice())
    assert staged_files(storage_roots) == []
