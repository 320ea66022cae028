"""Promise P14 for lists: what is open is asked for anew with each, however its question is kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pacs.access import permit
from pacs.access.listing import studies_listed
from pacs.access.models import Grant, GroupMember, PatientTie, PeopleGroup, User
from pacs.catalog.models import Study
from pacs.catalog.search import StudyFilter
from tests.pacs.access.conftest import Kept, keep
from tests.people import actor, charlie, end_grants, pia, signed_in, tied

pytestmark = pytest.mark.django_db


def listed(client: Client) -> list[str]:
    return [row["uid"] for row in client.get("/api/studies").json()["studies"]]


def by_a_grant(kept: Kept) -> User:
    who = charlie()
    Grant.objects.create(user=who, study=kept.study)
    return who


def by_a_group(kept: Kept) -> User:
    who = charlie()
    group = PeopleGroup.objects.create(name="g")
    GroupMember.objects.create(user=who, group=group)
    Grant.objects.create(group=group, patient=kept.study.patient)
    return who


def by_a_tie(kept: Kept) -> User:
    return tied(pia(), kept.study.patient)


@pytest.mark.parametrize(
    ("opened", "closed"),
    [
        (by_a_grant, lambda: Grant.objects.all().delete()),
        (by_a_grant, end_grants),
        (by_a_grant, lambda: User.objects.update(role="patient")),
        (by_a_group, lambda: Grant.objects.all().delete()),
        (by_a_group, lambda: GroupMember.objects.all().delete()),
        (by_a_tie, lambda: PatientTie.objects.all().delete()),
    ],
)
def test_p14_the_next_list_is_without_what_was_taken_away(
    pauls: Kept, opened: Callable[[Kept], User], closed: Callable[[], object]
) -> None:
    client = signed_in(opened(pauls))
    # More often than a database plans a question anew before it keeps to a plan.
    assert [listed(client) for _ in range(8)] == [["1.2.2"]] * 8
    closed()
    assert listed(client) == []


def test_p14_a_grant_ends_by_the_clock(pauls: Kept) -> None:
    who = charlie()
    client = signed_in(who)
    assert listed(client) == []
    ends_at = timezone.now() + timedelta(seconds=3)
    Grant.objects.create(user=who, study=pauls.study, expires_at=ends_at)
    assert listed(client) == ["1.2.2"]
    while timezone.now() <= ends_at:
        time.sleep(0.05)  # the database's own clock decides, which nobody can set
    assert listed(client) == []


def test_the_next_list_has_what_came_in(pauls: Kept) -> None:
    client = signed_in(tied(pia(), pauls.study.patient))
    assert listed(client) == ["1.2.2"]
    keep(3, pauls.study.patient)
    assert set(listed(client)) == {"1.2.2", "1.2.3"}


def test_a_list_of_few_takes_one_statement(pias: Kept, pauls: Kept) -> None:
    who = actor(by_a_grant(pauls))
    with CaptureQueriesContext(connection) as captured:
        found = studies_listed(who, StudyFilter(), None, 51)
    assert [study.pk for study in found.studies] == [pauls.study.pk]
    assert found.arrival == Study.objects.get(pk=pauls.study.pk).arrival
    assert len(captured) == 1


def test_who_has_more_than_are_named_is_shown_the_same(
    pias: Kept, pauls: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = by_a_grant(pauls)
    Grant.objects.create(user=user, study=pias.study)
    few = studies_listed(actor(user), StudyFilter(), None, 51)
    monkeypatch.setattr(permit, "MOST_TOLD", 1)
    assert studies_listed(actor(user), StudyFilter(), None, 51) == few
    assert len(few.studies) == 2


def test_what_is_sought_among_many_is_what_is_sought_among_few(
    pias: Kept, pauls: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = by_a_grant(pauls)
    Grant.objects.create(user=user, study=pias.study)
    asked = StudyFilter(uids=("1.2.2",))
    few = studies_listed(actor(user), asked, None, 51)
    monkeypatch.setattr(permit, "MOST_NAMED", 1)
    assert studies_listed(actor(user), asked, None, 51) == few
    assert [one.pk for one in few.studies] == [pauls.study.pk]
