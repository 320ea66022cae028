"""Studies that guests send in by an upload link: aside until somebody says whose they are, seen by nobody before."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from pacs.access.accounts import change_account
from pacs.access.houses import make_institution
from pacs.access.models import AuditEvent, GuestLink, Notice
from pacs.access.share_links import Issued, Terms, revoke_link
from pacs.access.upload_links import issue_upload_link
from pacs.catalog.models import Instance, Institution, Patient, SaidOtherwise, Study
from pacs.ingest.models import ReceivedObject, ReceivedStudy
from pacs.ingest.received import deciding
from pacs.ingest.received.handing_in import received_store
from pacs.storage.keys import BlobKey
from tests import builders
from tests.pacs.api.test_uploads import JSON, RAW, address, begin, told, upload_whole
from tests.pacs.ingest.zips import zipped
from tests.people import PIN, TESTS, actor, ada, alice, bearer, bob, guest_of, pia, signed_in, tess
from tests.viewer.kept import keep

# The reading works in threads of its own, which see only what is committed.
pytestmark = pytest.mark.django_db(transaction=True)
SENT: dict[str, Any] = {"PatientName": "Sent^Sally", "PatientID": "OTHER-1", "PatientBirthDate": "19700101"}


def upload_link(**quota: int) -> Issued:
    """A link of Alice's, for a day."""
    terms = Terms(pin=PIN, expires_at=timezone.now() + timedelta(days=1), recipient="Dr Far")
    bounds = {"quota_bytes": 10_000_000, "quota_objects": 100, **quota}
    return issue_upload_link(terms, **bounds, actor=actor(alice()))


def listed(who: Any = None) -> list[dict[str, Any]]:
    studies: list[dict[str, Any]] = told(Client().get("/api/received", headers=bearer(who or tess())))[
        "studies"
    ]
    return studies


def match(number: int, study: str | None = None, who: Any = None) -> Any:
    return Client().post(
        f"/api/received/{number}/match", {"study": study}, JSON, headers=bearer(who or tess())
    )


def settled() -> list[dict[str, Any]]:
    """What is listed once nothing is being taken in."""
    ends_at = time.monotonic() + 30
    while any(one["state"] == "taking_in" for one in listed()) and time.monotonic() < ends_at:
        time.sleep(0.05)
    return listed()


def lying() -> list[BlobKey]:
    return list(received_store().keys())


def test_what_a_guest_sends_is_seen_by_nobody_before_somebody_says_whose_it_is() -> None:
    link, data = upload_link(), builders.ct_slice(**SENT)
    guest = guest_of(link)
    done = upload_whole(guest, "scans/IM1", data)
    assert done["state"] == "done"
    assert done["verdicts"] == [
        {"name": "scans/IM1", "verdict": "stored", "reason": None, "message": "Received.", "study": None}
    ]
    assert not Instance.objects.exists()
    for place in ("/api/studies", "/dicom-web/studies", "/api/received", "/api/shares"):
        assert guest.get(place).status_code == 403
    (waiting,) = listed()
    assert waiting["patient"]["name"]["alphabetic"] == "Sent^Sally"
    assert (waiting["objects"], waiting["state"], waiting["link"]["recipient"]) == (1, "waiting", "Dr Far")
    assert AuditEvent.objects.filter(action="object received", means="link").count() == 1
    assert Notice.objects.filter(what="received").count() == 1
    for stranger in (bob(), pia()):
        assert Client().get("/api/received", headers=bearer(stranger)).status_code == 403
        assert match(waiting["number"], who=stranger).status_code == 403


def test_it_is_taken_in_as_its_files_say() -> None:
    data = builders.ct_slice(**SENT)
    upload_whole(guest_of(upload_link()), "IM1", data)
    assert match(listed()[0]["number"]).status_code == 202
    assert settled() == []
    instance = Instance.objects.select_related("series__study__patient").get()
    assert instance.series.study.patient.name == "Sent^Sally"
    assert lying() == []
    event = AuditEvent.objects.get(action="received matched")
    assert event.details == {"objects": 1, "as_another": False}


def test_it_is_taken_in_as_the_patient_whom_somebody_says_it_to_be_and_its_bytes_stay_as_they_came() -> None:
    (known,) = keep(
        builders.ct_slice(PatientName="Here^Sally", PatientID="OURS-1", PatientBirthDate="19700101")
    )
    ours = known.series.study
    study = builders.new_uid()
    files = [builders.ct_slice(StudyInstanceUID=study, **SENT) for _ in range(3)]
    upload_whole(
        guest_of(upload_link()), "disc.zip", zipped(*((f"IM{n}", data) for n, data in enumerate(files)))
    )
    (waiting,) = listed()
    assert waiting["objects"] == 3
    assert match(waiting["number"], ours.study_instance_uid).status_code == 202
    assert settled() == []
    taken = Study.objects.get(study_instance_uid=study)
    assert (taken.patient_id, taken.number_of_instances) == (ours.patient_id, 3)
    assert Patient.objects.get().name == "Here^Sally"
    blobs = Instance.objects.filter(series__study=taken).values_list("blob", flat=True)
    assert set(blobs) == {builders.blob_key_of(data) for data in files}
    # One more image of it, by another door: it is theirs as well; of somebody else it is none.
    keep(builders.ct_slice(StudyInstanceUID=study, **SENT))
    with pytest.raises(AssertionError):
        keep(builders.ct_slice(StudyInstanceUID=study, PatientName="Third^Tom", PatientID="X-1"))
    assert Study.objects.get(study_instance_uid=study).number_of_instances == 4


