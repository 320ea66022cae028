"""The app's list: of the studies that are open to somebody a page, the newest first."""

from __future__ import annotations

from pacs.access.actors import Actor
from pacs.access.permit import first_of_few, named_studies, visible_studies
from pacs.catalog.listed import Listed, page_of
from pacs.catalog.models import Study
from pacs.catalog.search import Place, StudyFilter, list_studies


def studies_listed(actor: Actor, asked: StudyFilter, after: Place | None, most: int) -> Listed:
    """The first of what fits, from that place on.

    The arrival is told as of when the page is read, or before: what comes in later is told by the socket, never missed.
    """
    if asked == StudyFilter():
        first = first_of_few(actor, after, most)
        return _found(actor, asked, after, most) if first is None else first
    named = named_studies(actor)
    if named is None:
        return _found(actor, asked, after, most)
    rows = Study.objects.filter(pk__among=[one.pk for one in named])
    found = list_studies(rows, asked, after, few=True)[:most]
    return Listed(list(found), max((one.arrival for one in named), default=0))


def _found(actor: Actor, asked: StudyFilter, after: Place | None, most: int) -> Listed:
    rows = visible_studies(actor)
    return page_of(list_studies(rows, asked, after)[:most], rows)
