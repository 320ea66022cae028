"""The ways in which studies are open to somebody: each the rows that open, and what of a study they name.

Of these the policy makes its condition, by these it is explained, and by these a decision knows when it ends: what
is said of an access is what decides it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from pacs.access.actors import Actor, Guest
from pacs.access.models import BreakGlass, Grant, PatientTie, User
from pacs.access.reach import GRANTED_TO, Breadth
from pacs.catalog.models import Study


class Reason(StrEnum):
    """Why a study is open."""

    EVERYTHING = "everything"  # their role sees all there is
    INSTITUTION = "institution"  # it is of the institution they work for
    NAMED = "named"  # it names them as its referrer
    TIED = "tied"  # it is of a patient they are, or care for
    BREAK_GLASS = "break-glass"  # they opened it in an emergency, for a while
    GRANTED_STUDY = "granted study"
    GRANTED_PATIENT = "granted patient"
    GRANTED_REFERRER = "granted referrer"
    GRANTED_INSTITUTION = "granted institution"


# What a grant may name, and where a study says it.
GRANTED = (
    (Reason.GRANTED_STUDY, "study_id", "pk"),
    (Reason.GRANTED_PATIENT, "patient_id", "patient_id"),
    (Reason.GRANTED_REFERRER, "referring_physician_key", "referring_physician_key"),
    (Reason.GRANTED_INSTITUTION, "institution_id", "institution_id"),
)


@dataclass(frozen=True)
class Way:
    """Open is each study whose `of_study` is among the `names` of the rows.

    `is_wide` is said of ways by which most of an archive may be open: those are never listed study by study.
    `by_holder` are the same rows once more, of each holder apart, where there may be several.
    """

    reason: Reason
    rows: QuerySet[Any]
    names: str
    of_study: str
    is_wide: bool = False
    by_holder: tuple[QuerySet[Any], ...] = ()

    def rows_for(self, study: Study) -> QuerySet[Any]:
        """The rows by which this study is open."""
        return self.rows.filter(**{self.names: getattr(study, self.of_study)})

    def opens(self, study: str) -> Q:
        """The condition for many studies: the rows are read once. `study` as in policy.studies_open_to."""
        return Q(**{f"{study}{self.of_study}__in": self.rows.values(self.names)})


def may_have_ways(actor: Actor) -> bool:
    """Whether there is any way at all, told without making them."""
    breadth = actor.reach.breadth
    return actor.user_id is not None and actor.reads and (breadth is Breadth.OWN or breadth in GRANTED_TO)


def ways_of(actor: Actor) -> tuple[Way, ...]:
    """Every way in which a study may be open to a person to whom not everything is."""
    if actor.user_id is None or not may_have_ways(actor):
        return ()
    breadth = actor.reach.breadth
    if breadth is Breadth.OWN:
        tied = PatientTie.objects.filter(user_id=actor.user_id)
        return (Way(Reason.TIED, tied, "patient_id", "patient_id"),)
    if breadth is Breadth.INSTITUTION:
        return (_by_themselves(actor.user_id, breadth), _broken(actor.user_id), *_granted(actor))
    return (_by_themselves(actor.user_id, breadth), *_granted(actor))


def _by_themselves(user_id: int, breadth: Breadth) -> Way:
    self = User.objects.filter(pk=user_id)
    if breadth is Breadth.INSTITUTION:
        return Way(Reason.INSTITUTION, self, "institution_id", "institution_id", is_wide=True)
    named = self.exclude(referring_physician_key="")
    return Way(Reason.NAMED, named, "referring_physician_key", "referring_physician_key")


def _broken(user_id: int) -> Way:
    """For staff alone: neither a patient nor a referrer breaks a glass, whatever their role was before."""
    lasting = BreakGlass.objects.filter(user_id=user_id, ends_at__gt=Now(), study__isnull=False)
    return Way(Reason.BREAK_GLASS, lasting, "study_id", "pk")


def _granted(actor: Actor) -> tuple[Way, ...]:
    return tuple(_granted_by(actor, *of) for of in GRANTED)


def _granted_by(actor: Actor, reason: Reason, names: str, of_study: str) -> Way:
    lasting = Grant.objects.filter(not_ended(), **{f"{names}__isnull": False})
    holders = _holders(actor)
    return Way(
        reason,
        lasting.filter(held_by(actor)),
        names,
        of_study,
        by_holder=tuple(lasting.filter(holder) for holder in holders),
    )


def held_by(actor: Actor) -> Q:
    """The condition under which a grant is to the person, a group they are in, or the staff of their institution."""
    return reduce(or_, _holders(actor))


def _holders(actor: Actor) -> tuple[Q, ...]:
    holders = [Q(user_id=actor.user_id)]
    if actor.reach.groups:
        holders.append(Q(group_id__in=actor.reach.groups))
    if actor.reach.breadth is Breadth.INSTITUTION:
        holders.append(Q(to_institution_id=actor.reach.institution))
    return tuple(holders)


def not_ended() -> Q:
    """The condition under which a grant holds, now."""
    return Q(expires_at=None) | Q(expires_at__gt=Now())


def first_end(actor: Actor, study: Study) -> float | None:
    """When the first of the ways by which a study is open ends by itself (seconds of time.time()), if one does."""
    if actor.guest is not None:
        return first_end(actor.guest.sender, _shared(actor.guest, study))
    if actor.reach.has_all or actor.reach.breadth not in GRANTED_TO:
        return None
    of_study = reduce(or_, (Q(**{names: getattr(study, at)}) for _, names, at in GRANTED))
    grants = Grant.objects.filter(held_by(actor), of_study, expires_at__gt=timezone.now())
    first = grants.order_by("expires_at").values_list("expires_at", flat=True).first()
    ends = [first.timestamp()] if first else []
    return min([*ends, *_ends_of_breaks(actor, study)], default=None)


def _shared(guest: Guest, study: Study) -> Study:
    """Of what a guest sees, the study that its sender shared: for a copy, what it was made of."""
    if not guest.is_deidentified:
        return study
    return Study.objects.filter(guest_links=guest.link).first() or study


def _ends_of_breaks(actor: Actor, study: Study) -> list[float]:
    if actor.reach.breadth is not Breadth.INSTITUTION or actor.user_id is None:
        return []
    # What is left of it by the database's clock, counted from now by ours.
    lasting = _broken(actor.user_id).rows_for(study).values_list("ends_at", Now())
    return [time.time() + (ends - now).total_seconds() for ends, now in lasting]