def test_a_study_that_is_here_is_not_moved_to_another_patient() -> None:
    (known,) = keep(builders.ct_slice(**SENT))
    (other,) = keep(builders.ct_slice(PatientName="Else^Eve", PatientID="OURS-2"))
    theirs = known.series.study.study_instance_uid
    upload_whole(guest_of(upload_link()), "IM1", builders.ct_slice(StudyInstanceUID=theirs, **SENT))
    (waiting,) = listed()
    refused = match(waiting["number"], other.series.study.study_instance_uid)
    assert (refused.status_code, SaidOtherwise.objects.exists()) == (409, False)
    assert match(waiting["number"], theirs).status_code == 202
    assert settled() == []


def test_files_of_one_study_that_name_two_patients_are_asked_about_apart() -> None:
    study, guest = builders.new_uid(), guest_of(upload_link())
    upload_whole(guest, "one", builders.ct_slice(StudyInstanceUID=study, **SENT))
    upload_whole(
        guest, "two", builders.ct_slice(StudyInstanceUID=study, PatientName="Sly^Sam", PatientID="9")
    )
    assert [one["objects"] for one in listed()] == [1, 1]


def test_what_is_thrown_away_leaves_nothing() -> None:
    upload_whole(guest_of(upload_link()), "IM1", builders.ct_slice(**SENT))
    (waiting,) = listed()
    assert lying() != []
    answer = Client().delete(f"/api/received/{waiting['number']}", headers=bearer(tess()))
    assert answer.status_code == 204
    assert (listed(), lying(), ReceivedObject.objects.count()) == ([], [], 0)
    assert AuditEvent.objects.filter(action="received rejected").count() == 1


def test_a_guest_is_told_nothing_of_what_is_here_already() -> None:
    data = builders.ct_slice(**SENT)
    keep(data)
    done = upload_whole(guest_of(upload_link()), "IM1", data)
    assert [verdict["verdict"] for verdict in done["verdicts"]] == ["stored"]


def test_what_is_no_whole_image_is_refused_and_not_kept() -> None:
    guest = guest_of(upload_link())
    cut = upload_whole(guest, "IM1", builders.ct_slice(**SENT)[:-100])
    readme = upload_whole(guest, "README", b"hello")
    assert [one["verdicts"][0]["verdict"] for one in (cut, readme)] == ["rejected", "skipped"]
    assert (listed(), lying()) == ([], [])


def test_no_more_comes_than_the_link_takes() -> None:
    data = builders.ct_slice(**SENT)
    guest = guest_of(upload_link(quota_bytes=len(data) * 2))
    too_much = guest.post("/api/uploads", {"name": "a", "size_bytes": len(data) * 2 + 1}, JSON)
    assert too_much.status_code == 413
    given_up = begin(guest, "a", len(data) * 2)
    assert guest.post("/api/uploads", {"name": "b", "size_bytes": 1}, JSON).status_code == 413
    assert guest.delete(address(given_up)).status_code == 204
    assert upload_whole(guest, "b", data)["state"] == "done"

    few = guest_of(upload_link(quota_objects=1))
    archive = zipped(("1", builders.ct_slice(**SENT)), ("2", builders.ct_slice(**SENT)))
    verdicts = upload_whole(few, "disc.zip", archive)["verdicts"]
    assert sorted(verdict["verdict"] for verdict in verdicts) == ["rejected", "stored"]
    assert [verdict["reason"] for verdict in verdicts if verdict["reason"]] == ["quota"]


def test_what_unpacks_to_more_than_the_link_takes_is_not_kept() -> None:
    data = builders.ct_slice(rows=256, columns=256, **SENT)
    archive = zipped(("1", data))
    assert len(archive) < len(data) - 1000
    guest = guest_of(upload_link(quota_bytes=len(data) - 1))
    assert upload_whole(guest, "disc.zip", archive)["verdicts"][0]["reason"] == "quota"
    assert (ReceivedStudy.objects.count(), lying()) == (0, [])


def test_what_comes_twice_counts_once() -> None:
    link, data = upload_link(), builders.ct_slice(**SENT)
    for name in ("IM1", "IM1 again"):
        upload_whole(guest_of(link), name, data)
    assert [one["objects"] for one in listed()] == [1]
    assert GuestLink.objects.get().taken_objects == 1


def test_a_link_that_is_taken_back_takes_nothing_more() -> None:
    link, data = upload_link(), builders.ct_slice(**SENT)
    guest = guest_of(link)
    upload = begin(guest, "IM1", len(data))
    revoke_link(link.link, actor=actor(alice()))
    headers = {"Upload-Offset": "0"}
    assert guest.patch(address(upload), data, RAW, headers=headers).status_code == 401
    assert guest.post("/api/uploads", {"name": "a", "size_bytes": 1}, JSON).status_code == 401
    assert listed() == []


