"""The copy that a link without names shows is open to the guests of that link, and to nobody else (promise P13)."""

from __future__ import annotations

from typing import Any

import pytest

from pacs.access import breaking_glass
from pacs.access.accounts import change_account
from pacs.access.actors import Actor, actor_for_link, system_actor
from pacs.access.breaking_glass import break_glass, locked_studies
from pacs.access.explaining import explain
from pacs.access.grants import patient_identified, revoke_grant
from pacs.access.models import GuestLink
from pacs.access.permit import (
    access_instance,
    access_series,
    access_study,
    visible_changes,
    visible_instances,
    visible_series,
    visible_studies,
)
from pacs.access.share_links import Issued, revoke_link
from pacs.access.standing import visible_instance_for
from pacs.bin.throwing_away import delete
from pacs.catalog.models import NOBODYS, Institution, Patient, Study
from pacs.catalog.unregister import Scope
from pacs.errors import NotFound
from pacs.nameless.erasing import erase_ended
from tests import people
from tests.builders import ct_slice
from tests.pacs.nameless.sharing import STUDY, ask, copy_of, nameless_link, planted_study, uids_of
from tests.viewer.kept import keep

pytestmark = pytest.mark.django_db(transaction=True)
ACCESS = ((access_study, "study"), (access_series, "series"), (access_instance, "instance"))


def guest_of(issued: Issued) -> Actor:
    return actor_for_link(GuestLink.objects.get(pk=issued.link.pk))


def sees(who: Actor, uids: dict[str, str]) -> list[bool]:
    """By each way of asking for it."""

    def opens(access: Any, uid: str) -> bool:
        try:
            access(who, uid)
        except NotFound:
            return False
        return True

    return [
        *(opens(access, uids[level]) for access, level in ACCESS),
        opens(visible_instance_for, uids["instance"]),
        visible_studies(who).filter(study_instance_uid=uids["study"]).exists(),
        visible_series(who).filter(study__study_instance_uid=uids["study"]).exists(),
        visible_instances(who).filter(series__study__study_instance_uid=uids["study"]).exists(),
    ]


def everybody() -> dict[str, Actor]:
    study = Study.objects.get(study_instance_uid=STUDY)
    people.tied(people.pia(), study.patient)
    people.granted(people.charlie(), study)
    users = {
        "clinician": people.alice(),
        "technologist": people.tess(),
        "administrator": people.ada(),
        "referrer named": people.bob(),
        "referrer granted": people.charlie(),
        "patient": people.pia(),
    }
    return {**{name: people.actor(user) for name, user in users.items()}, "system": system_actor("tests")}


@pytest.mark.parametrize("others", [False, True], ids=["alone", "with another institution"])
def test_nobody_but_its_guests_sees_the_copy(others: bool) -> None:
    planted_study()
    if others:
        Institution.objects.create(name="Elsewhere")
    issued, other = nameless_link(), nameless_link()
    copy = uids_of(copy_of(issued))
    original = uids_of(Study.objects.get(study_instance_uid=STUDY))
    ordinary = people.link_to(Study.objects.get(study_instance_uid=STUDY))
    assert sees(guest_of(issued), copy) == [True] * 7
    assert sees(guest_of(issued), original) == [False] * 7
    assert sees(guest_of(other), copy) == [False] * 7
    assert sees(guest_of(ordinary), copy) == [False] * 7
    for name, who in everybody().items():
        assert sees(who, copy) == [False] * 7, name
        assert visible_studies(who).count() == 1, name
        assert sees(who, original) == [True] * 7, name


def test_who_sees_everything_is_kept_from_copies_from_the_first_one_on_until_the_last_is_gone() -> None:
    planted_study()
    session, question = people.session_key(people.ada()), "GET /dicom-web/studies/count"

    def has_copies() -> bool:
        # What was remembered of her before is asked too: the count comes by the door.
        assert ask(session, question, None, "application/json").json() == {"count": 1}
        return people.actor(people.ada()).reach.has_copies

    assert not has_copies()
    issued = nameless_link()
    assert has_copies()
    assert sees(people.actor(people.ada()), uids_of(copy_of(issued))) == [False] * 7
    revoke_link(issued.link, actor=people.actor(people.alice()))
    assert has_copies()
    assert erase_ended() == 1
    assert not has_copies()


