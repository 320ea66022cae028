"""Whose a study is that comes in, by which way and from whom; nobody puts images into another house's study."""

from __future__ import annotations

from typing import Any

import pytest

from pacs.access.accounts import change_account
from pacs.access.actors import Actor, actor_for_link, actor_for_user, system_actor
from pacs.access.houses import make_institution, move_study
from pacs.access.models import GuestLink, User
from pacs.access.permit import visible_studies
from pacs.catalog.models import Institution, Patient, Study
from pacs.catalog.unregister import Scope, unregister
from pacs.ingest.arrival import (
    Arrival,
    Origin,
    arrival_from_bin,
    arrival_from_import,
    arrival_from_stow,
)
from pacs.ingest.pipeline import ingest
from pacs.ingest.receipts import Duplicate, Reason, Receipt, Rejected, Stored
from pacs.storage.staging import stage_bytes
from tests import builders
from tests.people import TESTS, actor, ada, alice, link_to, tess

pytestmark = pytest.mark.django_db
ELSE = "St. Else"


@pytest.fixture
def elsewhere(db: None) -> Institution:
    return make_institution("Elsewhere", [ELSE], actor=TESTS)


def keyed(user: User) -> Actor:
    """A gateway's key of this account."""
    return actor_for_user(user, api_key=1)


def of_elsewhere(user: User, elsewhere: Institution) -> User:
    return change_account(user, actor=TESTS, institution=elsewhere.pk)


def sent(who: Actor, **attributes: Any) -> Receipt:
    told = {"StudyInstanceUID": "1.2.3", "SeriesInstanceUID": builders.new_uid(), **attributes}
    return ingest(arrival_from_stow(stage_bytes(builders.ct_slice(rows=4, columns=4, **told)), actor=who))


def owner() -> int | None:
    return Study.objects.get(study_instance_uid="1.2.3").institution_id


def test_in_an_archive_of_one_institution_everything_is_its_own() -> None:
    assert isinstance(sent(actor(alice()), InstitutionName=ELSE), Stored)
    assert owner() == 0


def test_what_a_person_sends_is_their_institutions_whatever_the_file_says(elsewhere: Institution) -> None:
    sent(actor(alice()), InstitutionName=ELSE)
    assert owner() == 0
    assert [study.study_instance_uid for study in visible_studies(actor(alice()))] == ["1.2.3"]


def test_what_another_houses_people_and_gateways_send_is_that_houses(elsewhere: Institution) -> None:
    sent(keyed(of_elsewhere(tess(), elsewhere)), InstitutionName="Our house")
    assert owner() == elsewhere.pk
    assert not visible_studies(actor(alice())).exists()


@pytest.mark.parametrize(
    ("said", "is_theirs"), [(ELSE, True), ("ST. ELSE", True), ("Other", False), ("", False)]
)
def test_what_a_gateway_of_the_own_house_sends_is_told_apart_by_institution_name(
    said: str, is_theirs: bool, elsewhere: Institution
) -> None:
    sent(keyed(tess()), InstitutionName=said)
    assert owner() == (elsewhere.pk if is_theirs else 0)


def test_an_import_is_told_apart_likewise(elsewhere: Institution) -> None:
    data = builders.ct_slice(rows=4, columns=4, StudyInstanceUID="1.2.3", InstitutionName=ELSE)
    ingest(arrival_from_import(stage_bytes(data)))
    assert owner() == elsewhere.pk


def test_nobody_adds_to_a_study_of_another_house(elsewhere: Institution) -> None:
    theirs = actor(of_elsewhere(tess(), elsewhere))
    assert isinstance(sent(theirs), Stored)
    assert isinstance(sent(theirs), Stored)
    refused = sent(actor(alice()))
    assert isinstance(refused, Rejected)
    assert refused.reason is Reason.CONFLICT
    assert Study.objects.get().number_of_instances == 2


def test_a_gateway_of_the_own_house_goes_on_with_a_study_whose_first_object_named_nobody(
    elsewhere: Institution,
) -> None:
    assert isinstance(sent(keyed(tess())), Stored)
    assert isinstance(sent(keyed(tess()), InstitutionName=ELSE), Stored)
    assert owner() == 0


def test_a_study_that_was_moved_stays_where_it_was_put(elsewhere: Institution) -> None:
    sent(keyed(tess()), InstitutionName=ELSE)
    move_study(Study.objects.get(), Institution.objects.get_or_create(pk=0, name="Own")[0], actor=TESTS)
    assert isinstance(sent(keyed(tess()), InstitutionName=ELSE), Stored)
    assert owner() == 0


def test_what_comes_by_a_link_is_its_makers(elsewhere: Institution) -> None:
    sent(actor(of_elsewhere(tess(), elsewhere)))
    link_to(Study.objects.get(), tess())
    guest = actor_for_link(GuestLink.objects.get())
    data = builders.ct_slice(rows=4, columns=4, StudyInstanceUID="1.2.4")
    ingest(Arrival(stage_bytes(data), Origin("upload", guest)))
    assert Study.objects.get(study_instance_uid="1.2.4").institution_id == elsewhere.pk


def test_what_is_brought_back_from_the_bin_is_whose_it_was(elsewhere: Institution) -> None:
    data = builders.ct_slice(rows=4, columns=4, StudyInstanceUID="1.2.3")
    ingest(arrival_from_stow(stage_bytes(data), actor=actor(of_elsewhere(tess(), elsewhere))))
    unregister(Study.objects.get(), Scope("1.2.3"))
    assert not Study.objects.exists()
    ingest(arrival_from_bin(stage_bytes(data), actor=actor(ada())))
    assert owner() == elsewhere.pk


def test_two_houses_count_their_patients_each_for_themselves(elsewhere: Institution) -> None:
    """The same number, and even the same name: without an issuer they are two, and a tie opens one of them."""
    sent(actor(alice()), PatientID="77", PatientName="Doe^Jane")
    theirs = actor(of_elsewhere(tess(), elsewhere))
    for uid in ("1.2.4", "1.2.5"):
        sent(theirs, StudyInstanceUID=uid, PatientID="77", PatientName="Doe^Jane")
    sent(theirs, StudyInstanceUID="1.2.4", PatientID="77", PatientName="Doe^Jane Mary")
    assert sorted(one.studies.count() for one in Patient.objects.filter(patient_id="77")) == [1, 2]
    assert sorted(Patient.objects.values_list("name", flat=True)) == ["Doe^Jane", "Doe^Jane Mary"]


def test_an_issuer_is_the_same_in_every_house(elsewhere: Institution) -> None:
    sent(actor(alice()), PatientID="77", IssuerOfPatientID="NHS")
    sent(
        actor(of_elsewhere(tess(), elsewhere)),
        StudyInstanceUID="1.2.4",
        PatientID="77",
        IssuerOfPatientID="NHS",
    )
    assert Patient.objects.filter(patient_id="77").count() == 1


def test_a_known_object_is_a_duplicate_whoever_sends_it(elsewhere: Institution) -> None:
    data = builders.ct_slice(rows=4, columns=4, StudyInstanceUID="1.2.3")
    ingest(arrival_from_stow(stage_bytes(data), actor=actor(alice())))
    again = ingest(arrival_from_stow(stage_bytes(data), actor=actor(of_elsewhere(tess(), elsewhere))))
    assert isinstance(again, Duplicate)
    assert (owner(), Study.objects.count()) == (0, 1)
    assert system_actor("tests").reach.has_all
