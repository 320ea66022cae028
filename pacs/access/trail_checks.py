"""Checks of the trail: made now, by whoever asks, and once a day by the server; what the last one found is kept."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connections
from django.utils import timezone

from pacs.access.append_only import is_guarded
from pacs.access.chain import Break, holds_event, last_hash, steps
from pacs.access.models import AuditEvent, TrailCheck
from pacs.errors import places_of

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
MOST_BREAKS_KEPT = 1000


@dataclass(frozen=True)
class Verdict:
    """What a check found. `is_cut`: an event that was the newest once is not there any more."""

    checked_at: datetime
    events: int
    last_hash: str
    is_cut: bool
    is_guarded: bool
    breaks: tuple[Break, ...] = field(default=())

    @property
    def is_whole(self) -> bool:
        """Whether every event is as it was written, and none is missing."""
        return not self.breaks and not self.is_cut


def check_trail(expected: str = "", on_step: Callable[[int], None] = lambda checked: None) -> Verdict:
    """Check all of it and keep what was found. `expected` is a last hash that was kept elsewhere.

    `on_step` is told how many events are checked so far.
    """
    before = TrailCheck.objects.first()
    known = [kept for kept in (expected, before.last_hash if before else "") if kept]
    # Asked before the check, and answered by it: what is written meanwhile is checked too.
    newest, checked, found = last_hash(), 0, list[Break]()
    for step in steps():
        found += step.breaks
        checked = step.checked
        on_step(checked)
    verdict = Verdict(
        checked_at=timezone.now(),
        events=checked,
        last_hash=newest,
        is_cut=not all(holds_event(kept) for kept in known),
        is_guarded=is_guarded(),
        breaks=tuple(dict.fromkeys(found)),
    )
    _keep(verdict, before)
    return verdict


def _keep(verdict: Verdict, before: TrailCheck | None) -> None:
    row = before or TrailCheck()
    row.checked_at, row.events = verdict.checked_at, verdict.events
    row.is_cut, row.is_guarded = verdict.is_cut, verdict.is_guarded
    row.broken = [[broken.event, broken.what] for broken in verdict.breaks[:MOST_BREAKS_KEPT]]
    if verdict.is_whole:
        row.last_hash = verdict.last_hash
    row.save()


def last_verdict() -> Verdict | None:
    """What the last check found; None before the first."""
    row = TrailCheck.objects.first()
    if row is None:
        return None
    return Verdict(
        checked_at=row.checked_at,
        events=row.events,
        last_hash=row.last_hash,
        is_cut=row.is_cut,
        is_guarded=row.is_guarded,
        breaks=tuple(Break(event, what) for event, what in row.broken),
    )


def check_when_due() -> None:
    """Check, unless that was done within a day. A trail that is broken is told in the log."""
    last = last_verdict()
    if last is not None and timezone.now() - last.checked_at < EVERY:
        return
    verdict = check_trail()
    if not verdict.is_whole:
        log.error("the audit trail is broken: `manage.py audit verify` names where")


@dataclass(frozen=True)
class Progress:
    """How far the check under way has come, in events."""

    checked: int
    events: int


class _Checking:
    """At most one check at a time, in a thread of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.progress: Progress | None = None

    def begin(self) -> None:
        with self._lock:
            if self.progress is not None:
                return
            self.progress = Progress(0, AuditEvent.objects.count())
        threading.Thread(target=self._run, name="trail-check", daemon=True).start()

    def _run(self) -> None:
        try:
            check_trail(on_step=self._note)
        except Exception as error:
            log.error("the audit trail could not be checked: %s", places_of(error))
        finally:
            connections.close_all()
            self.progress = None

    def _note(self, checked: int) -> None:
        known = self.progress
        self.progress = Progress(checked, max(checked, known.events if known else 0))


_checking = _Checking()


def begin_check() -> None:
    """Check in the background, unless that is being done already."""
    _checking.begin()


def check_under_way() -> Progress | None:
    """How far it has come; None when none is under way."""
    return _checking.progress
