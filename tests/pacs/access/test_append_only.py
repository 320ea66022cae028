"""Promise P17: the trail only grows. The database refuses all else, and what its owner does is named."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from pacs.access import audit, trail_checks
from pacs.access.actors import system_actor
from pacs.access.append_only import REFUSAL, TRAIL, is_guarded, unguard_trail
from pacs.access.models import AuditEvent, TrailCheck
from tests.tampering import unguarded

WHO = system_actor("test")
pytestmark = pytest.mark.django_db


def verify(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("audit", "verify", *arguments, stdout=out, stderr=out)
    return out.getvalue().splitlines()


def five() -> list[AuditEvent]:
    return [audit.record(WHO, "act", number=number) for number in range(5)]


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def refused(act: Callable[[], object]) -> None:
    with pytest.raises(DatabaseError, match=REFUSAL), transaction.atomic():
        act()


def test_p17_the_database_refuses_to_change_or_remove_an_event() -> None:
    event = five()[2]
    refused(lambda: AuditEvent.objects.filter(pk=event.pk).update(action="nothing"))
    refused(lambda: AuditEvent.objects.filter(pk=event.pk).delete())
    refused(event.save)
    refused(lambda: AuditEvent.objects.all()._raw_delete("default"))
    assert verify()[0] == "The audit trail is whole: 5 events. Last hash:"


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="what SQLite alone has")
def test_p17_nor_does_it_replace_one() -> None:
    event = five()[2]
    refused(lambda: replaced(AuditEvent.objects.get(pk=event.pk), hash="x" * 64))
    refused(lambda: replaced(AuditEvent.objects.get(pk=event.pk), id=event.pk + 100))
    assert verify()[0] == "The audit trail is whole: 5 events. Last hash:"


def replaced(event: AuditEvent, **changes: Any) -> None:
    """INSERT OR REPLACE of a row like this one: a new hash under its number, or a new number under its hash."""
    fields = AuditEvent._meta.concrete_fields
    row = {
        str(one.column): one.get_db_prep_save(getattr(event, one.attname), connection) for one in fields
    } | changes
    places = ", ".join(["%s"] * len(row))
    sql(f"INSERT OR REPLACE INTO {TRAIL} ({', '.join(row)}) VALUES ({places})", *row.values())  # noqa: S608  # our columns


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="what PostgreSQL alone has")
def test_p17_nor_does_it_empty_the_table() -> None:
    five()
    refused(lambda: sql(f"TRUNCATE {TRAIL}"))
    assert AuditEvent.objects.count() == 5


def test_the_guards_are_missed_when_they_are_gone() -> None:
    five()
    assert is_guarded()
    unguard_trail()
    assert not is_guarded()
    assert "its triggers are gone" in verify()[0]


def test_a_whole_chain_verifies_and_tells_its_last_hash() -> None:
    assert verify()[-1] == audit.FIRST_LINK
    events = five()
    assert verify() == ["The audit trail is whole: 5 events. Last hash:", events[-1].hash]
    assert verify("--expect", events[2].hash)[-1] == events[-1].hash


@pytest.mark.parametrize(
    "change",
    [
        {"actor_label": "mallory"},
        {"actor_role": "patient"},
        {"means": "key"},
        {"api_key": 99},
        {"address": "192.0.2.1"},
        {"action": "nothing"},
        {"outcome": "refused"},
        {"study_instance_uid": "9.9"},
        {"patient_pk": 99},
        {"details": {"number": 5}},
        {"actor_user_id": 99},
        {"at": "2020-01-01T00:00:00Z"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_p17_a_changed_event_is_named(change: dict[str, object]) -> None:
    events = five()
    with unguarded():
        AuditEvent.objects.filter(pk=events[2].pk).update(**change)
    broken_at(f"event {events[2].pk} was changed")


def test_p17_a_change_that_also_mends_its_own_hash_breaks_the_next_link() -> None:
    events = five()
    forged = AuditEvent.objects.get(pk=events[2].pk)
    forged.action = "nothing"
    forged.hash = audit.hash_of(forged)
    with unguarded():
        forged.save()
    broken_at(f"before event {events[3].pk} one is missing")


@pytest.mark.parametrize("number", [0, 1, 3])
def test_p17_a_removed_event_is_missed_before_the_next(number: int) -> None:
    events = five()
    with unguarded():
        AuditEvent.objects.filter(pk=events[number].pk).delete()
    broken_at(f"before event {events[number + 1].pk} one is missing")


def test_p17_an_event_put_between_two_is_named() -> None:
    events = five()
    with unguarded():
        for event in reversed(events[3:]):
            AuditEvent.objects.filter(pk=event.pk).update(id=event.pk + 1)
        forged = AuditEvent.objects.get(pk=events[2].pk)
        forged.pk, forged.previous_hash, forged.action = events[3].pk, events[2].hash, "nothing"
        forged.hash = audit.hash_of(forged)
        forged.save(force_insert=True)
    broken_at(f"event {forged.pk} was not written where it stands")


def test_p17_events_that_changed_places_are_named() -> None:
    events = five()
    first, second = events[1].pk, events[2].pk
    with unguarded():
        for pk, to in ((first, 10_000), (second, first), (10_000, second)):
            AuditEvent.objects.filter(pk=pk).update(id=to)
    told = broken_at(f"event {first} stands before what it follows")
    assert f"event {second} was not written where it stands" in told
    assert str(events[4].pk) not in told


def test_p17_a_tail_that_was_cut_off_is_missed_by_who_kept_a_hash() -> None:
    last = five()[-1].hash
    with unguarded():
        AuditEvent.objects.filter(hash=last).delete()
    assert verify()  # the chain alone cannot tell
    broken_at("the newest once is not there any more", "--expect", last)


def test_p17_a_tail_that_was_cut_off_is_missed_by_the_check_after_the_last() -> None:
    last = five()[-1].hash
    verify()
    with unguarded():
        AuditEvent.objects.filter(hash=last).delete()
    broken_at("the newest once is not there any more")
    audit.record(WHO, "act")
    broken_at("the newest once is not there any more")  # what is written on does not make it whole
    assert TrailCheck.objects.get().last_hash == last


def broken_at(told: str, *arguments: str) -> str:
    with pytest.raises(CommandError, match=told) as raised:
        verify(*arguments)
    return str(raised.value)


def test_a_check_is_made_once_a_day_and_a_broken_trail_is_told_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    events = five()
    trail_checks.check_when_due()
    first = TrailCheck.objects.get()
    trail_checks.check_when_due()
    assert TrailCheck.objects.get().checked_at == first.checked_at
    TrailCheck.objects.update(checked_at=first.checked_at - trail_checks.EVERY)
    assert not caplog.records
    with unguarded():
        AuditEvent.objects.filter(pk=events[1].pk).delete()
    trail_checks.check_when_due()
    assert [record.getMessage() for record in caplog.records] == [
        "the audit trail is broken: `manage.py audit verify` names where"
    ]
    verdict = trail_checks.last_verdict()
    assert verdict is not None
    assert [(broken.event, broken.what) for broken in verdict.breaks] == [(events[2].pk, "missing_before")]
