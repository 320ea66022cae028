"""How copies begin and end: looked at first, prepared, kept as long as their link and their original, then erased."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from pacs.access.actors import actor_for_link
from pacs.access.models import AuditEvent, GuestLink, LinkCopy, SetAside
from pacs.access.permit import visible_studies
from pacs.access.share_links import Issued, extend_link, revoke_link
from pacs.bin.emptying import erase
from pacs.catalog.models import NOBODYS, Instance, InstanceMetadata, Patient, Series, Study
from pacs.errors import BadRequest, StorageFull
from pacs.ingest.arrival import arrival_from_import
from pacs.ingest.models import QuarantinedObject
from pacs.ingest.pipeline import ingest
from pacs.ingest.receipts import Reason, Rejected, Stored
from pacs.ingest.reindex import rebuild
from pacs.media.deidentified import CannotCopy
from pacs.nameless import copying, issuing
from pacs.nameless.copying import resume_copying
from pacs.nameless.erasing import erase_ended
from pacs.nameless.issuing import NotLookedAt
from pacs.operations.tidying import tidy
from pacs.storage.blobs import blob_store
from pacs.storage.keys import BlobKey
from pacs.storage.staging import stage_bytes
from tests import people
from tests.builders import document
from tests.pacs.api.test_shares import opened
from tests.pacs.bin.binning import binned, blobs_kept, received, restored, study_of
from tests.pacs.bin.test_emptying import derived
from tests.pacs.media.test_deidentified import ultrasound
from tests.pacs.nameless.sharing import copies, copy_of, nameless_link, sender_client
from viewer.rendering.descriptions import described
from viewer.rendering.stored_frame import address_frame
from viewer.rendering.thumbnails import make_thumbnail

pytestmark = pytest.mark.django_db(transaction=True)
CT = "1.2.3"
ALICE = people.alice
JSON: dict[str, Any] = {"content_type": "application/json"}


def shown(issued: Issued) -> int:
    """How many studies the guest of the link sees."""
    link = GuestLink.objects.filter(pk=issued.link.pk).first()
    return 0 if link is None else visible_studies(actor_for_link(link)).count()


def state(issued: Issued) -> str:
    return LinkCopy.objects.get(link=issued.link).state


def end(issued: Issued) -> None:
    GuestLink.objects.filter(pk=issued.link.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def make(client: Client, study: str = CT, **given: Any) -> Any:
    return client.post("/api/shares", {"study": study, "hours": 24, "deidentified": True, **given}, **JSON)


# --- looked at first -----------------------------------------------------------------------------


def test_images_with_names_in_them_are_looked_at_before_a_link_is_made() -> None:
    received(
        *study_of(1), ultrasound(StudyInstanceUID=CT, SeriesInstanceUID="1.2.3.9", SOPInstanceUID="1.2.3.9.1")
    )
    client = sender_client()
    refused = make(client)
    assert refused.status_code == 409
    error = refused.json()["error"]
    (look,) = error["fields"]["to_look_at"]
    assert (error["code"], look["series"], look["reasons"]) == ("conflict", "1.2.3.9", ["ultrasound"])
    assert [image["uid"] for image in look["images"]] == ["1.2.3.9.1"]
    assert (GuestLink.objects.count(), copies()) == (0, 0)
    assert make(client, series=["1.2.3.4"]).status_code == 201, "what is not shared need not be looked at"
    made = make(client, seen=["1.2.3.9.1"])
    assert (made.status_code, made.json()["copy"]["done"]) == (201, 2)
    event = AuditEvent.objects.filter(action="link copied").last()
    assert event is not None
    assert (event.details["objects"], event.details["looked_at"]) == (2, 1)


def test_what_the_sender_blacks_out_is_black_in_the_copy() -> None:
    received(ultrasound(StudyInstanceUID=CT, SeriesInstanceUID="1.2.3.9", SOPInstanceUID="1.2.3.9.1"))
    edit = {"series": "1.2.3.9", "instance": "", "rows": 16, "columns": 24, "regions": [[0, 0, 24, 4]]}
    assert make(sender_client(), seen=["1.2.3.9.1"], edits=[edit]).status_code == 201
    copy = Instance.objects.get(series__study__institution_id=NOBODYS)
    with blob_store().open(BlobKey(copy.blob)) as file:
        pixels = file.read()[copy.frame_offset : copy.frame_offset + copy.frame_bytes]
    assert set(pixels[: 4 * 24 * 3]) == {0}
    assert set(pixels[4 * 24 * 3 :]) == {7}


def test_what_cannot_be_de_identified_is_left_out_and_told() -> None:
    received(*study_of(1), document(b"%PDF-1.4 Doe^Jane", StudyInstanceUID=CT))
    told = make(sender_client()).json()
    assert told["copy"] == {"total": 2, "done": 1, "left_out": 1}


def test_of_documents_alone_no_link_is_made() -> None:
    received(document(b"%PDF-1.4 Doe^Jane", StudyInstanceUID=CT))
    answer = make(sender_client())
    assert (answer.status_code, answer.json()["error"]["fields"]["parameter"]) == (400, "deidentified")
    assert GuestLink.objects.count() == 0


def test_a_copy_that_cannot_be_made_leaves_no_link_that_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: Any) -> Any:
        raise CannotCopy(reason="unreadable")

    received(*study_of(1))
    monkeypatch.setattr(copying, "copy_of", fails)
    answer = make(sender_client())
    assert (answer.status_code, copies()) == (400, 0)
    assert GuestLink.objects.get().revoked_at is not None


def test_where_there_is_no_room_the_sender_is_told_so_and_no_link_opens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*args: Any) -> Any:
        raise StorageFull

    received(*study_of(1))
    monkeypatch.setattr(copying, "stage", full)
    assert make(sender_client()).status_code == 507
    assert (state_of_all(), copies(), GuestLink.objects.get().revoked_at is None) == (["failed"], 0, False)


def test_a_patient_shares_their_own_images_without_names() -> None:
    received(*study_of(1))
    pia = people.tied(people.pia(), Patient.objects.get())
    issued = nameless_link(CT, sender=pia)
    assert (shown(issued), visible_studies(people.actor(pia)).count()) == (1, 1)


def test_the_birth_date_opens_no_link_without_names() -> None:
    received(*study_of(1, PatientBirthDate="19700101"))
    answer = make(sender_client(), challenge="birth_date")
    assert (answer.status_code, answer.json()["error"]["fields"]["parameter"]) == (400, "challenge")
    assert GuestLink.objects.count() == 0


def test_nothing_is_made_before_somebody_looked() -> None:
    received(ultrasound(StudyInstanceUID=CT))
    with pytest.raises(NotLookedAt):
        nameless_link(CT, seen=False)
    assert (GuestLink.objects.count(), copies()) == (0, 0)


# --- prepared ------------------------------------------------------------------------------------


def test_many_objects_are_copied_in_the_background_and_who_comes_early_loses_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    received(*study_of(3))
    begun: list[int] = []
    monkeypatch.setattr(issuing, "AT_ONCE_OBJECTS", 2)
    monkeypatch.setattr(issuing, "begin_copying", begun.append)
    sender = sender_client()
    told = make(sender, most_openings=1).json()
    assert (told["state"], told["copy"]) == ("preparing", {"total": 3, "done": 0, "left_out": 0})
    _, answer = opened(told["path"], told["pin"])
    assert answer.status_code == 409
    link = GuestLink.objects.get()
    assert (link.openings, link.tries_left) == (0, 5)
    public_id, _, secret = told["path"].removeprefix("/s/").partition("#")
    looked = Client().post("/api/links/look", {"id": public_id, "secret": secret}, **JSON).json()
    assert looked["preparing"] == {"total": 3, "done": 0}

    copying.copy_now(begun[0])
    _, answer = opened(told["path"], told["pin"])
    assert (answer.status_code, answer.json()["study"]) == (200, LinkCopy.objects.get().study_instance_uid)
    (listed,) = sender.get("/api/shares").json()["shares"]
    assert (listed["state"], listed["copy"]["done"]) == ("used_up", 3)


def test_what_a_crash_broke_off_is_made_anew_under_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    received(*study_of(3))
    monkeypatch.setattr(issuing, "copy_now", lambda number: None)
    issued = nameless_link(CT)
    with monkeypatch.context() as patched:
        patched.setattr(copying, "record", _end_of_the_process)
        begun = copying._Copying(LinkCopy.objects.get().pk, is_awaited=False)
        with pytest.raises(KeyboardInterrupt):
            begun.run()
    left = LinkCopy.objects.get()
    assert (left.state, copies(), shown(issued)) == ("preparing", 1, 0), (
        "what is half there is shown to nobody"
    )
    erase_ended()
    assert copies() == 1, "it is not taken for what nobody wants"
    assert resume_copying() == 1
    _wait_until_ready(issued)
    after = LinkCopy.objects.get()
    assert after.study_instance_uid not in ("", left.study_instance_uid)
    assert (copies(), shown(issued), Instance.objects.filter(series__study=after.copy).count()) == (1, 1, 3)
    assert len(blobs_kept()) == 6


def _end_of_the_process(*args: Any, **more: Any) -> Any:
    raise KeyboardInterrupt


def _wait_until_ready(issued: Issued) -> None:
    import time

    until = time.monotonic() + 60
    while state(issued) == "preparing" and time.monotonic() < until:
        time.sleep(0.05)  # the copy is made in a thread: nothing tells when
    assert state(issued) == "ready"


def test_a_link_that_is_revoked_while_it_is_prepared_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    received(*study_of(2))
    enter = copying._enter

    def and_then_revoked(actor: Any, made: Any) -> bool:
        kept = enter(actor, made)
        if GuestLink.objects.filter(revoked_at=None).update(revoked_at=timezone.now()):
            erase_ended()  # what is on its way in comes after it
        return kept

    monkeypatch.setattr(copying, "_enter", and_then_revoked)
    nameless_link(CT)
    assert (state_of_all(), copies(), len(blobs_kept())) == (["erased"], 0, 2)


def state_of_all() -> list[str]:
    return list(LinkCopy.objects.values_list("state", flat=True))


# --- ended ---------------------------------------------------------------------------------------


def test_a_link_that_was_revoked_shows_nothing_at_once_and_is_erased_with_all_that_was_made_of_it() -> None:
    received(*study_of(2))
    before, made_before = blobs_kept(), derived()
    issued = nameless_link(CT)
    copy = copy_of(issued)
    for row in Instance.objects.filter(series__study=copy):
        described(address_frame(row, 0).source)
    make_thumbnail(Series.objects.get(study=copy), "image/jpeg")
    assert (len(blobs_kept()), derived() > made_before) == (4, True)
    revoke_link(issued.link, actor=people.actor(ALICE()))
    assert shown(issued) == 0
    tidy()
    assert (copies(), blobs_kept(), derived()) == (0, before, made_before)
    assert (Instance.objects.count(), InstanceMetadata.objects.count(), Patient.objects.count()) == (2, 2, 1)
    assert state(issued) == "erased"
    assert AuditEvent.objects.filter(action="link copy erased").count() == 1
    assert rebuild().entered == 0


def test_one_that_ended_goes_on_until_it_is_erased_and_not_after() -> None:
    received(*study_of(1))
    issued = nameless_link(CT)
    end(issued)
    assert shown(issued) == 0
    later = timezone.now() + timedelta(days=2)
    extend_link(GuestLink.objects.get(), later, actor=people.actor(ALICE()))
    assert shown(issued) == 1
    tidy()
    assert (copies(), shown(issued)) == (1, 1)
    end(issued)
    tidy()
    assert copies() == 0
    with pytest.raises(BadRequest):
        extend_link(GuestLink.objects.get(), later, actor=people.actor(ALICE()))
    answer = sender_client().patch(f"/api/shares/{issued.link.public_id}", {"hours": 24}, **JSON)
    assert answer.status_code == 400
    assert shown(issued) == 0


def test_blobs_that_others_hold_too_stay() -> None:
    received(*study_of(1))
    issued = nameless_link(CT)
    (copied,) = Instance.objects.filter(series__study=copy_of(issued))
    kept = Instance.objects.get(series__study__study_instance_uid=CT)
    Instance.objects.filter(pk=kept.pk).update(blob=copied.blob)
    revoke_link(issued.link, actor=people.actor(ALICE()))
    erase_ended()
    assert blob_store().exists(BlobKey(copied.blob))


def test_with_its_senders_account_the_copy_goes() -> None:
    received(*study_of(1))
    issued = nameless_link(CT)
    GuestLink.objects.get().delete()
    assert (copies(), shown(issued)) == (1, 0)
    erase_ended()
    assert copies() == 0


# --- the original in the bin ---------------------------------------------------------------------


def test_it_closes_with_its_original_comes_back_with_it_and_is_erased_with_it() -> None:
    received(*study_of(2))
    issued = nameless_link(CT)
    uid = copy_of(issued).study_instance_uid
    deletion = binned()
    assert (shown(issued), LinkCopy.objects.count()) == (0, 0)
    erase_ended()
    assert copies() == 1, "it may come back"
    restored(deletion)
    assert shown(issued) == 1
    assert LinkCopy.objects.get().study_instance_uid == uid
    assert SetAside.objects.count() == 0
    erase(binned(), actor=people.actor(people.ada()))
    erase_ended()
    assert (shown(issued), copies(), blobs_kept()) == (0, 0, set())


def test_it_closes_for_good_when_one_of_its_images_is_deleted() -> None:
    files = [*study_of(2), *study_of(1, series="1.2.3.5")]
    received(*files)
    parts: list[dict[str, Any]] = [{}, {"series": ["1.2.3.4"]}, {"series": ["1.2.3.5"]}]
    whole, first, second = (nameless_link(CT, **part) for part in parts)
    one = Instance.objects.filter(series__series_instance_uid="1.2.3.4").order_by("pk")[0]
    deletion = binned(series="1.2.3.4", instance=one.sop_instance_uid)
    assert [shown(issued) for issued in (whole, first, second)] == [0, 0, 1]
    (told,) = {share["state"] for share in sender_client().get("/api/shares").json()["shares"]} - {"open"}
    assert told == "gone"
    restored(deletion)
    assert [shown(issued) for issued in (whole, first, second)] == [0, 0, 1]
    erase_ended()
    assert [state(issued) for issued in (whole, first, second)] == ["erased", "erased", "ready"]
    assert copies() == 1


# --- the files -----------------------------------------------------------------------------------


def test_a_catalogue_made_anew_from_the_files_has_no_copy_and_keeps_no_file_of_one() -> None:
    received(*study_of(2))
    originals = blobs_kept()
    nameless_link(CT)
    assert len(blobs_kept()) == 4
    LinkCopy.objects.all().delete()
    for model in (InstanceMetadata, Instance, Series):
        model.objects.all().delete()
    GuestLink.objects.all().delete()
    Study.objects.all().delete()
    found = rebuild()
    assert (found.entered, found.set_aside, found.is_sound) == (2, 0, True)
    assert list(Study.objects.values_list("study_instance_uid", "institution_id")) == [(CT, 0)]
    assert blobs_kept() == originals
    assert QuarantinedObject.objects.count() == 0


def test_a_copy_that_is_sent_back_in_is_refused_and_the_copy_stays() -> None:
    received(*study_of(1))
    issued = nameless_link(CT, may_download=True)
    (copied,) = Instance.objects.filter(series__study=copy_of(issued))
    with blob_store().open(BlobKey(copied.blob)) as file:
        data = file.read()
    receipt = ingest(arrival_from_import(stage_bytes(data)))
    assert isinstance(receipt, Rejected)
    assert receipt.reason is Reason.LINK_COPY
    assert shown(issued) == 1
    assert rebuild().is_sound


def test_another_archive_takes_a_copy_as_any_other_file(settings: Any) -> None:
    received(*study_of(1))
    issued = nameless_link(CT, may_download=True)
    (copied,) = Instance.objects.filter(series__study=copy_of(issued))
    with blob_store().open(BlobKey(copied.blob)) as file:
        data = file.read()
    revoke_link(issued.link, actor=people.actor(ALICE()))
    erase_ended()
    settings.SECRET_KEY = "another archive's " * 3
    assert isinstance(ingest(arrival_from_import(stage_bytes(data))), Stored)
