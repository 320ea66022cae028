"""Grants: to a person, a group, an institution's staff; of a study, a patient, a referrer, an institution."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from pacs.access.accounts import change_account
from pacs.access.actors import actor_for_link
from pacs.access.grants import Holder, Opened, grant, revoke
from pacs.access.models import AuditEvent, Grant, User
from pacs.access.people_groups import change_group, close_group, make_group
from pacs.access.permit import access_instance, access_study, visible_changes
from pacs.catalog.institutions import own_institution
from pacs.catalog.models import Institution, Patient, Study
from pacs.catalog.unregister import Scope, write_change
from pacs.errors import BadRequest, NotFound
from tests.pacs.access.conftest import Kept, keep
from tests.pacs.access.test_policy import seen
from tests.people import TESTS, actor, ada, alice, bob, charlie, end_grants, link_to, pia, tess

pytestmark = pytest.mark.django_db


@pytest.fixture
def elsewhere(db: None) -> Institution:
    return Institution.objects.create(name="Elsewhere")


@pytest.fixture
def theirs(elsewhere: Institution) -> Kept:
    """A study of another institution, of a patient of its own, on which Bob is named as well."""
    kept = keep(3, Patient.objects.create(identity_key="thea", patient_id="P3"), "Bob^Referrer")
    Study.objects.filter(pk=kept.study.pk).update(institution=elsewhere)
    kept.study.refresh_from_db()
    return kept


def to_charlie(opened: Opened, **terms: object) -> Grant:
    return grant(Holder(user=charlie()), opened, actor=TESTS, **terms)  # type: ignore[arg-type]


def test_a_patient_is_granted_with_the_studies_to_come(pias: Kept, pauls: Kept) -> None:
    to_charlie(Opened(patient=pias.patient))
    assert seen(actor(charlie())) == {"1.2.1"}
    keep(8, pias.patient)
    assert seen(actor(charlie())) == {"1.2.1", "1.2.8"}


def test_a_referrer_is_granted_to_a_colleague_however_the_name_is_written(pias: Kept, pauls: Kept) -> None:
    to_charlie(Opened(referring_physician="BOB^Referrer"))
    assert seen(actor(charlie())) == {"1.2.1"}


def test_an_institution_is_granted_whole(pias: Kept, theirs: Kept, elsewhere: Institution) -> None:
    to_charlie(Opened(institution=elsewhere))
    assert seen(actor(charlie())) == {"1.2.3"}


def test_what_is_granted_to_a_group_is_its_members_as_long_as_they_are_in_it(pauls: Kept) -> None:
    group = make_group("Practice", [bob(), charlie()], actor=TESTS)
    grant(Holder(group=group), Opened(study=pauls.study), actor=TESTS)
    assert seen(actor(bob())) == seen(actor(charlie())) == {"1.2.2"}
    change_group(group, actor=TESTS, members=[bob()])
    assert (seen(actor(bob())), seen(actor(charlie()))) == ({"1.2.2"}, set())
    close_group(group, actor=TESTS)
    assert seen(actor(bob())) == set()
    assert not Grant.objects.exists()


def test_institutions_are_kept_apart_and_share_by_grants_only(
    pias: Kept, theirs: Kept, elsewhere: Institution
) -> None:
    User.objects.filter(pk=tess().pk).update(institution=elsewhere)
    assert (seen(actor(alice())), seen(actor(tess()))) == ({"1.2.1"}, {"1.2.3"})
    shared = grant(Holder(to_institution=elsewhere), Opened(study=pias.study), actor=TESTS)
    assert seen(actor(tess())) == {"1.2.1", "1.2.3"}
    assert seen(actor(alice())) == {"1.2.1"}
    revoke(shared, actor=TESTS)
    assert seen(actor(tess())) == {"1.2.3"}
    assert seen(actor(ada())) == {"1.2.1", "1.2.3"}


def test_what_is_shared_with_an_institution_is_for_its_staff_and_not_for_its_referrers(theirs: Kept) -> None:
    """Every referrer's account is of an institution too, though they are not its staff."""
    grant(Holder(to_institution=own_institution()), Opened(study=theirs.study), actor=TESTS)
    assert (seen(actor(alice())), seen(actor(charlie()))) == ({"1.2.3"}, set())


