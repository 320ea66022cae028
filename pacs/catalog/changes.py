"""Everything that came and went, in one order: instances by the number that each has, deletions by their own.

An instance that is gone has no number any more, so that whoever begins at 0 is told of what is here and of what went,
and of nothing twice. Numbers become visible in their order (catalog.arrivals), so a cursor misses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from pacs.catalog.models import OWN_INSTITUTION, Change

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from pacs.catalog.models import Instance

STORED = "stored"
COLUMNS = (
    "arrival",
    "series__study__study_instance_uid",
    "series__series_instance_uid",
    "sop_instance_uid",
    "received_at",
    "sop_class_uid",
    "size_bytes",
    "blob",
)


@dataclass(frozen=True)
class Event:
    """Something that happened: its number, what, to which study, series or instance; of an instance its file."""

    number: int
    kind: str
    level: str
    study: str
    series: str
    instance: str
    at: datetime
    file: dict[str, Any] | None = None


def events_between(
    instances: QuerySet[Instance], changes: QuerySet[Change], since: int, until: int, most: int
) -> list[Event]:
    """The first `most` events after number `since` and up to `until`, of rows that are open to whoever asks."""
    stored = instances.filter(arrival__gt=since, arrival__lte=until).order_by("arrival")
    happened = changes.filter(number__gt=since, number__lte=until).order_by("number")
    both = (
        [_stored(row) for row in stored.values_list(*COLUMNS)[:most]],
        [_happened(row) for row in happened[:most]],
    )
    return list(islice(merge(*both, key=attrgetter("number")), most))


def last_institution_of(study_instance_uid: str) -> int:
    """Whose a study was when something of it last went or came back; the own one's where nothing did."""
    of_study = Change.objects.filter(study_instance_uid=study_instance_uid)
    last = of_study.order_by("-number").values_list("institution_id", flat=True).first()
    return OWN_INSTITUTION if last is None else last


def _stored(row: tuple[Any, ...]) -> Event:
    number, study, series, instance, at, sop_class, size_bytes, blob = row
    file = {"sop_class": sop_class, "size_bytes": size_bytes, "sha256": blob}
    return Event(number, STORED, "instance", study, series, instance, at, file)


def _happened(row: Change) -> Event:
    uids = (row.study_instance_uid, row.series_instance_uid, row.sop_instance_uid)
    return Event(row.number, row.kind, row.level, *uids, row.at)
