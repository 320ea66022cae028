"""Promise P13 as a property: in whatever world, all forms of the one condition open the same studies.

The reference is reckoned here in Python, from the rows, by the words of the decision and not by its code. The doors
are asked in worlds of their own: what the condition does not open, no list, count or picture shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pacs.access.actors import Actor, actor_for_user
from pacs.access.listing import studies_listed
from pacs.access.models import Grant, GroupMember, PatientTie, PeopleGroup, User
from pacs.access.permit import (
    access_instance,
    access_series,
    access_study,
    visible_instances,
    visible_series,
    visible_studies,
)
from pacs.catalog.models import NOBODYS, OWN_INSTITUTION, Institution, Patient, Study
from pacs.catalog.search import StudyFilter, place_of
from pacs.errors import NotFound
from tests.pacs.access.conftest import keep
from tests.people import signed_in

pytestmark = pytest.mark.django_db

STUDIES, PATIENTS, PEOPLE, GROUPS = 4, 2, 3, 2
DOCTORS = ("", "Ann^One", "Ben^Two")
ROLES = ("administrator", "clinician", "technologist", "referrer", "patient")
few = st.integers


@dataclass(frozen=True)
class World:
    """All that decides, as numbers into the lists of who and what there is."""

    others: int  # institutions beside the own one
    studies: list[tuple[int, int, int]]  # patient, doctor, institution
    people: list[tuple[str, int, int]]  # role, doctor, institution
    members: list[tuple[int, int]]
    ties: list[tuple[int, int]]
    grants: list[tuple[str, int, str, int, bool]]  # holder, which, what, which, has ended


worlds = st.builds(
    World,
    others=few(0, 1),
    studies=st.lists(
        st.tuples(few(0, PATIENTS - 1), few(0, 2), few(0, 1)), min_size=STUDIES, max_size=STUDIES
    ),
    people=st.lists(
        st.tuples(st.sampled_from(ROLES), few(0, 2), few(0, 1)), min_size=PEOPLE, max_size=PEOPLE
    ),
    members=st.lists(st.tuples(few(0, PEOPLE - 1), few(0, GROUPS - 1)), max_size=3, unique=True),
    ties=st.lists(st.tuples(few(0, PEOPLE - 1), few(0, PATIENTS - 1)), max_size=3, unique=True),
    grants=st.lists(
        st.tuples(
            st.sampled_from(["user", "group", "to_institution"]),
            few(0, 1),
            st.sampled_from(["study", "patient", "doctor", "institution"]),
            few(0, 1),
            st.booleans(),
        ),
        max_size=5,
        unique_by=lambda one: one[:4],
    ),
)


class Made:
    """The rows of a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        houses = [OWN_INSTITUTION, *(Institution.objects.create(name="Else").pk for _ in range(world.others))]
        self.houses = [houses[number % len(houses)] for number in (0, 1)]
        self.patients = [Patient.objects.create(identity_key=f"p{number}") for number in range(PATIENTS)]
        self.studies = [self._study(number, *one) for number, one in enumerate(world.studies)]
        self._copy()
        self.people = [self._person(number, *one) for number, one in enumerate(world.people)]
        self.groups = [PeopleGroup.objects.create(name=f"g{number}") for number in range(GROUPS)]
        for person, group in world.members:
            GroupMember.objects.create(user=self.people[person], group=self.groups[group])
        for person, patient in world.ties:
            PatientTie.objects.create(user=self.people[person], patient=self.patients[patient])
        for one in world.grants:
            self._grant(*one)

    def _study(self, number: int, patient: int, doctor: int, house: int) -> Study:
        kept = keep(number, self.patients[patient], DOCTORS[doctor])
        moment, arrival = 10 - number // 2, (number * 3) % STUDIES + 1  # some at the same moment
        Study.objects.filter(pk=kept.study.pk).update(
            institution_id=self.houses[house], study_moment=moment, arrival=arrival
        )
        return Study.objects.get(pk=kept.study.pk)

    def _copy(self) -> None:
        """What the guests of a link without names see is nobody's: beside the studies, and open to none of these."""
        kept = keep(STUDIES, Patient.objects.create(identity_key="pseudonym"))
        Study.objects.filter(pk=kept.study.pk).update(institution_id=NOBODYS)

    def _person(self, number: int, role: str, doctor: int, house: int) -> User:
        key = ("", "ann one", "ben two")[doctor]
        return User.objects.create(
            username=f"u{number}", role=role, referring_physician_key=key, institution_id=self.houses[house]
        )

    def _grant(self, holder: str, who: int, what: str, which: int, ended: bool) -> None:
        holders: dict[str, dict[str, Any]] = {
            "user": {"user": self.people[who]},
            "group": {"group": self.groups[who]},
            "to_institution": {"to_institution_id": self.houses[who]},
        }
        openings: dict[str, dict[str, Any]] = {
            "study": {"study": self.studies[which]},
            "patient": {"patient": self.patients[which]},
            "doctor": {"referring_physician_key": ("ann one", "ben two")[which]},
            "institution": {"institution_id": self.houses[which]},
        }
        ends = timezone.now() + timedelta(hours=-1 if ended else 1)
        Grant.objects.get_or_create(**holders[holder], **openings[what], defaults={"expires_at": ends})

    def opens(self, person: int, study: Study) -> bool:
        """Whether the decision says so, reckoned one row at a time."""
        user = self.people[person]
        if user.role == "administrator":
            return True
        if user.role == "patient":
            return PatientTie.objects.filter(user=user, patient=study.patient).exists()
        if user.role in ("clinician", "technologist"):
            alone = not self.world.others
            if alone or study.institution_id == user.institution_id:
                return True
        elif user.referring_physician_key and user.referring_physician_key == study.referring_physician_key:
            return True
        return any(self._holds(one, user) and _names(one, study) for one in Grant.objects.all())

    def _holds(self, one: Grant, user: User) -> bool:
        if one.expires_at is not None and one.expires_at <= timezone.now():
            return False
        if one.group_id is not None:
            return GroupMember.objects.filter(user=user, group_id=one.group_id).exists()
        if one.to_institution_id is not None:
            return user.role in ("clinician", "technologist") and one.to_institution_id == user.institution_id
        return one.user_id == user.pk


