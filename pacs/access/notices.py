"""What people are told: of links, the sender that theirs was opened, the patient that their images were shared."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from pacs.access.actors import Actor
from pacs.access.models import GuestLink, Notice, PatientTie

MOST_TOLD = 100


def tell_sender(link: GuestLink, what: str, said_by: str = "") -> None:
    """The sender of a link; `said_by` is who opened it, in their own words. In the transaction of what is told."""
    Notice.objects.create(user_id=link.made_by_id, link=link, what=what, said_by=said_by)


def tell_patient(link: GuestLink) -> None:
    """Every account that is tied to the patient whose images a new link shows, but for who made it."""
    if link.study is None:
        return
    ties = PatientTie.objects.filter(patient_id=link.study.patient_id).exclude(user_id=link.made_by_id)
    users = ties.values_list("user_id", flat=True).distinct()
    Notice.objects.bulk_create(Notice(user_id=user, link=link, what=Notice.What.SHARED) for user in users)


def notices_of(actor: Actor) -> QuerySet[Notice]:
    """The newest of theirs, each with its link and who made that."""
    found = _told_to(actor).select_related(
        "link__made_by", "link__study", "break_glass__user", "break_glass__study"
    )
    return found.order_by("-at", "-pk")[:MOST_TOLD]


def count_unseen(actor: Actor) -> int:
    """How many were told since they last looked."""
    return _told_to(actor).filter(seen_at=None).count()


def mark_seen(actor: Actor, newest: int) -> None:
    """They have seen these up to the newest that they were shown, by its number."""
    _told_to(actor).filter(seen_at=None, pk__lte=newest).update(seen_at=timezone.now())


def _told_to(actor: Actor) -> QuerySet[Notice]:
    if actor.user_id is None:
        return Notice.objects.none()
    return Notice.objects.filter(user_id=actor.user_id)
