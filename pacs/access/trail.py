"""Reading the trail: what is asked of it, a page at a time or all of it, and the names of who is in it.

The trail holds numbers and account names only; who is behind them is looked up when it is read. Ask permit.require
first: these functions answer whoever calls them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from pacs.access.actors import Actor
from pacs.access.models import AuditEvent, User
from pacs.access.permit import visible_studies
from pacs.catalog.models import Patient, Study

MOST_CALLED = 100
AT_ONCE = 500  # events read at a time where all are wanted
SEEN = ("study opened", "thumbnail seen", "objects exported")


@dataclass(frozen=True)
class Asked:
    """What is asked of the trail; nothing asked is everything.

    `since` and `until` hold for the moment of the event, `until` itself left out. `agent` is an account's name.
    """

    since: datetime | None = None
    until: datetime | None = None
    agent: str = ""
    patients: frozenset[int] | None = None
    study: str = ""
    address: str = ""
    actions: frozenset[str] | None = None
    outcomes: frozenset[str] | None = None


@dataclass(frozen=True)
class Names:
    """Who is behind the numbers of some events, now."""

    people: Mapping[int, str] = field(default_factory=dict)
    patients: Mapping[int, Patient] = field(default_factory=dict)
    studies: Mapping[str, Study] = field(default_factory=dict)


def page(
    asked: Asked, limit: int, after: int | None = None, *, oldest_first: bool = False
) -> list[AuditEvent]:
    """At most `limit` events, the newest first unless told, from behind the event of this number."""
    rows = _asked_for(asked)
    if after is not None:
        rows = rows.filter(pk__gt=after) if oldest_first else rows.filter(pk__lt=after)
    return list(rows.order_by("pk" if oldest_first else "-pk")[:limit])


def batches(asked: Asked, after: int = 0) -> Iterator[list[AuditEvent]]:
    """All of them, the oldest first, some at a time: no query is held open meanwhile."""
    last = after
    while found := page(asked, AT_ONCE, last, oldest_first=True):
        yield found
        last = found[-1].pk


def event_numbered(number: int) -> AuditEvent | None:
    """The event of this number."""
    return AuditEvent.objects.filter(pk=number).first()


def patients_called(patient_id: str) -> frozenset[int]:
    """The patients of this ID, by our numbers: several issuers may have given it."""
    return frozenset(Patient.objects.filter(patient_id=patient_id).values_list("pk", flat=True)[:MOST_CALLED])


def newest_number() -> int:
    """The number of the newest event; 0 where there is none."""
    return AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def names_in(events: Iterable[AuditEvent]) -> Names:
    """Who is in these events: three queries, however many there are."""
    events = list(events)
    people = User.objects.filter(pk__in={event.actor_user_id or 0 for event in events} - {0})
    patients = Patient.objects.filter(pk__in={event.patient_pk or 0 for event in events} - {0})
    uids = {event.study_instance_uid for event in events} - {""}
    studies = Study.objects.filter(study_instance_uid__in=uids)
    return Names(
        people={user.pk: user.display_name or user.username for user in people},
        patients={patient.pk: patient for patient in patients},
        studies={study.study_instance_uid: study for study in studies},
    )


def seen_of_own(actor: Actor, limit: int, after: int | None = None) -> list[AuditEvent]:
    """Who saw the studies that are the actor's own, by a tie that an administrator made; the newest first.

    By the studies as they are now: what was another patient's by mistake, and is not any more, tells nothing.
    """
    own = visible_studies(actor).filter(patient__ties__user_id=actor.user_id or 0)
    rows = AuditEvent.objects.filter(
        action__in=SEEN, outcome="ok", study_instance_uid__in=own.values("study_instance_uid")
    )
    if after is not None:
        rows = rows.filter(pk__lt=after)
    return list(rows.order_by("-pk")[:limit])


def _asked_for(asked: Asked) -> QuerySet[AuditEvent]:
    exactly = {
        "at__gte": asked.since,
        "at__lt": asked.until,
        "actor_label__iexact": asked.agent or None,
        "patient_pk__in": asked.patients,
        "study_instance_uid": asked.study or None,
        "address": asked.address or None,
        "action__in": asked.actions,
        "outcome__in": asked.outcomes,
    }
    return AuditEvent.objects.filter(**{name: value for name, value in exactly.items() if value is not None})
