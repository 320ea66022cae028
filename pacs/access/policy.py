"""The one policy: which studies are open to whom, as one condition in SQL that every door shares (promise P13)."""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils import timezone

from pacs.access.actors import Actor, Guest
from pacs.access.condition import is_open_to
from pacs.access.models import GuestLink, LinkCopy, Purpose, SetAside, SharedPart
from pacs.access.reach import GRANTED_TO, Breadth
from pacs.access.ways import Way, held_by, may_have_ways, ways_of
from pacs.catalog.models import NOBODYS, Series, Study

NOTHING = Q(pk__in=())


def sees_everything(actor: Actor) -> bool:
    """Whether every study is open to the actor: all but the copies that links without names show."""
    return actor.reach.has_all and actor.reads


def sees_most(actor: Actor) -> bool:
    """Whether so much is open to the actor that it is not to be listed study by study."""
    return sees_everything(actor) or (may_have_ways(actor) and actor.reach.breadth is Breadth.INSTITUTION)


def studies_open_to(actor: Actor, study: str = "", *, one: bool = False) -> Q:
    """The condition under which a study is open to the actor.

    `study` is the path from the queried model to its study, with its closing "__": "" for Study itself,
    "study__" for Series, "series__study__" for Instance. The condition reads grants, ties and the
    referrer's name anew each time, so that taking one away holds at the next query (promise P14).
    `one` is for what is asked for by its UID: the same condition, in the words that are quickest then.
    """
    if sees_everything(actor):
        return _somebodys(study) if actor.reach.has_copies else Q()
    if actor.guest is not None and actor.guest.is_deidentified:
        return _copied_for(actor.guest, study)
    if actor.guest is not None:
        return _linked_to(actor.guest, study) & studies_open_to(actor.guest.sender, study, one=one)
    return Q(is_open_to(actor, study, one=one)) if may_have_ways(actor) else NOTHING


def series_open_to(actor: Actor, series: str = "", *, one: bool = False) -> Q:
    """The condition under which a series is open; `series` the path to it: "" or "series__"."""
    whole = studies_open_to(actor, f"{series}study__", one=one)
    if actor.guest is None or not actor.guest.sees_a_part:
        return whole
    shown = SharedPart.objects.filter(link_id=actor.guest.link)
    return whole & Q(**{f"{series}pk__in": shown.values("series_id")})


def instances_open_to(actor: Actor, *, one: bool = False) -> Q:
    """The condition under which an instance is open to the actor."""
    if sees_everything(actor):
        copied = Series.objects.filter(study__institution_id=NOBODYS)
        return ~Q(series_id__in=copied.values("pk")) if actor.reach.has_copies else Q()
    of_series = series_open_to(actor, "series__", one=one)
    if actor.guest is None or not actor.guest.sees_single_images:
        return of_series
    shown = SharedPart.objects.filter(link_id=actor.guest.link, instance__isnull=False)
    return of_series & Q(pk__in=shown.values("instance_id"))


def changes_open_to(actor: Actor) -> Q:
    """The condition under which the actor may know that something went or came back (catalog.models.Change).

    Those to whom its study is open, or was when it went: whoever had it may hear that it is gone, and nobody else.
    """
    if sees_everything(actor):
        return ~Q(institution_id=NOBODYS)
    ways = ways_of(actor) if actor.guest is None else ()
    if not ways:
        return NOTHING
    told = reduce(or_, (_change_by(way) for way in ways))
    if actor.user_id is None or actor.reach.breadth not in GRANTED_TO:
        return told
    was_granted = SetAside.objects.filter(held_by(actor))
    return told | Q(study_instance_uid__in=was_granted.values("study_instance_uid"))


def _change_by(way: Way) -> Q:
    """A change tells of its study by UID, since the study itself may be gone; else as the study did."""
    if way.of_study == "pk":
        return Q(study_instance_uid__in=way.rows.values("study__study_instance_uid"))
    return way.opens("")


def holds(at: datetime | None = None) -> Q:
    """The condition under which a GuestLink lets its guests act, now."""
    now = at or timezone.now()
    begun = Q(not_before=None) | Q(not_before__lte=now)
    return begun & Q(revoked_at=None, expires_at__gt=now, made_by__is_active=True)


def _linked_to(guest: Guest, study: str) -> Q:
    link = GuestLink.objects.filter(holds(), pk=guest.link, purpose=Purpose.SHOW)
    return Q(**{f"{study}pk__in": link.values("study_id")})


def _copied_for(guest: Guest, study: str) -> Q:
    """The copy that a link without names shows, as long as what it was made of is open to its sender; nothing else."""
    link = GuestLink.objects.filter(
        holds(), studies_open_to(guest.sender, "study__", one=True), pk=guest.link, purpose=Purpose.SHOW
    )
    copies = LinkCopy.objects.filter(link__in=link.values("pk"), state=LinkCopy.State.READY)
    return Q(**{f"{study}pk__in": copies.values("copy_id")})


def _somebodys(study: str) -> Q:
    """All but the copies, of which there are few: they are named, so that no index of institutions is gone by."""
    return ~Q(**{f"{study}pk__in": Study.objects.filter(institution_id=NOBODYS).values("pk")})
