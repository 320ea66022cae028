"""The copy that a link without names shows is made: object by object, through the one pipeline.

Under a key that is drawn for this link and kept nowhere: of two links nobody can tell that they show the same study,
and what a pseudonym stands for nobody can tell at all. What a crash broke off is erased and made anew under another.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings
from django.db import transaction

from pacs.access.actors import actor_for_user
from pacs.access.audit import record
from pacs.access.models import Extent, GuestLink, LinkCopy, Notice
from pacs.access.notices import tell_sender
from pacs.access.permit import visible_instances
from pacs.catalog.arrivals import take_turn
from pacs.catalog.kept_objects import kept_objects
from pacs.catalog.models import NOBODYS, Study
from pacs.deidentify.choices import Choices, Option
from pacs.deidentify.pseudonyms import KEY_BYTES
from pacs.errors import Overloaded, places_of
from pacs.ingest.arrival import arrival_from_copy
from pacs.ingest.copy_marks import new_mark
from pacs.ingest.crew import side_by_side
from pacs.ingest.pipeline import ingest
from pacs.ingest.receipts import Stored
from pacs.ingest.workers import Workers
from pacs.media.deidentified import CannotCopy, Judged, Wishes, copy_of, judged
from pacs.media.looking import edits_of
from pacs.nameless.erasing import erase_copy
from pacs.storage.staging import stage

if TYPE_CHECKING:
    from pacs.access.actors import Actor
    from pacs.storage.staging import Staged

log = logging.getLogger(__name__)

# Descriptions keep the words of which it is known that they name nobody (PS3.15 E.3.6): without any, series of a
# study can hardly be told apart.
CHOICES = Choices(frozenset({Option.CLEAN_DESCRIPTORS}))
State = LinkCopy.State
Result = TypeVar("Result")
TRIES = 5
TOLD_EVERY_S = 1.0
_lock = threading.Lock()
_under_way = set[int]()


def begin_copying(number: int) -> None:
    """Make it, in a thread. Nothing where that was begun already."""
    if _claim(number):
        _workers.do(number)


def copy_now(number: int) -> None:
    """Make it, and return when that is over. Raises what keeps it from being made, as StorageFull and Overloaded."""
    if not _claim(number):
        return
    try:
        _patiently(lambda: _Copying(number, is_awaited=True).run())
    except Exception:
        _fail(number, is_awaited=True)
        raise
    finally:
        _let_go(number)


def resume_copying() -> int:
    """Begin anew with what was broken off; how many."""
    begun = list(LinkCopy.objects.filter(state=State.PREPARING).values_list("pk", flat=True))
    for number in begun:
        begin_copying(number)
    return len(begun)


def _claim(number: int) -> bool:
    with _lock:
        is_new = number not in _under_way
        _under_way.add(number)
    return is_new


def _copy(number: int) -> None:
    """Make one copy. Whatever happens is told by its state, and to the sender where there is none."""
    try:
        _patiently(lambda: _Copying(number, is_awaited=False).run())
    except Exception as error:
        log.error("the copy of a link could not be made: %s", places_of(error))
        _fail(number, is_awaited=False)
    finally:
        _let_go(number)


def _let_go(number: int) -> None:
    with _lock:
        _under_way.discard(number)


def _patiently(work: Callable[[], Result]) -> Result:
    """The result, for which a busy server is asked again."""
    for _ in range(TRIES - 1):
        try:
            return work()
        except Overloaded as busy:
            # As long as the sandbox asks for: who reads images goes first.
            time.sleep(float(busy.fields.get("retry_after_s", 1)))
    return work()


def _fail(number: int, *, is_awaited: bool) -> None:
    try:
        with transaction.atomic():
            waiting = LinkCopy.objects.filter(pk=number, state=State.PREPARING)
            if waiting.update(state=State.FAILED, wanted={}) and not is_awaited:
                tell_sender(GuestLink.objects.get(copy=number), Notice.What.NOT_COPIED)
    except Exception as error:
        log.error("that a copy failed could not be written down: %s", places_of(error))  # it is begun anew


_workers: Workers[int] = Workers("copying", 2, _copy)


@dataclass(frozen=True)
class _Made:
    """A copied object on its way in; None where there can be none."""

    staged: Staged | None

    def discard(self) -> None:
        if self.staged is not None:
            self.staged.discard()


class _Copying:
    """The making of one copy; `is_awaited` where its sender is answered when it is over, and needs no notice."""

    def __init__(self, number: int, *, is_awaited: bool) -> None:
        self.number = number
        self.is_awaited = is_awaited
        self.uid = ""
        self.kept = self.left_out = 0
        self._told_at = 0.0

    def run(self) -> None:
        """Erase what is left of an earlier try, copy, and let guests in. Nothing where it is wanted no more."""
        row = LinkCopy.objects.select_related("link__made_by").filter(pk=self.number).first()
        if row is None or row.state != State.PREPARING:
            return
        LinkCopy.objects.filter(pk=self.number).update(study_instance_uid="")
        erase_copy(row.study_instance_uid)
        actor = actor_for_user(row.link.made_by)
        found = _shown_by(row.link, actor)
        LinkCopy.objects.filter(pk=self.number).update(total=len(found), done=0, left_out=0)
        wishes = Wishes(
            Choices(CHOICES.options, new_mark()),
            secrets.token_bytes(KEY_BYTES),
            frozenset(row.wanted.get("seen", ())),
            edits_of(found, row.wanted.get("edits", ())),
        )
        made = self._made(found, wishes)
        with closing(side_by_side(made, partial(_enter, actor), _hands())) as results:
            for is_kept in results:
                self._count(is_kept)
        self._finish(row, actor, wishes)

    def _made(self, found: list[Judged], wishes: Wishes) -> Iterator[_Made]:
        for one in found:
            if not self._is_wanted():
                return
            yield _Made(self._staged(one, wishes))

    def _is_wanted(self) -> bool:
        return LinkCopy.objects.filter(pk=self.number, state=State.PREPARING).exists()

    def _staged(self, one: Judged, wishes: Wishes) -> Staged | None:
        try:
            copy = _patiently(partial(copy_of, one, wishes))
            if not self.uid:
                self._tell_uid(copy.uids[0])
            with stage(copy.size_bytes) as writer:
                for piece in copy.pieces:
                    writer.write(piece)
                return writer.finish()
        except CannotCopy:
            return None

    def _tell_uid(self, uid: str) -> None:
        """Before its first row is there: whoever looks for copies that no link shows must not take it for one."""
        self.uid = uid
        LinkCopy.objects.filter(pk=self.number).update(study_instance_uid=uid)

    def _count(self, is_kept: bool) -> None:
        self.kept += is_kept
        self.left_out += not is_kept
        now = time.monotonic()
        if now - self._told_at >= TOLD_EVERY_S:
            self._told_at = now
            LinkCopy.objects.filter(pk=self.number).update(done=self.kept, left_out=self.left_out)

    def _finish(self, row: LinkCopy, actor: Actor, wishes: Wishes) -> None:
        with transaction.atomic():
            take_turn()
            study = Study.objects.filter(study_instance_uid=self.uid, institution_id=NOBODYS).first()
            state = State.READY if study is not None else State.FAILED
            waiting = LinkCopy.objects.filter(pk=self.number, state=State.PREPARING)
            is_wanted = waiting.update(
                state=state, copy=study, done=self.kept, left_out=self.left_out, wanted={}
            )
            if is_wanted:
                record(
                    actor,
                    "link copied",
                    study=row.link.study,
                    outcome="ok" if study is not None else "failed",
                    link=row.link.public_id,
                    objects=self.kept,
                    left_out=self.left_out,
                    looked_at=len(wishes.seen),
                    blacked_out=len(wishes.edits),
                )
            if is_wanted and study is None and not self.is_awaited:
                tell_sender(row.link, Notice.What.NOT_COPIED)
        if not is_wanted:
            erase_copy(self.uid)


def _hands() -> int:
    """Half of the children at most: who reads images meanwhile needs the others."""
    return max(1, settings.SANDBOX_CHILDREN // 2)


def _shown_by(link: GuestLink, actor: Actor) -> list[Judged]:
    """What the link is to show, as far as it is open to its sender now."""
    rows = visible_instances(actor).filter(series__study=link.study_id)
    if link.extent == Extent.SERIES:
        rows = rows.filter(series__in=link.parts.values("series"))
    if link.extent == Extent.INSTANCES:
        rows = rows.filter(pk__in=link.parts.values("instance"))
    return list(judged(kept_objects(rows)))


def _enter(actor: Actor, made: _Made) -> bool:
    """Whether it was taken in."""
    if made.staged is None:
        return False
    return isinstance(ingest(arrival_from_copy(made.staged, actor=actor)), Stored)
