"""Fetch and authorise in one act (promise P13). What an actor may not see does not exist for them: NotFound."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from django.db import connection
from django.db.models import QuerySet

from pacs.access import audit
from pacs.access.actors import Actor, Guest
from pacs.access.acts import Act as Act
from pacs.access.condition import first_open_to, statement_open_to
from pacs.access.functions import MOST_TOLD
from pacs.access.models import Purpose, Scope
from pacs.access.policy import (
    changes_open_to,
    instances_open_to,
    sees_most,
    series_open_to,
    studies_open_to,
)
from pacs.access.ways import may_have_ways
from pacs.catalog.levels import Level
from pacs.catalog.listed import BEFORE_ALL, Listed
from pacs.catalog.models import Change, Instance, Series, Study
from pacs.catalog.search import Named, Place
from pacs.errors import NotAllowed, NotFound, NotSignedIn
from pacs.uids import is_uid

MOST_NAMED = 10_000  # studies; a database takes some tens of thousands of parameters


# What a bounded key is good for, within what its account may do; to share, delete and administer is in no scope.
ACTS_IN: dict[str, frozenset[Act]] = {
    Scope.READ: frozenset({Act.SEARCH, Act.LIST, Act.VIEW, Act.DOWNLOAD}),
    Scope.STORE: frozenset({Act.STORE}),
}


def may(actor: Actor, act: Act) -> bool:
    """Whether the actor has the right to this kind of act."""
    if actor.scopes is not None and not any(act in ACTS_IN.get(scope, ()) for scope in actor.scopes):
        return False
    if actor.guest is not None:
        return act in _acts_of(actor.guest)
    return actor.kind == "system" or (actor.kind == "person" and act in actor.reach.rights)


def _acts_of(guest: Guest) -> frozenset[Act]:
    """The kinds of acts that a link is good for.

    Who sees a part of a study may not search: counts and keys of a study tell of all of it. Whoever made it can let
    others do no more than they may themselves.
    """
    if guest.purpose == Purpose.RECEIVE:
        return frozenset({Act.HAND_IN})
    rights = guest.sender.reach.rights
    if Act.SHARE not in rights:
        return frozenset()
    acts = {Act.VIEW}
    if not guest.sees_a_part:
        acts.add(Act.SEARCH)
    if guest.may_download and Act.DOWNLOAD in rights:
        acts.add(Act.DOWNLOAD)
    return frozenset(acts)


def require(actor: Actor, act: Act) -> None:
    """Nothing, when the actor has the right to this kind of act. Raises NotSignedIn, or NotAllowed (audited)."""
    if actor.kind == "nobody":
        raise NotSignedIn
    if not may(actor, act):
        audit.record(actor, "refused", outcome="refused", act=str(act))
        raise NotAllowed(act=str(act))


def require_may_upload(actor: Actor) -> None:
    """Nothing for who may store, and for the guest of a link that takes studies in. Raises as require."""
    require(actor, Act.STORE if actor.guest is None else Act.HAND_IN)


def visible_studies(actor: Actor) -> QuerySet[Study]:
    """The studies open to the actor."""
    return Study.objects.filter(studies_open_to(actor))


def visible_series(actor: Actor) -> QuerySet[Series]:
    """The series open to the actor."""
    return Series.objects.filter(series_open_to(actor))


def visible_instances(actor: Actor) -> QuerySet[Instance]:
    """The instances open to the actor."""
    return Instance.objects.filter(instances_open_to(actor))


def one_visible_instance(actor: Actor) -> QuerySet[Instance]:
    """The same, to be asked for one by its UID."""
    return Instance.objects.filter(instances_open_to(actor, one=True))


def sees_a_part(actor: Actor) -> bool:
    """Whether a study that is open to the actor may hold images that are not: so it is for the guests of some links."""
    return actor.guest is not None and actor.guest.sees_a_part


def visible_changes(actor: Actor) -> QuerySet[Change]:
    """What went or came back of the studies that are, or were, open to the actor."""
    return Change.objects.filter(changes_open_to(actor))


def series_within(actor: Actor, study: Study) -> QuerySet[Series]:
    """The series of a study that is open to the actor already: all, but for a link that shows a part."""
    if sees_a_part(actor):
        return visible_series(actor).filter(study=study)
    return Series.objects.filter(study=study)


def instances_within(actor: Actor, series: Series) -> QuerySet[Instance]:
    """The instances of a series that is open to the actor already, likewise."""
    if sees_a_part(actor):
        return visible_instances(actor).filter(series=series)
    return Instance.objects.filter(series=series)


def named_studies(actor: Actor) -> list[Named] | None:
    """All that is open to whom little is, decided at once for the whole of an answer; None where it is much.

    Whatever is sought then, nothing else of the archive is read, and neither its size nor what lies in it shows in
    the time of an answer (promise P13).
    """
    if sees_most(actor):
        return None
    named = [Named._make(row) for row in _few_rows(actor)]
    return named if len(named) <= MOST_NAMED else None


def first_of_few(actor: Actor, after: Place | None, most: int) -> Listed | None:
    """The first in the order of the list, after that place, where all that is open is named; None where it is not."""
    if sees_most(actor) or not may_have_ways(actor):
        return None
    return first_open_to(actor, after or BEFORE_ALL, most, MOST_TOLD)


def _few_rows(actor: Actor) -> Iterable[tuple[Any, ...]]:
    if may_have_ways(actor):
        named = statement_open_to(actor, Named._fields, MOST_NAMED + 1)
        with connection.cursor() as cursor:
            cursor.execute(named.sql, named.parameters)
            return list(cursor.fetchall())
    return visible_studies(actor).values_list(*Named._fields)[: MOST_NAMED + 1]


def searched_rows(actor: Actor, level: Level) -> tuple[QuerySet[Any], bool]:
    """The rows of a level that are open to the actor, and whether they are few: then they are named."""
    named = named_studies(actor)
    if named is None:
        return VISIBLE[level](actor), False
    studies = [one.pk for one in named]
    if level is Level.STUDY:
        return Study.objects.filter(pk__among=studies), True
    series = visible_series(actor).filter(study_id__in=studies)
    if level is Level.SERIES:
        return series, True
    of_series = list(series.values_list("pk", flat=True)[: MOST_NAMED + 1])
    if len(of_series) > MOST_NAMED:
        return visible_instances(actor).filter(series__study_id__in=studies), True
    return visible_instances(actor).filter(series_id__in=of_series), True


VISIBLE: dict[Level, Callable[[Actor], QuerySet[Any]]] = {
    Level.STUDY: visible_studies,
    Level.SERIES: visible_series,
    Level.INSTANCE: visible_instances,
}


def access_study(actor: Actor, uid: str) -> Study:
    """The study, with its patient. Raises NotSignedIn for nobody; NotFound, audited, for all other reasons."""
    rows = Study.objects.filter(studies_open_to(actor, one=True)).select_related("patient")
    found = rows.filter(study_instance_uid=uid).first() if is_uid(uid) else None
    return found or refuse(actor, study=uid)


def access_series(actor: Actor, uid: str) -> Series:
    """The series, with its study and patient. Raises as access_study."""
    rows = Series.objects.filter(series_open_to(actor, one=True)).select_related("study__patient")
    found = rows.filter(series_instance_uid=uid).first() if is_uid(uid) else None
    return found or refuse(actor, series=uid)


def access_instance(actor: Actor, uid: str) -> Instance:
    """The instance, with its series, study and patient. Raises as access_study."""
    rows = one_visible_instance(actor).select_related("series__study__patient")
    found = rows.filter(sop_instance_uid=uid).first() if is_uid(uid) else None
    return found or refuse(actor, instance=uid)


def refuse(actor: Actor, *, study: str = "", series: str = "", instance: str = "") -> NoReturn:
    """Say that it does not exist, and write down who asked.

    What exists and what does not take the same steps, so that the time of the answer tells nothing.
    """
    if actor.kind == "nobody":
        raise NotSignedIn
    # What is no UID is not written down: it may be anything, of any length.
    study, series, instance = (uid if is_uid(uid) else "" for uid in (study, series, instance))
    audit.record(actor, "refused", study=study, outcome="refused", series=series, instance=instance)
    raise NotFound