def test_no_list_count_or_feed_of_an_administrator_tells_of_it() -> None:
    planted_study()
    issued = nameless_link()
    copy = copy_of(issued)
    session = people.session_key(people.ada())
    told = [
        ask(session, f"GET {path}", None, "application/json")
        for path in ("/api/studies", "/dicom-web/studies", "/dicom-web/instances", "/dicom-web/changes")
    ]
    assert [one.status for one in told] == [200] * 4
    assert not [one.body for one in told if copy.study_instance_uid.encode() in one.body]
    counted = ask(session, "GET /dicom-web/studies/count", None, "application/json")
    assert counted.json() == {"count": 1}
    assert ask(session, f"GET /view/studies/{copy.study_instance_uid}/digest").status == 404
    revoke_link(issued.link, actor=people.actor(people.alice()))
    assert erase_ended() == 1
    after = ask(session, "GET /dicom-web/changes", None, "application/json")
    assert copy.study_instance_uid.encode() not in after.body
    assert [list(visible_changes(who)) for who in everybody().values()] == [[]] * 7


def test_no_other_way_leads_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    planted_study()
    copy = copy_of(nameless_link())
    Institution.objects.create(name="Elsewhere")
    keep(ct_slice(StudyInstanceUID="1.2.77", PatientID="ELSE"))
    Study.objects.filter(study_instance_uid="1.2.77").update(institution_id=Institution.objects.last())
    clinician = people.actor(people.alice())
    with pytest.raises(NotFound):
        patient_identified(copy.patient.patient_id)
    with pytest.raises(NotFound):
        delete(Scope(copy.study_instance_uid), actor=people.actor(people.ada()))
    assert explain(people.ada()).studies == 2
    in_session = Actor("person", clinician.user_id, "clinician", "alice", "key", reach=clinician.reach)
    assert not locked_studies(in_session, patient_id=copy.patient.patient_id)
    monkeypatch.setattr(breaking_glass, "require_fresh", lambda actor: None)
    with pytest.raises(NotFound):
        break_glass(in_session, copy.study_instance_uid, "an emergency, as it were")


def test_it_closes_with_whatever_the_link_hangs_on() -> None:
    planted_study()
    original = Study.objects.get(study_instance_uid=STUDY)
    by_grant = nameless_link(sender=people.granted(people.charlie(), original))
    by_account = nameless_link(sender=people.tess())
    revoked = nameless_link()
    guests = [guest_of(one) for one in (by_grant, by_account, revoked)]
    copies = [uids_of(copy_of(one)) for one in (by_grant, by_account, revoked)]
    assert [sees(who, copy) for who, copy in zip(guests, copies, strict=True)] == [[True] * 7] * 3
    revoke_grant(people.charlie(), original, actor=people.TESTS)
    change_account(people.tess(), actor=people.TESTS, is_active=False)
    revoke_link(revoked.link, actor=people.actor(people.alice()))
    assert [sees(who, copy) for who, copy in zip(guests, copies, strict=True)] == [[False] * 7] * 3


def test_two_links_of_one_study_have_nothing_in_common() -> None:
    planted_study()
    one, other = (copy_of(nameless_link()) for _ in range(2))
    assert {one.institution_id, other.institution_id} == {NOBODYS}
    assert set(uids_of(one).values()).isdisjoint(uids_of(other).values())
    assert one.patient.patient_id != other.patient.patient_id
    assert Patient.objects.count() == 3


def test_nothing_that_comes_in_joins_a_copy_or_its_patient() -> None:
    planted_study()
    copy = copy_of(nameless_link())
    named: dict[str, Any] = {
        "StudyInstanceUID": "1.2.88",
        "PatientID": copy.patient.patient_id,
        "PatientName": copy.patient.name,
    }
    (stranger,) = keep(ct_slice(**named))
    assert stranger.series.study.patient != copy.patient
    from pacs.ingest.arrival import arrival_from_import
    from pacs.ingest.pipeline import ingest
    from pacs.ingest.receipts import Reason, Rejected
    from pacs.storage.staging import stage_bytes

    into = ct_slice(**{**named, "StudyInstanceUID": copy.study_instance_uid})
    receipt = ingest(arrival_from_import(stage_bytes(into)))
    assert isinstance(receipt, Rejected)
    assert receipt.reason is Reason.CONFLICT
    copy.refresh_from_db()
    assert copy.number_of_instances == 2
