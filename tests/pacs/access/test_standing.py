"""Promise P14: what is remembered holds exactly until something that decides access changes."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pacs.access import standing
from pacs.access.accounts import change_account
from pacs.access.actors import NOBODY
from pacs.access.api_keys import revoke_api_key
from pacs.access.grants import grant_study, revoke_grant, untie_patient
from pacs.access.models import AccessEpoch, ApiKey, User
from pacs.catalog.models import Instance, Patient, Series, Study
from pacs.errors import NotFound
from tests.pacs.access.conftest import Kept, keep
from tests.people import (
    TESTS,
    actor,
    alice,
    bob,
    charlie,
    cookie,
    end_grants,
    granted,
    key_of,
    pia,
    signed_in,
    tess,
    tied,
)

# The memory is only used outside of transactions, so these tests cannot live inside one.
pytestmark = pytest.mark.django_db(transaction=True)
SOP = "1.2.1.1.1"


def scope(*headers: tuple[bytes, bytes]) -> dict[str, Any]:
    """An ASGI scope with these headers among others."""
    return {
        "type": "http",
        "method": "GET",
        "headers": [(b"host", b"localhost"), *headers, (b"accept", b"*/*")],
    }


def shown(key: str) -> dict[str, Any]:
    """A scope that shows a Bearer key."""
    return scope((b"authorization", f"Bearer {key}".encode()))


def queries(ask: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)


def test_a_warm_answer_costs_one_select_at_most(pias: Kept) -> None:
    alices = scope(cookie(alice()))
    first = standing.actor_and_instance(alices, SOP)
    seen_in_memory = connection.vendor == "sqlite"  # that nothing was committed (decision 38)
    assert queries(lambda: standing.actor_and_instance(alices, SOP)) == (0 if seen_in_memory else 1)
    again, visible = standing.actor_and_instance(alices, SOP)
    assert (again, visible) == first
    assert visible.instance.pk == pias.instance.pk
    assert (visible.study_instance_uid, visible.series_instance_uid) == ("1.2.1", "1.2.1.1")


def test_a_session_and_a_key_name_their_person(pias: Kept) -> None:
    by_cookie = standing.actor_for_scope(scope(cookie(alice())))
    assert (by_cookie.label, by_cookie.role) == ("alice", "clinician")
    assert by_cookie.session_key
    by_key = standing.actor_for_scope(shown(key_of(tess())))
    assert (by_key.label, by_key.session_key) == ("tess", None)


def test_a_wrong_key_is_not_mended_by_a_good_cookie(db: None) -> None:
    assert standing.actor_for_scope(scope(cookie(alice()), (b"authorization", b"Bearer wrong"))) == NOBODY


@pytest.mark.parametrize("value", ["", "nonsense", "x" * 41, "a;b", "\xff", "0" * 32])
def test_a_cookie_that_means_nothing_is_nobody(value: str, db: None) -> None:
    name = settings.SESSION_COOKIE_NAME
    assert standing.actor_for_scope(scope((b"cookie", f"{name}={value}".encode("latin-1")))) == NOBODY
    assert standing.actor_for_scope(scope()) == NOBODY


def test_cookies_are_read_as_django_reads_them(db: None) -> None:
    name, value = cookie(alice())
    among = b"a=1; " + value + b" ; lightbox_csrf=x"
    assert standing.actor_for_scope(scope((name, among))).label == "alice"


def by_signing_out(user: User, client: Client) -> None:
    client.logout()


def by_closing(user: User, client: Client) -> None:
    change_account(user, actor=TESTS, is_active=False)


def by_password(user: User, client: Client) -> None:
    change_account(user, actor=TESTS, password="another correct horse")


def by_bulk_update(user: User, client: Client) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def by_sql(user: User, client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_session")


def by_ending_early(user: User, client: Client) -> None:
    Session.objects.update(expire_date=timezone.now())


def by_deletion(user: User, client: Client) -> None:
    user.delete()


@pytest.mark.parametrize(
    "end",
    [by_signing_out, by_closing, by_password, by_bulk_update, by_sql, by_ending_early, by_deletion],
)
def test_a_session_ends_at_the_next_request(end: Callable[[User, Client], None], pias: Kept) -> None:
    user = alice()
    client = signed_in(user)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    alices = scope((b"cookie", f"{settings.SESSION_COOKIE_NAME}={key}".encode()))
    assert standing.actor_for_scope(alices).label == "alice"
    end(user, client)
    assert standing.actor_for_scope(alices) == NOBODY


def test_a_role_changes_at_the_next_request(pias: Kept) -> None:
    alices = scope(cookie(alice()))
    standing.actor_and_instance(alices, SOP)
    change_account(alice(), actor=TESTS, role="referrer")
    assert standing.actor_for_scope(alices).role == "referrer"
    with pytest.raises(NotFound):
        standing.actor_and_instance(alices, SOP)


def test_a_revoked_or_ended_key_is_refused_at_the_next_request(db: None) -> None:
    key, other = key_of(alice()), key_of(alice())
    assert standing.actor_for_scope(shown(key)).label == "alice"
    assert standing.actor_for_scope(shown(other)).label == "alice"
    revoke_api_key(ApiKey.objects.earliest("pk").pk, actor=TESTS)
    assert standing.actor_for_scope(shown(key)) == NOBODY
    ApiKey.objects.update(expires_at=timezone.now())
    assert standing.actor_for_scope(shown(other)) == NOBODY


def closes_by_revoking(kept: Kept) -> None:
    revoke_grant(charlie(), kept.study, actor=TESTS)


def closes_by_ending(kept: Kept) -> None:
    end_grants()


def closes_by_removal(kept: Kept) -> None:
    kept.instance.delete()


@pytest.mark.parametrize("close", [closes_by_revoking, closes_by_ending, closes_by_removal])
def test_a_grant_closes_at_the_next_request(close: Callable[[Kept], None], pias: Kept) -> None:
    charles = actor(granted(charlie(), pias.study))
    assert standing.visible_instance_for(charles, SOP)
    close(pias)
    with pytest.raises(NotFound):
        standing.visible_instance_for(charles, SOP)


def test_a_grant_that_ends_by_itself_is_not_remembered_beyond_its_end(pias: Kept) -> None:
    until = timezone.now() + timedelta(seconds=0.4)
    grant_study(charlie(), pias.study, actor=TESTS, expires_at=until)
    assert standing.visible_instance_for(actor(charlie()), SOP)
    time.sleep(0.5)
    with pytest.raises(NotFound):
        standing.visible_instance_for(actor(charlie()), SOP)


def test_an_untied_patient_and_an_unnamed_referrer_are_refused_at_the_next_request(pias: Kept) -> None:
    pia_, bob_ = actor(tied(pia(), pias.patient)), actor(bob())
    assert standing.visible_instance_for(pia_, SOP)
    assert standing.visible_instance_for(bob_, SOP)
    untie_patient(pia(), pias.patient, actor=TESTS)
    Study.objects.update(referring_physician_key="")
    for who in (pia_, bob_):
        with pytest.raises(NotFound):
            standing.visible_instance_for(who, SOP)


def test_a_study_moved_to_another_patient_leaves_the_first(pias: Kept) -> None:
    pia_ = actor(tied(pia(), pias.patient))
    assert standing.visible_instance_for(pia_, SOP)
    Study.objects.update(patient=Patient.objects.create(identity_key="else"))
    with pytest.raises(NotFound):
        standing.visible_instance_for(pia_, SOP)


def raised_by(act: Callable[[], object]) -> bool:
    before = standing.read_epoch()
    act()
    return standing.read_epoch() != before


def test_what_arrives_does_not_raise_the_epoch(pias: Kept) -> None:
    """Else every slice received would empty the memory of every viewer."""

    def arrive() -> None:
        kept = keep(7, pias.patient)
        kept.study.number_of_instances += 1
        kept.study.save()
        Series.objects.update(number_of_instances=9)
        Instance.objects.update(position_mm=1.5)

    assert not raised_by(arrive)


def test_signing_in_does_not_raise_the_epoch(db: None) -> None:
    user = alice()
    client = signed_in(user)
    assert not raised_by(lambda: client.get("/api/session"))
    assert not raised_by(lambda: User.objects.filter(pk=user.pk).update(last_login=timezone.now()))


@pytest.mark.parametrize(
    "act",
    [
        lambda kept: Series.objects.update(study=keep(8, kept.patient).study),
        lambda kept: Instance.objects.update(series=keep(8, kept.patient).series),
        lambda kept: Instance.objects.update(blob="1" * 64),
        lambda kept: Instance.objects.update(frame_table=b"1"),
        lambda kept: User.objects.filter(pk=alice().pk).update(role="patient"),
    ],
)
def test_what_a_decision_rests_on_raises_the_epoch(act: Callable[[Kept], object], pias: Kept) -> None:
    alice()
    assert raised_by(lambda: act(pias))


def test_nothing_is_remembered_from_inside_a_transaction(pias: Kept) -> None:
    """What is rolled back there must not be believed under its number, which is given out again."""
    charles = actor(charlie())
    with transaction.atomic():
        grant_study(charlie(), pias.study, actor=TESTS)
        number = AccessEpoch.objects.get().number
        assert standing.visible_instance_for(charles, SOP)
        transaction.set_rollback(True)
    AccessEpoch.objects.update(number=number)
    with pytest.raises(NotFound):
        standing.visible_instance_for(charles, SOP)


def test_a_lost_epoch_means_asking_each_time(pias: Kept) -> None:
    alices = scope(cookie(alice()))
    AccessEpoch.objects.all().delete()
    assert standing.read_epoch() is None
    standing.actor_and_instance(alices, SOP)
    assert queries(lambda: standing.actor_and_instance(alices, SOP)) > 2
