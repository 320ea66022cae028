"""Promise P17: what was done is written down, in a chain that tells when it was touched."""

from __future__ import annotations

import hashlib
import json
import threading

import pytest
from django.db import connection, transaction

from pacs.access import api_keys, audit, chain
from pacs.access.actors import NOBODY, actor_for_user, system_actor
from pacs.access.api_keys import digest_of, revoke_api_key
from pacs.access.credentials import Credential
from pacs.access.models import ApiKey, AuditEvent
from pacs.access.opened import note_opened, note_thumbnail
from pacs.access.standing import actor_for
from pacs.access.whence import asked_from
from tests.pacs.access.conftest import Kept
from tests.people import actor, alice, key_of

WHO = system_actor("test")


@pytest.mark.django_db
def test_an_event_says_who_did_what_to_which_study_of_which_patient(pias: Kept) -> None:
    with asked_from({"client": ("192.0.2.7", 5)}):
        event = audit.record(actor(alice()), "study opened", study=pias.study, tool="test")
    kept = AuditEvent.objects.get(pk=event.pk)
    assert (kept.actor_kind, kept.actor_label, kept.actor_user_id) == ("person", "alice", alice().pk)
    assert (kept.actor_role, kept.address) == ("clinician", "192.0.2.7")
    assert (kept.action, kept.outcome, kept.details) == ("study opened", "ok", {"tool": "test"})
    assert (kept.study_instance_uid, kept.patient_pk) == ("1.2.1", pias.patient.pk)
    assert audit.hash_of(kept) == kept.hash


@pytest.mark.django_db
def test_an_event_says_by_what_means_its_actor_came() -> None:
    person = alice()
    key_of(person)
    number = ApiKey.objects.get().pk
    by_key, by_session = actor_for_user(person, api_key=number), actor_for_user(person, session_key="secret")
    events = [audit.record(who, "act") for who in (by_key, by_session, WHO, NOBODY)]
    assert [(event.means, event.api_key) for event in events] == [
        ("key", number),
        ("session", None),
        ("command", None),
        ("", None),
    ]
    assert "secret" not in str([vars(event) for event in events])


@pytest.mark.django_db
def test_events_of_before_it_was_kept_how_they_came_keep_their_hash() -> None:
    event = audit.record(NOBODY, "act")
    said = [
        event.previous_hash,
        event.at.isoformat(timespec="microseconds"),
        "nobody",
        None,
        "",
        "act",
        "ok",
        "",
        None,
    ]
    text = json.dumps([*said, {}], separators=(",", ":"))
    assert event.hash == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.django_db(transaction=True)
def test_an_event_goes_with_its_transaction() -> None:
    with transaction.atomic():
        audit.record(WHO, "undone")
        transaction.set_rollback(True)
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_who_writes_several_in_one_transaction_makes_one_chain_of_them() -> None:
    audit.record(WHO, "before")
    with transaction.atomic():
        end = audit.EndOfTrail()
        told = [audit.record(WHO, "act", behind=end, number=number) for number in range(3)]
    audit.record(WHO, "after")
    assert end.hash == told[-1].hash
    assert AuditEvent.objects.count() == 5
    assert list(chain.breaks()) == []


@pytest.mark.django_db(transaction=True)
def test_writers_side_by_side_make_one_chain() -> None:
    failures: list[Exception] = []

    def write(writer: int) -> None:
        try:
            for number in range(15):
                with transaction.atomic():
                    audit.record(WHO, "act", writer=writer, number=number)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failures == []
    assert list(chain.breaks()) == []
    assert AuditEvent.objects.count() == 90


@pytest.mark.django_db
def test_two_keys_of_one_account_open_a_study_each(pias: Kept) -> None:
    whole = [actor_for(Credential("key", digest_of(key_of(alice())))) for _ in range(2)]
    for one in [*whole, *whole]:
        note_opened(one, pias.study)
    assert AuditEvent.objects.filter(action="study opened").count() == 2


@pytest.mark.django_db
def test_a_thumbnail_is_seen_once_and_not_at_all_in_a_study_that_is_open(pias: Kept, pauls: Kept) -> None:
    who = actor(alice())
    note_opened(who, pias.study)
    for kept in (pias, pauls, pauls):
        note_thumbnail(who, kept.study)
    note_opened(who, pias.study, pauls.study)
    events = AuditEvent.objects.exclude(study_instance_uid="").order_by("pk")
    assert list(events.values_list("action", "study_instance_uid")) == [
        ("study opened", "1.2.1"),
        ("thumbnail seen", "1.2.2"),
        ("study opened", "1.2.2"),
    ]


@pytest.mark.django_db
def test_refused_keys_are_told_once_a_minute_and_each_known_one_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    revoked = key_of(alice())
    number = ApiKey.objects.get().pk
    revoke_api_key(number, actor=WHO)
    for key in ("guess 1", revoked, "guess 2", "guess 3", revoked):
        assert actor_for(Credential("key", digest_of(key))) == NOBODY
    monkeypatch.setattr(api_keys, "TOLD_EVERY_S", 0.0)
    actor_for(Credential("key", digest_of("guess 4")))
    events = AuditEvent.objects.filter(action="key refused", outcome="refused").order_by("pk")
    assert [event.details for event in events] == [
        {"key": None, "before": 0},
        {"key": number, "before": 0},
        {"key": None, "before": 2},
    ]
