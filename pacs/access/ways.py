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

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from pacs.access.actors import Actor
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
    """

    reason: Reason
    rows: QuerySet[Any]
    names: str
    of_study: str
    is_wide: bool = False

    def rows_for(self, study: Study) -> QuerySet[Any]:
        """The rows by which this study is open."""
        return self.rows.filter(**{self.names: getattr(study, self.of_study)})

    def opens(self, study: str) -> Q:
        """The condition for many studies: the rows are read once. `study` as in policy.studies_open_to."""
        return Q(**{f"{study}{self.of_study}__in": self.rows.values(self.names)})

    def opens_one(self, study: str) -> Exists:
        """The condition for a study that is found otherwise: an index is asked for it, however many rows there are."""
        return Exists(self.rows.filter(**{self.names: OuterRef(f"{study}{self.of_study}")}))

    def opened(self) -> QuerySet[Any]:
        """The numbers of the studies that are open so."""
        if self.of_study == "pk":
            return self.rows.values_list(self.names)
        return Study.objects.filter(self.opens("")).values_list("pk")


def ways_of(actor: Actor) -> tuple[Way, ...]:
    """Every way in which a study may be open to a person to whom not everything is."""
    if actor.user_id is None or not actor.reads:
        return ()
    breadth = actor.reach.breadth
    if breadth is Breadth.OWN:
        tied = PatientTie.objects.filter(user_id=actor.user_id)
        return (Way(Reason.TIED, tied, "patient_id", "patient_id"),)
    if breadth not in GRANTED_TO:
        return ()
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
    grants = grants_held_by(actor).filter(not_ended())
    return tuple(
        Way(reason, grants.filter(**{f"{names}__isnull": False}), names, of_study)
        for reason, names, of_study in GRANTED
    )


def held_by(actor: Actor) -> Q:
    """The condition under which a grant is to the person, a group they are in, or the staff of their institution."""
    held = Q(user_id=actor.user_id)
    if actor.reach.groups:
        held |= Q(group_id__in=actor.reach.groups)
    if actor.reach.breadth is Breadth.INSTITUTION:
        held |= Q(to_institution_id=actor.reach.institution)
    return held


def grants_held_by(actor: Actor) -> QuerySet[Grant]:
    """All grants that the person has, by themselves or with others; ended ones too."""
    return Grant.objects.filter(held_by(actor))


def not_ended() -> Q:
    """The condition under which a grant holds, now."""
    return Q(expires_at=None) | Q(expires_at__gt=timezone.now())


def first_end(actor: Actor, study: Study) -> float | None:
    """When the first of the ways by which a study is open ends by itself (seconds of time.time()), if one does."""
    if actor.guest is not None:
        return first_end(actor.guest.sender, study)
    if actor.reach.has_all or actor.reach.breadth not in GRANTED_TO:
        return None
    of_study = reduce(or_, (Q(**{names: getattr(study, at)}) for _, names, at in GRANTED))
    grants = grants_held_by(actor).filter(of_study, expires_at__gt=timezone.now())
    first = grants.order_by("expires_at").values_list("expires_at", flat=True).first()
    ends = [first.timestamp()] if first else []
    return min([*ends, *_ends_of_breaks(actor, study)], default=None)


def _ends_of_breaks(actor: Actor, study: Study) -> list[float]:
    if actor.reach.breadth is not Breadth.INSTITUTION or actor.user_id is None:
        return []
    # What is left of it by the database's clock, counted from now by ours.
    lasting = _broken(actor.user_id).rows_for(study).values_list("ends_at", Now())
    return [time.time() + (ends - now).total_seconds() for ends, now in lasting]
