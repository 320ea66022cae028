"""The one policy: which studies are open to whom, as one condition in SQL that every door shares (promise P13)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from pacs.access.actors import Actor, Guest
from pacs.access.models import Grant, GuestLink, PatientTie, Purpose, Role, SetAside, SharedPart, User

SEES_EVERYTHING = frozenset({Role.ADMINISTRATOR, Role.CLINICIAN, Role.TECHNOLOGIST})
NOTHING = Q(pk__in=())


def sees_everything(actor: Actor) -> bool:
    """Whether every study is open to the actor."""
    return actor.kind == "system" or (
        actor.user_id is not None and actor.role in SEES_EVERYTHING and actor.reads
    )


def studies_open_to(actor: Actor, study: str = "") -> Q:
    """The condition under which a study is open to the actor.

    `study` is the path from the queried model to its study, with its closing "__": "" for Study itself,
    "study__" for Series, "series__study__" for Instance. The condition reads grants, ties and the
    referrer's name anew each time, so that taking one away holds at the next query (promise P14).
    """
    if sees_everything(actor):
        return Q()
    if actor.guest is not None:
        return _linked_to(actor.guest, study) & studies_open_to(actor.guest.sender, study)
    if actor.user_id is None or not actor.reads:
        return NOTHING
    if actor.role == Role.REFERRER:
        return _named_on(actor.user_id, study) | _granted_to(actor.user_id, study)
    if actor.role == Role.PATIENT:
        return _tied_to(actor.user_id, study)
    return NOTHING


def series_open_to(actor: Actor, series: str = "") -> Q:
    """The condition under which a series is open; `series` the path to it: "" or "series__"."""
    whole = studies_open_to(actor, f"{series}study__")
    if actor.guest is None or not actor.guest.sees_a_part:
        return whole
    shown = SharedPart.objects.filter(link_id=actor.guest.link)
    return whole & Q(**{f"{series}pk__in": shown.values("series_id")})


def instances_open_to(actor: Actor) -> Q:
    """The condition under which an instance is open to the actor."""
    of_series = series_open_to(actor, "series__")
    if actor.guest is None or not actor.guest.sees_single_images:
        return of_series
    shown = SharedPart.objects.filter(link_id=actor.guest.link, instance__isnull=False)
    return of_series & Q(pk__in=shown.values("instance_id"))


def changes_open_to(actor: Actor) -> Q:
    """The condition under which the actor may know that something went or came back (catalog.models.Change).

    Those to whom its study is open, or was when it went: whoever had it may hear that it is gone, and nobody else.
    """
    if sees_everything(actor):
        return Q()
    if actor.guest is not None or actor.user_id is None or not actor.reads:
        return NOTHING
    if actor.role == Role.REFERRER:
        grants = Grant.objects.filter(_not_ended(), user_id=actor.user_id)
        was_granted = SetAside.objects.filter(user_id=actor.user_id)
        return (
            _named_on(actor.user_id, "")
            | Q(study_instance_uid__in=grants.values("study__study_instance_uid"))
            | Q(study_instance_uid__in=was_granted.values("study_instance_uid"))
        )
    return _tied_to(actor.user_id, "") if actor.role == Role.PATIENT else NOTHING


def holds(at: datetime | None = None) -> Q:
    """The condition under which a GuestLink lets its guests act, now."""
    now = at or timezone.now()
    begun = Q(not_before=None) | Q(not_before__lte=now)
    return begun & Q(revoked_at=None, expires_at__gt=now, made_by__is_active=True)


# The subqueries below do not depend on the outer row: the database runs each once and then uses the
# index of the study, instead of asking for every study in turn.


def _tied_to(user_id: int, study: str) -> Q:
    tied = PatientTie.objects.filter(user_id=user_id)
    return Q(**{f"{study}patient_id__in": tied.values("patient_id")})


def _named_on(user_id: int, study: str) -> Q:
    own_name = User.objects.filter(pk=user_id).exclude(referring_physician_key="")
    return Q(**{f"{study}referring_physician_key__in": own_name.values("referring_physician_key")})


def _granted_to(user_id: int, study: str) -> Q:
    granted = Grant.objects.filter(_not_ended(), user_id=user_id)
    return Q(**{f"{study}pk__in": granted.values("study_id")})


def _not_ended() -> Q:
    return Q(expires_at=None) | Q(expires_at__gt=timezone.now())


def _linked_to(guest: Guest, study: str) -> Q:
    link = GuestLink.objects.filter(holds(), pk=guest.link, purpose=Purpose.SHOW)
    return Q(**{f"{study}pk__in": link.values("study_id")})