def test_the_browsers_of_one_link_know_nothing_of_each_other() -> None:
    link = upload_link()
    one, other = guest_of(link), guest_of(link)
    upload = begin(one, "Doe^Jane.dcm", 1000)
    assert other.get("/api/uploads").json()["uploads"] == []
    assert other.get(address(upload)).status_code == 404
    assert signed_in(alice()).get(address(upload)).status_code == 404
    assert signed_in(alice()).get("/api/uploads").json()["uploads"] == []


def test_a_link_is_made_by_who_may_store_and_says_so_again() -> None:
    form = {"hours": 24, "recipient": "Dr Far", "quota_bytes": 5_000_000}
    made = told(Client().post("/api/upload-links", form, JSON, headers=bearer(tess())), 201)
    assert (made["purpose"], made["quota_bytes"], len(made["pin"])) == ("receive", 5_000_000, 6)
    assert made["path"].startswith(f"/s/{made['id']}#")
    assert signed_in(tess()).post("/api/upload-links", form, JSON).json()["error"]["code"] == "not_fresh"
    for other in (bob(), pia()):
        assert Client().post("/api/upload-links", form, JSON, headers=bearer(other)).status_code == 403
    (share,) = told(Client().get("/api/shares", headers=bearer(tess())))["shares"]
    assert (share["state"], share["purpose"]) == ("open", "receive")
    ended_answer = Client().delete(f"/api/shares/{made['id']}", headers=bearer(tess()))
    assert ended_answer.status_code == 204


@pytest.mark.parametrize(
    "wrong",
    [{"hours": 0}, {"quota_bytes": 0}, {"challenge": "birth_date"}, {"pin": "123456"}, {"hours": 2161}],
)
def test_a_link_that_cannot_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    form = {"hours": 24, **wrong}
    assert Client().post("/api/upload-links", form, JSON, headers=bearer(tess())).status_code == 400


def test_what_a_stop_broke_off_goes_on_at_the_next_start() -> None:
    upload_whole(guest_of(upload_link()), "IM1", builders.ct_slice(**SENT))
    ReceivedStudy.objects.update(state="taking_in", decided_by=ada())
    deciding.resume_received()
    assert settled() == []
    assert Instance.objects.count() == 1


def test_who_may_store_no_longer_takes_nothing_in() -> None:
    upload_whole(guest_of(upload_link()), "IM1", builders.ct_slice(**SENT))
    ReceivedStudy.objects.update(state="taking_in", decided_by=bob())
    deciding.resume_received()
    (waiting,) = settled()
    assert (waiting["state"], waiting["problem"]) == ("waiting", "not_allowed")


def test_an_object_that_is_refused_is_told_and_lies_with_what_was_refused() -> None:
    uid = builders.new_uid()
    keep(builders.ct_slice(SOPInstanceUID=uid, **SENT))
    guest = guest_of(upload_link())
    upload_whole(guest, "IM1", builders.ct_slice(SOPInstanceUID=uid, rows=32, columns=32, **SENT))
    assert match(listed()[0]["number"]).status_code == 202
    (left,) = settled()
    assert (left["state"], left["refused"]) == ("done", 1)
    assert lying() == []


@pytest.fixture
def elsewhere(db: None) -> Institution:
    """Another institution in this archive, of which Tess is."""
    other = make_institution("Elsewhere", [], actor=TESTS)
    change_account(tess(), actor=TESTS, institution=other.pk)
    return other


def test_what_came_by_a_link_is_for_the_institution_of_who_made_it(elsewhere: Institution) -> None:
    upload_whole(guest_of(upload_link()), "IM1", builders.ct_slice(**SENT))
    (waiting,) = listed(alice())
    assert listed(tess()) == []
    assert match(waiting["number"], who=tess()).status_code == 404
    thrown = Client().delete(f"/api/received/{waiting['number']}", headers=bearer(tess()))
    assert thrown.status_code == 404
    assert [one["number"] for one in listed(ada())] == [waiting["number"]]
    change_account(alice(), actor=TESTS, institution=elsewhere.pk)
    assert [one["number"] for one in listed(tess())] == [waiting["number"]]


def test_it_is_of_that_institution_too_when_an_administrator_takes_it_in(elsewhere: Institution) -> None:
    change_account(alice(), actor=TESTS, institution=elsewhere.pk)
    upload_whole(guest_of(upload_link()), "IM1", builders.ct_slice(**SENT))
    assert match(listed(tess())[0]["number"], who=ada()).status_code == 202
    assert settled() == []
    assert Study.objects.get().institution_id == elsewhere.pk


def test_what_a_link_without_a_maker_brought_is_for_who_sees_everything(elsewhere: Institution) -> None:
    upload_whole(guest_of(upload_link()), "IM1", builders.ct_slice(**SENT))
    GuestLink.objects.all().delete()
    assert (listed(alice()), listed(tess()), len(listed(ada()))) == ([], [], 1)
