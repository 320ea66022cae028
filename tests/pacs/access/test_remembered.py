"""Promise P14 where no thread is asked: what is remembered is given only while nothing that decides access changed."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction

from pacs.access import epoch, standing
from pacs.access.accounts import change_account
from pacs.access.audit import record
from pacs.access.grants import revoke_grant
from pacs.access.models import AccessEpoch, Grant
from pacs.errors import NotFound, NotSignedIn
from tests.pacs.access.conftest import Kept
from tests.people import TESTS, charlie, cookie, end_grants, granted

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="elsewhere a thread is asked"),
]
SOP = "1.2.1.1.1"


@pytest.fixture
def charles(pias: Kept) -> dict[str, Any]:
    """A request of Charlie's, to whom the study is opened; it was decided once."""
    scope = {"type": "http", "headers": [cookie(granted(charlie(), pias.study))]}
    standing.actor_and_instance(scope, SOP)
    return scope


def test_what_was_decided_is_given_without_asking(charles: dict[str, Any]) -> None:
    assert standing.remembered(charles, SOP) == standing.actor_and_instance(charles, SOP)


def test_what_was_not_decided_is_not_given(charles: dict[str, Any]) -> None:
    assert standing.remembered(charles, "1.2.1.1.2") is None
    assert standing.remembered({**charles, "headers": []}, SOP) is None
    standing.forget()
    assert standing.remembered(charles, SOP) is None


def note_something() -> None:
    """Commit what decides nothing about access."""
    record(TESTS, "something happened")


def by_revoking(kept: Kept) -> None:
    revoke_grant(charlie(), kept.study, actor=TESTS)


def by_bulk_update(kept: Kept) -> None:
    end_grants()


def by_ending_the_session(kept: Kept) -> None:
    Session.objects.all().delete()


def by_closing_the_account(kept: Kept) -> None:
    change_account(charlie(), actor=TESTS, is_active=False)


def by_removing_the_instance(kept: Kept) -> None:
    kept.instance.delete()


def by_another_process(kept: Kept) -> None:
    with sqlite3.connect(settings.DATABASES["default"]["NAME"]) as other:
        other.execute("DELETE FROM access_grant")
    other.close()


@pytest.mark.parametrize(
    "end",
    [
        by_revoking,
        by_bulk_update,
        by_ending_the_session,
        by_closing_the_account,
        by_removing_the_instance,
        by_another_process,
    ],
)
def test_it_is_given_no_more_at_the_next_request(
    end: Callable[[Kept], None], pias: Kept, charles: dict[str, Any]
) -> None:
    assert standing.remembered(charles, SOP) is not None
    end(pias)
    assert standing.remembered(charles, SOP) is None
    with pytest.raises((NotFound, NotSignedIn)):
        standing.actor_and_instance(charles, SOP)


def test_a_change_counts_once_it_is_committed(charles: dict[str, Any]) -> None:
    with transaction.atomic():
        Grant.objects.all().delete()
        assert standing.remembered(charles, SOP) is not None
    assert standing.remembered(charles, SOP) is None


def test_nothing_is_given_without_an_epoch(charles: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(epoch, "EPOCH_SQL", "SELECT number FROM nothing")
        assert standing.remembered(charles, SOP) is not None  # nothing was committed: it is not asked for
        note_something()
        assert standing.remembered(charles, SOP) is None
    assert standing.remembered(charles, SOP) is not None
    AccessEpoch.objects.all().delete()
    assert standing.remembered(charles, SOP) is None


def test_the_epoch_is_asked_for_once_after_each_commit(charles: dict[str, Any]) -> None:
    told = epoch.epoch_at_once()
    asked: list[str] = []
    (reader,) = [epoch._readers.of[str(settings.DATABASES["default"]["NAME"])]]
    reader.set_trace_callback(asked.append)
    try:
        for commits in range(3):
            for _ in range(5):
                assert epoch.epoch_at_once() == told
                assert standing.remembered(charles, SOP) is not None
            assert asked == [epoch.EPOCH_SQL] * commits
            note_something()
    finally:
        reader.set_trace_callback(None)


def test_a_process_that_was_forked_begins_anew(charles: dict[str, Any]) -> None:
    assert epoch._indexes
    assert epoch._told
    child = os.fork()
    if not child:
        os._exit(bool(epoch._indexes or epoch._told))
    assert os.waitpid(child, 0)[1] == 0
    assert epoch._told


def test_without_an_index_it_is_asked_for_every_time(
    charles: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(epoch._indexes, str(settings.DATABASES["default"]["NAME"]), None)
    assert standing.remembered(charles, SOP) is not None
    end_grants()
    assert standing.remembered(charles, SOP) is None


def test_the_reader_never_writes(charles: dict[str, Any]) -> None:
    assert epoch.epoch_at_once() == standing.read_epoch()
    (reader,) = [epoch._readers.of[str(settings.DATABASES["default"]["NAME"])]]
    with pytest.raises(sqlite3.OperationalError):
        reader.execute("DELETE FROM access_grant")


def test_elsewhere_a_thread_is_asked(charles: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.postgresql")
    assert epoch.epoch_at_once() is None
    assert standing.remembered(charles, SOP) is None
