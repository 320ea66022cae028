"""Objects that are committed together: none is answered before its commit, and none suffers for another's fault."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from concurrent.futures import FIRST_COMPLETED, wait
from contextlib import closing, suppress
from functools import partial

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from pacs.catalog.models import StudyWord
from pacs.ingest import together
from pacs.ingest.together import MOST_TOGETHER, Shared, Undone, committed
from tests.pacs.ingest.waiting import LONGEST_S, Gate, behind_a_gate, commit, crowd, kept, write

pytestmark = pytest.mark.django_db(transaction=True)
GRACE_S = 0.5  # in which an answer that is given too early would come
NOBODY = 999_999_999


def test_p1_nobody_is_answered_before_the_commit_that_is_shared() -> None:
    first, last = Gate("first"), Gate("last")
    with crowd() as people:
        people.start(first)
        assert first.begun.wait(LONGEST_S)
        shared = [people.queue(work) for work in (partial(write, "one"), partial(write, "two"), last)]
        first.opened.set()
        assert last.begun.wait(LONGEST_S)  # the two are written, in the transaction that is still open
        assert wait(shared, GRACE_S, FIRST_COMPLETED).done == set()
        assert kept() == {"first"}
        last.opened.set()
        for future in shared:
            assert future.result(LONGEST_S) in kept()
    assert kept() == {"first", "one", "two", "last"}


def test_those_who_wait_are_committed_in_one_transaction_of_bounded_size() -> None:
    seen: list[tuple[int, int]] = []

    def look(number: int, _: Shared) -> None:
        # Whoever is in one transaction sees it in one thread, with what the others of it have written.
        write(str(number))
        seen.append((threading.get_ident(), len(kept())))

    behind_a_gate([partial(look, number) for number in range(MOST_TOGETHER + 3)])
    assert len(seen) == MOST_TOGETHER + 3
    assert len({thread for thread, _ in seen[:MOST_TOGETHER]}) == 1
    assert len(kept()) == MOST_TOGETHER + 4


def test_who_fails_fails_alone() -> None:
    def fail(_: Shared) -> None:
        write("never")
        raise ValueError("mine")

    one, failed, two = behind_a_gate([partial(write, "one"), fail, partial(write, "two")])
    assert (one.result(), two.result()) == ("one", "two")
    assert isinstance(failed.exception(), ValueError)
    assert kept() == {"gate", "one", "two"}


def test_a_commit_that_fails_is_nobodys_receipt_but_of_those_who_come_through_alone() -> None:
    def point_nowhere(_: Shared) -> None:
        StudyWord.objects.create(study_id=NOBODY, word="orphan")  # told at the commit: the key is deferred

    one, failed, two = behind_a_gate([partial(write, "one"), point_nowhere, partial(write, "two")])
    assert (one.result(), two.result()) == ("one", "two")
    assert isinstance(failed.exception(), IntegrityError)
    assert kept() == {"gate", "one", "two"}
    assert not StudyWord.objects.exists()


@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="is about the embedded database")
def test_a_database_that_lets_nobody_begin_is_asked_once_for_all_who_wait() -> None:
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as elsewhere, crowd() as people:
        elsewhere.execute("BEGIN IMMEDIATE")
        first = people.start(partial(write, "first"))
        while not together._turn.locked():
            time.sleep(0.001)
        waiting = [people.queue(partial(write, key)) for key in "abc"]
        errors = [future.exception(LONGEST_S) for future in (first, *waiting)]
    assert all(isinstance(error, OperationalError) for error in errors)
    assert len(set(map(id, errors))) == 2
    assert kept() == set()


def test_what_is_told_on_commit_is_told_once_and_only_of_what_is_kept() -> None:
    told: list[str] = []

    def work(key: str, _: Shared, *, fails: bool) -> None:
        write(key)
        transaction.on_commit(partial(told.append, key))
        if fails:
            raise ValueError(key)

    behind_a_gate([partial(work, key, fails=key == "b") for key in "abc"])
    assert sorted(told) == ["a", "c"]


def test_a_thread_that_is_ended_leaves_the_others_to_go_on() -> None:
    ended = threading.Event()

    def end_once(_: Shared) -> str:
        if not ended.is_set():
            ended.set()
            raise KeyboardInterrupt
        return write("after all")

    first, other = behind_a_gate([end_once, partial(write, "other")])
    answers = [future.exception() or future.result() for future in (first, other)]
    assert sum(isinstance(answer, KeyboardInterrupt) for answer in answers) == 1
    assert commit(partial(write, "later")) == "later"
    assert kept() == {"gate", "after all", "other", "later"}


def test_works_that_come_together_are_committed_together_and_fail_alone() -> None:
    transactions: set[str] = set()

    def work(key: str, shared: Shared) -> str:
        if key == "b":
            raise ValueError(key)
        transactions.add(str(id(shared)))
        return write(key)

    one, failed, two = committed([partial(work, key) for key in "abc"])
    assert (one.result(), two.result()) == ("a", "c")
    assert isinstance(failed.exception(), ValueError)
    assert kept() == {"a", "c"}
    transactions.clear()
    assert [made.result() for made in committed([partial(work, key) for key in "def"])] == list("def")
    assert len(transactions) == 1
    assert committed([]) == []


def test_within_the_callers_transaction_only_the_callers_work_is_done() -> None:
    with transaction.atomic():
        assert commit(partial(write, "undone")) == "undone"
        transaction.set_rollback(True)
    assert kept() == set()
    assert not connection.in_atomic_block


def test_whoever_goes_on_after_a_fault_is_told_that_nothing_was_kept() -> None:
    def swallow(_: Shared) -> str:
        with suppress(IntegrityError), transaction.atomic(savepoint=False):
            write("twice")
            write("twice")
        return "done"

    with pytest.raises(Undone):
        commit(swallow)
    assert kept() == set()
    assert commit(partial(write, "after")) == "after"
