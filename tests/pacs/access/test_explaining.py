"""Why somebody sees a study: the reasons are the parts of the condition, and never say otherwise than it decides."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given, settings

from pacs.access.accounts import change_account
from pacs.access.explaining import WORDS, explain, explain_study
from pacs.access.grants import Holder, Opened, grant
from pacs.access.models import AuditEvent, User
from pacs.access.people_groups import make_group
from pacs.access.ways import Reason
from pacs.catalog.models import Institution, Study
from tests.pacs.access.conftest import Kept
from tests.pacs.access.test_one_predicate import Made, World, in_a_world, worldly, worlds
from tests.people import TESTS, ada, alice, bob, charlie, pia, signed_in, tied

pytestmark = pytest.mark.django_db


def reasons(user: User, study: Study) -> set[str]:
    told = explain_study(user, study)
    opening = {str(one.reason) for one in told.because if one.opens}
    assert told.sees is bool(opening)
    return opening


def test_each_is_told_by_what_they_see(pias: Kept, pauls: Kept) -> None:
    assert reasons(ada(), pias.study) == {"everything"}
    assert reasons(alice(), pias.study) == {"institution"}
    assert reasons(bob(), pias.study) == {"named"}
    assert reasons(tied(pia(), pias.patient), pias.study) == {"tied"}
    assert (
        reasons(charlie(), pias.study) == reasons(bob(), pauls.study) == reasons(pia(), pauls.study) == set()
    )


def test_a_study_may_be_open_in_several_ways_and_each_is_told_with_its_grant(pias: Kept) -> None:
    group = make_group("Practice", [bob()], actor=TESTS)
    until = timezone.now() + timedelta(hours=1)
    grant(Holder(group=group), Opened(patient=pias.patient), actor=TESTS, expires_at=until)
    told = explain_study(bob(), pias.study)
    assert {str(one.reason) for one in told.because if one.opens} == {"named", "granted patient"}
    (by,) = next(one for one in told.because if one.reason is Reason.GRANTED_PATIENT).by
    assert by["group"] == {"number": group.pk, "name": "Practice"}
    assert by["expires_at"] == until.isoformat()


def test_another_institutions_study_is_not_open_and_the_reason_is_missing(pias: Kept) -> None:
    Study.objects.update(institution=Institution.objects.create(name="Elsewhere"))
    pias.study.refresh_from_db()
    assert reasons(alice(), pias.study) == set()
    assert explain(alice()).studies == 0


def test_a_closed_account_sees_nothing_and_may_nothing(pias: Kept) -> None:
    told = explain_study(change_account(alice(), actor=TESTS, is_active=False), pias.study)
    assert (told.sees, told.because, told.acts) == (False, (), ())


def test_every_reason_has_its_words() -> None:
    assert WORDS.keys() == set(Reason)


def the_reasons_are_the_decision(made: Made) -> None:
    for number, user in enumerate(made.people):
        opened = {study.pk for study in made.studies if made.opens(number, study)}
        assert {study.pk for study in made.studies if reasons(user, study)} == opened
        told = explain(user)
        assert told.studies == len(opened)
        assert any(one.opens for one in told.because) is bool(opened)


@settings(worldly, max_examples=20)
@given(world=worlds)
def test_in_whatever_world_the_reasons_are_the_decision(db: None, world: World) -> None:
    in_a_world(world, the_reasons_are_the_decision)


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("explain", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_it_in_words_and_is_written_down(pias: Kept, pauls: Kept) -> None:
    grant(Holder(user=bob()), Opened(study=pauls.study), actor=TESTS)
    assert said("bob", "1.2.1").splitlines()[:2] == [
        "bob (referrer) sees study 1.2.1.",
        "  yes it names them as its referring physician (1)",
    ]
    assert "the study was granted (1): grant" in said("bob", "1.2.2")
    assert said("bob").startswith("bob (referrer) sees 2 studies.")
    bob()
    charlie()
    assert said("charlie", "1.2.1").startswith("charlie (referrer) does not see study 1.2.1.")
    assert AuditEvent.objects.filter(action="access explained").count() == 4


@pytest.mark.parametrize("arguments", [("nobody", "1.2.1"), ("bob", "1.2.9"), ("bob", "no UID")])
def test_the_command_names_what_is_not_there(arguments: tuple[str, ...], pias: Kept) -> None:
    bob()
    with pytest.raises(CommandError):
        said(*arguments)


def test_the_api_tells_administrators_the_same(pias: Kept) -> None:
    bob()
    told = signed_in(ada()).get("/api/people/bob/sees/1.2.1").json()
    assert (told["username"], told["sees"], told["studies"]) == ("bob", True, 1)
    assert [way["reason"] for way in told["ways"] if way["opens"]] == ["named"]
    assert signed_in(ada()).get("/api/people/bob/sees").json()["studies"] == 1
    assert signed_in(ada()).get("/api/people/bob/sees/1.2.9").status_code == 404
