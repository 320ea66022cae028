"""GET changes: what came and went since a cursor, so that another system can follow an archive, or mirror it."""

from __future__ import annotations

import re
from typing import Any

from django.http import JsonResponse
from rest_framework.request import Request

from pacs.access.middleware import actor_of
from pacs.access.permit import Act, require, searched_rows, visible_changes
from pacs.access.searches import note_search
from pacs.catalog.arrivals import Newest, newest
from pacs.catalog.changes import Event, events_between
from pacs.catalog.levels import Level
from pacs.dicomweb.change_transactions import DEFAULT_LIMIT, MOST_CHANGES
from pacs.dicomweb.qido import OwnMediaTypes
from pacs.errors import BadRequest, Outdated

_CURSOR = re.compile(r"([0-9a-f]{1,16})-([0-9]{1,18})")


class ChangesView(OwnMediaTypes):
    """The change feed."""

    def get(self, request: Request) -> JsonResponse:
        """One page of it."""
        actor, given = actor_of(request), request.query_params
        require(actor, Act.SEARCH)
        here = newest()  # before the rows are asked for: what is written meanwhile is of the next page
        since, limit = parse_since(given.get("since", ""), here), parse_limit(given.get("limit", ""))
        note_search(actor, "changes", {})
        rows, _ = searched_rows(actor, Level.INSTANCE)
        found = events_between(rows, visible_changes(actor), since, here.number, limit + 1)
        page = found[:limit]
        # The number of the last change that is theirs: that of all would say that somebody else's came (P13).
        reached = page[-1].number if page else since
        return JsonResponse(
            {
                "changes": [_told(event) for event in page],
                "next": f"{here.archive}-{reached}",
                "more": len(found) > limit,
            }
        )


def parse_since(text: str, here: Newest) -> int:
    """The number that a cursor holds; 0 for none. Raises BadRequest, and Outdated for one of another catalogue."""
    if not text:
        return 0
    found = _CURSOR.fullmatch(text)
    if found is None:
        raise BadRequest(parameter="since", reason="This is not a cursor of this feed.")
    archive, number = found[1], int(found[2])
    if archive != here.archive or number > here.number:
        raise Outdated(parameter="since", reason="Begin anew, without since.")
    return number


def parse_limit(text: str) -> int:
    """How many changes are told at once. Raises BadRequest."""
    text = text or str(DEFAULT_LIMIT)
    if re.fullmatch(r"[0-9]{1,9}", text) is None or int(text) < 1:
        raise BadRequest(parameter="limit", reason="This is not a number of changes.")
    return min(int(text), MOST_CHANGES)


def _told(event: Event) -> dict[str, Any]:
    return {
        "kind": event.kind,
        "level": event.level,
        "study": event.study,
        "series": event.series or None,
        "instance": event.instance or None,
        "at": event.at.isoformat(),
        **(event.file or {}),
    }
