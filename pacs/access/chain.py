"""Whether the trail is as it was written: every event named that is not (promise P17).

Nobody without the trail before it can tell that its newest events were cut off: keep the last hash elsewhere.
`manage.py audit verify` prints it, and checks one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pacs.access.audit import FIRST_LINK, hash_of
from pacs.access.models import AuditEvent

AT_ONCE = 2000  # events read in one query: a check of millions holds no snapshot for long


@dataclass(frozen=True)
class Break:
    """An event that is not as it was written, or not where it was.

    `what` is "changed"; "inserted", it stands between two that followed each other; "moved", it follows one that comes
    after it; "missing_before", what it follows is nowhere.
    """

    event: int
    what: str


@dataclass(frozen=True)
class Step:
    """How far a check has come: events read so far, and what was found in the last of them."""

    checked: int
    breaks: tuple[Break, ...]


def steps() -> Iterator[Step]:
    """Check the whole trail, the oldest first. What is written meanwhile is checked as well."""
    previous, last, checked = FIRST_LINK, 0, 0
    while batch := list(AuditEvent.objects.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        found: list[Break] = []
        for event in batch:
            found += _breaks_at(event, previous)
            previous = event.hash
        last, checked = batch[-1].pk, checked + len(batch)
        yield Step(checked, tuple(found))


def breaks() -> list[Break]:
    """Everything that is not as it was written, each told once, in the order of the trail; none in a whole one."""
    return list(dict.fromkeys(broken for step in steps() for broken in step.breaks))


def _breaks_at(event: AuditEvent, previous: str) -> Iterator[Break]:
    if hash_of(event) != event.hash:
        yield Break(event.pk, "changed")
    if event.previous_hash != previous:
        yield from _out_of_place(event)


def _out_of_place(event: AuditEvent) -> Iterator[Break]:
    """Why it does not follow the one before it."""
    followed = None if event.previous_hash == FIRST_LINK else _numbered(event.previous_hash)
    if followed is None and event.previous_hash != FIRST_LINK:
        yield Break(event.pk, "missing_before")
    elif followed is not None and followed > event.pk:
        yield Break(event.pk, "moved")
    else:
        between = AuditEvent.objects.filter(pk__gt=followed or 0, pk__lt=event.pk)
        for pk in between.order_by("pk").values_list("pk", flat=True):
            yield Break(pk, "inserted")


def _numbered(event_hash: str) -> int | None:
    return AuditEvent.objects.filter(hash=event_hash).values_list("pk", flat=True).first()


def last_hash() -> str:
    """The hash of the newest event: whoever keeps it elsewhere can tell that nothing was cut off since."""
    return AuditEvent.objects.order_by("-pk").values_list("hash", flat=True).first() or FIRST_LINK


def holds_event(event_hash: str) -> bool:
    """Whether an event of this hash is in the trail; the beginning of all always is."""
    return event_hash == FIRST_LINK or _numbered(event_hash) is not None
