"""FHIR R4 AuditEvent: search, read, and the whole of a search as lines. For those who may read the trail."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pacs.access.audit import record
from pacs.access.middleware import actor_of
from pacs.access.permit import Act, require
from pacs.access.searches import note_search
from pacs.access.trail import Asked, event_numbered, names_in, page
from pacs.errors import NotFound
from pacs.fhir.answers import FHIR_JSON, FHIR_NDJSON, FhirView, wants_lines
from pacs.fhir.asked import SEARCH_PARAMETERS, Given, Search, parse_search
from pacs.trail.export import lines
from pacs.trail.fhir import to_fhir
from pacs.trail.source import NAME, site_address

RELEASE = "4.0.1"


class ReadsTrail(BasePermission):
    """Those who may read the trail."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """True. Raises NotSignedIn, NotAllowed."""
        require(actor_of(request), Act.ADMINISTER)
        return True


class AuditEventsView(FhirView):
    """GET fhir/AuditEvent."""

    permission_classes = [ReadsTrail]

    def get(self, request: Request) -> HttpResponseBase:
        """A Bundle, a page at a time; or all of it as application/fhir+ndjson."""
        return _search(request, dict(request.query_params.lists()))


class AuditEventSearchView(FhirView):
    """POST fhir/AuditEvent/_search: where a Patient ID is asked for, it stands in no address (promise P16)."""

    permission_classes = [ReadsTrail]

    def post(self, request: Request) -> HttpResponseBase:
        """As GET."""
        form: Any = request.data  # a QueryDict: forms are all that is parsed here
        return _search(request, {**dict(request.query_params.lists()), **dict(form.lists())})


class AuditEventView(FhirView):
    """GET fhir/AuditEvent/{id}."""

    permission_classes = [ReadsTrail]

    def get(self, request: Request, number: str) -> Response:
        """One event. Raises NotFound."""
        event = event_numbered(int(number)) if re.fullmatch(r"[0-9]{1,18}", number) else None
        if event is None:
            raise NotFound
        record(actor_of(request), "audit read", event=event.pk)
        return Response(to_fhir(event, names_in([event])))


class MetadataView(FhirView):
    """GET fhir/metadata."""

    def get(self, request: Request) -> Response:
        """What this door can do, as a CapabilityStatement."""
        parameters = [{"name": name, "type": kind} for name, kind in SEARCH_PARAMETERS.items()]
        resource = {
            "type": "AuditEvent",
            "interaction": [{"code": "read"}, {"code": "search-type"}],
            "searchParam": parameters,
        }
        return Response(
            {
                "resourceType": "CapabilityStatement",
                "status": "active",
                "date": "2026-01-01",
                "kind": "instance",
                "software": {"name": NAME},
                "implementation": {"description": NAME, "url": f"{site_address()}/fhir"},
                "fhirVersion": RELEASE,
                "format": [FHIR_JSON, FHIR_NDJSON],
                "rest": [{"mode": "server", "resource": [resource]}],
            }
        )


def _search(request: Request, given: Given) -> HttpResponseBase:
    actor = actor_of(request)
    search = parse_search(given, strictly="handling=strict" in request.headers.get("Prefer", ""))
    if wants_lines(request):
        record(actor, "audit exported", by=", ".join(sorted(name for name, _ in search.told)))
        return _lines(search.asked)
    note_search(actor, "audit", dict(search.told))
    return Response(_bundle(search, request.build_absolute_uri("/fhir/AuditEvent")))


def _bundle(search: Search, address: str) -> dict[str, Any]:
    found = page(search.asked, search.count + 1, search.after, oldest_first=search.oldest_first)
    events, has_more = found[: search.count], len(found) > search.count
    names = names_in(events)
    links = [{"relation": "self", "url": search.link(address, search.after)}]
    if has_more:
        links.append({"relation": "next", "url": search.link(address, events[-1].pk)})
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        # Counted only where it is known anyway: a trail has millions of events.
        **({"total": len(events)} if search.after is None and not has_more else {}),
        "link": links,
        "entry": [
            {
                "fullUrl": f"{address}/{event.pk}",
                "resource": to_fhir(event, names),
                "search": {"mode": "match"},
            }
            for event in events
        ],
    }


def _lines(asked: Asked) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_streamed(asked), content_type=FHIR_NDJSON)
    response["Content-Disposition"] = 'attachment; filename="audit.ndjson"'
    return response


async def _streamed(asked: Asked) -> AsyncIterator[bytes]:
    """The oldest first, some at a time, each read when the one before is sent."""
    pieces = lines(asked, "ndjson")

    def read_next() -> bytes | None:
        return next(pieces, None)

    while (piece := await sync_to_async(read_next)()) is not None:
        yield piece
