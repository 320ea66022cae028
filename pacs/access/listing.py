"""The app's list: of the studies that are open to somebody a page, the newest first."""

from __future__ import annotations

from dataclasses import dataclass

from pacs.access.actors import Actor
from pacs.access.permit import named_studies, visible_studies
from pacs.catalog.models import Study
from pacs.catalog.search import Place, StudyFilter, first_named, list_studies, newest_arrival


@dataclass(frozen=True)
class Listed:
    """Studies with their patients, and the arrival number of what came last of all that is open to the actor."""

    studies: list[Study]
    arrival: int


def studies_listed(actor: Actor, asked: StudyFilter, after: Place | None, most: int) -> Listed:
    """The first of what fits, from that place on.

    The arrival is asked for before the page is: what arrives in between is told by the socket, never missed.
    """
    named = named_studies(actor)
    if named is None:
        rows = visible_studies(actor)
        arrival = newest_arrival(rows)
        return Listed(list(list_studies(rows, asked, after)[:most]), arrival)
    arrival = max((one.arrival for one in named), default=0)
    among = first_named(named, after, most) if asked == StudyFilter() else named
    rows = Study.objects.filter(pk__among=[one.pk for one in among])
    return Listed(list(list_studies(rows, asked, after, few=True)[:most]), arrival)