@pytest.mark.parametrize("what", ["study", "patient", "referring_physician", "institution"])
def test_a_grant_of_any_kind_ends(what: str, theirs: Kept, elsewhere: Institution) -> None:
    opened = {
        "study": Opened(study=theirs.study),
        "patient": Opened(patient=theirs.patient),
        "referring_physician": Opened(referring_physician="Bob^Referrer"),
        "institution": Opened(institution=elsewhere),
    }[what]
    made = to_charlie(opened, expires_at=timezone.now() + timedelta(hours=1))
    assert to_charlie(opened, expires_at=timezone.now() + timedelta(hours=2)).pk == made.pk
    assert seen(actor(charlie())) == {"1.2.3"}
    end_grants()
    assert seen(actor(charlie())) == set()
    with pytest.raises(NotFound):
        access_instance(actor(charlie()), "1.2.3.1.1")


def test_a_grant_names_one_holder_and_one_thing(pias: Kept) -> None:
    for opened in (Opened(), Opened(study=pias.study, patient=pias.patient), Opened(referring_physician=" ")):
        with pytest.raises(BadRequest):
            to_charlie(opened)
    with pytest.raises(BadRequest):
        grant(Holder(), Opened(study=pias.study), actor=TESTS)
    both = {"user": charlie(), "study": pias.study, "patient": pias.patient}
    for rows in ({"user": charlie()}, {"study": pias.study}, both):
        with pytest.raises(IntegrityError), transaction.atomic():
            Grant.objects.create(**rows)


@pytest.mark.parametrize("person", [pia, ada])
def test_nothing_is_granted_to_patients_nor_to_who_sees_all(person: Callable[[], User], pias: Kept) -> None:
    with pytest.raises(BadRequest):
        grant(Holder(user=person()), Opened(patient=pias.patient), actor=TESTS)
    with pytest.raises(BadRequest):
        make_group("Friends", [person()], actor=TESTS)


def test_a_member_who_becomes_a_patient_has_nothing_of_the_group(pauls: Kept) -> None:
    group = make_group("Practice", [charlie()], actor=TESTS)
    grant(Holder(group=group), Opened(study=pauls.study), actor=TESTS)
    change_account(charlie(), actor=TESTS, role="patient")
    assert seen(actor(charlie())) == set()


def test_whoever_had_a_study_by_a_grant_of_any_kind_hears_that_it_went(theirs: Kept) -> None:
    write_change("deleted", theirs.study, Scope("1.2.3"))
    assert not visible_changes(actor(charlie())).exists()
    assert not visible_changes(actor(alice())).exists()  # of another institution
    whose = Institution.objects.get(pk=theirs.study.institution_id or 0)
    for opened in (
        Opened(study=theirs.study),
        Opened(patient=theirs.patient),
        Opened(referring_physician="Bob^Referrer"),
        Opened(institution=whose),
    ):
        made = to_charlie(opened)
        assert visible_changes(actor(charlie())).count() == 1
        revoke(made, actor=TESTS)


def test_a_grant_is_written_down_without_a_name_of_a_patient(pias: Kept) -> None:
    made = to_charlie(Opened(patient=pias.patient))
    event = AuditEvent.objects.get(action="studies granted")
    assert (event.patient_pk, event.details) == (pias.patient.pk, {"account": "charlie", "until": None})
    revoke(made, actor=TESTS)
    assert AuditEvent.objects.get(action="grant revoked").patient_pk == pias.patient.pk
    with pytest.raises(NotFound):
        revoke(made, actor=TESTS)


def test_a_link_opens_no_more_than_what_was_granted_to_its_sender(pauls: Kept) -> None:
    made = to_charlie(Opened(patient=pauls.patient))
    link = link_to(pauls.study, charlie()).link
    assert access_study(actor_for_link(link), "1.2.2")
    revoke(made, actor=TESTS)
    with pytest.raises(NotFound):
        access_study(actor_for_link(link), "1.2.2")
