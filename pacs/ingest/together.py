"""Several objects in one transaction: those that come while another commit is under way are committed together.

A commit waits for the disk (promise P1) and there is one writer at a time, so objects that were committed one by one
would wait for each other's disk. Whoever comes first commits for all who wait; nobody is kept waiting for company,
and nobody is answered before the commit that holds their object. What one of them has read or written is known to
the next (catalog.turn). See decision 10.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from django.db import connection, transaction

from pacs.access.audit import EndOfTrail
from pacs.catalog.turn import Turn, own_turn

MOST_TOGETHER = 32  # bounds how long the database is held
Made = TypeVar("Made")


class Undone(Exception):
    """A work went on after one of its statements had failed: nothing of it can be committed."""


@dataclass
class Shared:
    """What the works of one transaction know of each other's rows."""

    turn: Turn
    end_of_trail: EndOfTrail = field(default_factory=EndOfTrail)


@dataclass(eq=False)
class _Waiting:
    work: Callable[[Shared], Any]
    made: Future[Any] = field(default_factory=Future)


_turn = threading.Lock()
_waiting: deque[_Waiting] = deque()


def committed(works: Sequence[Callable[[Shared], Made]]) -> list[Future[Made]]:
    """What each work(shared) has returned, now that it is committed, or what it or its commit has raised: nothing of
    that one is kept then.

    They may run in another thread than the caller's, and again after what they wrote was undone.
    """
    if (
        connection.in_atomic_block
    ):  # the caller's own transaction may yet be undone: nobody else is put into it
        return [_done_here(work) for work in works]
    if not works:  # nothing to wait for a turn for
        return []
    # Each in its own context: whoever commits it may work for another client (access.whence).
    mine = [_Waiting(partial(copy_context().run, work)) for work in works]  # type: ignore[call-arg]  # what is shared is given later
    _waiting.extend(mine)
    with _turn:
        while not all(
            one.made.done() for one in mine
        ):  # more may wait before these than are committed at once
            _commit_next()
    return [one.made for one in mine]


def _done_here(work: Callable[[Shared], Made]) -> Future[Made]:
    told: Future[Made] = Future()
    try:
        with own_turn() as turn:
            made = work(Shared(turn))
    except Exception as error:
        told.set_exception(error)
    else:
        told.set_result(made)
    return told


def _commit_next() -> None:
    together = [_waiting.popleft() for _ in range(min(len(_waiting), MOST_TOGETHER))]
    try:
        _commit(together)
    except BaseException:  # this thread is being ended: the others go on without it
        _waiting.extendleft(one for one in reversed(together) if not one.made.done())
        raise


def _commit(together: list[_Waiting]) -> None:
    has_begun = False
    try:
        with transaction.atomic():
            has_begun = True
            made = _work_all(together)
    except Exception as error:
        if has_begun and len(together) > 1:  # all of it is undone: whose fault it was is seen one by one
            for one in together:
                _commit([one])
        else:
            for one in together:
                one.made.set_exception(error)
    else:
        for one, its_own in zip(together, made, strict=True):
            one.made.set_result(its_own)


def _work_all(together: list[_Waiting]) -> list[Any]:
    with own_turn() as turn:
        shared = Shared(turn)
        made = [one.work(shared) for one in together]
        if transaction.get_rollback():  # somebody swallowed a fault: Django would undo it all and say nothing
            raise Undone
    return made
