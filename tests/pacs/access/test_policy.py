"""Promise P13: one policy, and what may not be seen does not exist."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from pacs.access.accounts import change_account
from pacs.access.actors import NOBODY, Actor, system_actor
from pacs.access.grants import grant_study, revoke_grant, tie_patient, untie_patient
from pacs.access.models import AuditEvent, Grant, User
from pacs.access.permit import (
    Act,
    access_instance,
    access_series,
    access_study,
    require,
    visible_instances,
    visible_series,
    visible_studies,
)
from pacs.errors import BadRequest, NotAllowed, NotFound, NotSignedIn
from tests.pacs.access.conftest import Kept
from tests.people import (
    TESTS,
    account,
    actor,
    ada,
    alice,
    bob,
    charlie,
    end_grants,
    granted,
    paul,
    pia,
    tess,
    tied,
)

pytestmark = pytest.mark.django_db


def seen(who: Actor) -> set[str]:
    """The studies that all three levels agree on."""
    studies = {study.study_instance_uid for study in visible_studies(who)}
    assert {series.study.study_instance_uid for series in visible_series(who)} == studies
    assert {row.series.study.study_instance_uid for row in visible_instances(who)} == studies
    return studies


@pytest.mark.parametrize("person", [alice, tess, ada])
def test_staff_see_every_study(person: Callable[[], User], pias: Kept, pauls: Kept) -> None:
    assert seen(actor(person())) == {"1.2.1", "1.2.2"}


def test_the_system_sees_every_study_and_nobody_none(pias: Kept, pauls: Kept) -> None:
    assert seen(system_actor("import")) == {"1.2.1", "1.2.2"}
    assert seen(NOBODY) == set()


def test_a_referrer_sees_the_studies_that_name_them(pias: Kept, pauls: Kept) -> None:
    assert seen(actor(bob())) == {"1.2.1"}
    assert seen(actor(charlie())) == set()


def test_a_referrer_without_a_name_does_not_see_studies_without_one(pauls: Kept) -> None:
    assert pauls.study.referring_physician_key == ""
    assert seen(actor(account("nameless", "referrer"))) == set()


def test_a_grant_opens_one_study_until_it_ends(pias: Kept, pauls: Kept) -> None:
    charles = granted(charlie(), pauls.study)
    assert seen(actor(charles)) == {"1.2.2"}
    grant_study(charles, pauls.study, actor=TESTS, expires_at=timezone.now() + timedelta(hours=1))
    assert seen(actor(charles)) == {"1.2.2"}
    assert Grant.objects.count() == 1
    end_grants()
    assert seen(actor(charles)) == set()


def test_a_revoked_grant_closes_the_study(pauls: Kept) -> None:
    charles = granted(charlie(), pauls.study)
    revoke_grant(charles, pauls.study, actor=TESTS)
    assert seen(actor(charles)) == set()
    with pytest.raises(NotFound):
        revoke_grant(charles, pauls.study, actor=TESTS)


def test_a_patient_sees_their_own_studies_and_a_parent_those_of_their_children(
    pias: Kept, pauls: Kept
) -> None:
    assert seen(actor(tied(pia(), pias.patient))) == {"1.2.1"}
    assert seen(actor(paul())) == set()
    tied(pia(), pauls.patient)
    assert seen(actor(pia())) == {"1.2.1", "1.2.2"}
    untie_patient(pia(), pias.patient, actor=TESTS)
    assert seen(actor(pia())) == {"1.2.2"}


def test_what_a_role_no_longer_opens_stays_closed_though_its_ties_and_grants_remain(pauls: Kept) -> None:
    charles = granted(charlie(), pauls.study)
    change_account(charles, actor=TESTS, role="patient")
    assert seen(actor(charles)) == set()


def test_ties_are_for_patients_and_grants_for_referrers(pias: Kept) -> None:
    with pytest.raises(BadRequest):
        tie_patient(bob(), pias.patient, actor=TESTS)
    with pytest.raises(BadRequest):
        grant_study(pia(), pias.study, actor=TESTS)


def test_a_closed_account_is_nobody(pias: Kept) -> None:
    gone = change_account(alice(), actor=TESTS, is_active=False)
    assert actor(gone) == NOBODY


@pytest.mark.parametrize(
    ("access", "visible", "unknown"),
    [
        (access_study, "1.2.1", "1.2.9"),
        (access_series, "1.2.1.1", "1.2.9.1"),
        (access_instance, "1.2.1.1.1", "1.2.9.1.1"),
    ],
)
def test_unknown_and_forbidden_look_the_same(
    access: Callable[[Actor, str], object], visible: str, unknown: str, pias: Kept
) -> None:
    assert access(actor(bob()), visible)
    told = []
    for uid in (visible, unknown, "not a UID", "1.\0.2"):
        with pytest.raises(NotFound) as refusal:
            access(actor(charlie()), uid)
        told.append(str(refusal.value))
    assert len(set(told)) == 1
    with pytest.raises(NotSignedIn):
        access(NOBODY, visible)


def test_refusals_are_written_down_with_what_was_asked_for_when_it_is_a_uid(pias: Kept) -> None:
    for uid in ("1.2.1", "x" * 300):
        with pytest.raises(NotFound):
            access_study(actor(charlie()), uid)
    refused = AuditEvent.objects.filter(action="refused", actor_label="charlie")
    assert [event.study_instance_uid for event in refused] == ["1.2.1", ""]


@pytest.mark.parametrize(
    ("act", "allowed"),
    [
        (Act.STORE, {"ada", "alice", "tess"}),
        (Act.ADMINISTER, {"ada"}),
        (Act.SEARCH, {"ada", "alice", "tess", "bob", "pia"}),
        (Act.VIEW, {"ada", "alice", "tess", "bob", "pia"}),
    ],
)
def test_acts_belong_to_roles(act: Act, allowed: set[str]) -> None:
    def may(user: User) -> bool:
        try:
            require(actor(user), act)
        except NotAllowed:
            return False
        return True

    everyone = [ada(), alice(), tess(), bob(), pia()]
    assert {user.username for user in everyone if may(user)} == allowed
    assert AuditEvent.objects.filter(action="refused").count() == len(everyone) - len(allowed)
    with pytest.raises(NotSignedIn):
        require(NOBODY, act)
    require(system_actor("import"), act)