def _names(one: Grant, study: Study) -> bool:
    return (
        one.study_id == study.pk
        or one.patient_id == study.patient_id
        or (one.institution_id is not None and one.institution_id == study.institution_id)
        or one.referring_physician_key == study.referring_physician_key
    )


def in_a_world(world: World, check: Any) -> None:
    with transaction.atomic():
        check(Made(world))
        transaction.set_rollback(True)


def _access(access: Any, who: Any, uid: str) -> bool:
    try:
        access(who, uid)
    except NotFound:
        return False
    return True


def all_forms_agree(made: Made) -> None:
    for number, user in enumerate(made.people):
        who = actor_for_user(user)
        lists = {
            study.study_instance_uid: (
                visible_studies(who).filter(pk=study.pk).exists(),
                visible_series(who).filter(study=study).exists(),
                visible_instances(who).filter(series__study=study).exists(),
                _access(access_study, who, study.study_instance_uid),
                _access(access_series, who, f"{study.study_instance_uid}.1"),
                _access(access_instance, who, f"{study.study_instance_uid}.1.1"),
            )
            for study in made.studies
        }
        expected = {study.study_instance_uid: (made.opens(number, study),) * 6 for study in made.studies}
        assert lists == expected, (user.role, made.world)
        assert visible_studies(who).count() == [any(one) for one in expected.values()].count(True)
        assert visible_instances(who).count() == visible_studies(who).count()
        lists_agree(who, [study for study in made.studies if made.opens(number, study)])


def lists_agree(who: Actor, own: list[Study]) -> None:
    """All pages of two, and what each tells of the whole."""
    left = sorted(own, key=lambda study: (study.study_moment, study.pk), reverse=True)
    newest, after = max((study.arrival for study in own), default=0), None
    while True:
        page = studies_listed(who, StudyFilter(), after, 2)
        assert (page.studies, page.arrival) == (left[:2], newest)
        if not left:
            return
        left, after = left[2:], place_of(page.studies[-1])


def doors_show_no_more(made: Made) -> None:
    for number, user in enumerate(made.people):
        client = signed_in(user)
        own = {study.study_instance_uid for study in made.studies if made.opens(number, study)}
        rows = client.get("/api/studies").json()
        assert {row["uid"] for row in rows["studies"]} == own
        assert _qido(client, "studies", "0020000D") == own
        assert _qido(client, "series", "0020000D") == own
        assert _qido(client, "instances", "0020000D") == own
        for study in made.studies:
            uid = study.study_instance_uid
            status = client.get(f"/dicom-web/studies/{uid}/series").status_code
            assert status == (200 if uid in own else 404)


def _qido(client: Client, level: str, tag: str) -> set[str]:
    answer = client.get(f"/dicom-web/{level}", headers={"Accept": "application/dicom+json"})
    counted = client.get(f"/dicom-web/{level}/count").json()
    found = answer.json() if answer.content else []
    assert counted == {"count": len(found)}
    return {row[tag]["Value"][0] for row in found}


worldly = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)


@worldly
@given(world=worlds)
def test_every_form_of_the_condition_opens_what_the_decision_says(db: None, world: World) -> None:
    in_a_world(world, all_forms_agree)


@settings(worldly, max_examples=10)
@given(world=worlds)
def test_no_door_shows_what_the_condition_does_not_open(db: None, world: World) -> None:
    in_a_world(world, doors_show_no_more)
