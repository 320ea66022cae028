"""Retrieve Capabilities (PS3.18 8.9): what is offered, told from the tables that route and parse."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse, JsonResponse
from rest_framework.request import Request

from pacs.catalog.attributes import ATTRIBUTES
from pacs.catalog.levels import Level
from pacs.dicomweb.offered import SERVICES, TRANSACTIONS
from pacs.dicomweb.qido import OwnMediaTypes
from pacs.dicomweb.transactions import REFUSALS, Service
from pacs.dicomweb.wadl import WADL, to_wadl
from pacs.http.requests import origin_of

STANDARD = "DICOM PS3.18"


class Capabilities(OwnMediaTypes):
    """GET or OPTIONS of the base URI: as JSON, or as WADL to whoever names it."""

    def get(self, request: Request) -> HttpResponse:
        """All that is offered."""
        base = f"{origin_of(request._request)}/dicom-web"
        if WADL in request.headers.get("Accept", "").lower():
            return HttpResponse(to_wadl(TRANSACTIONS, base), content_type=WADL)
        return JsonResponse(capabilities(base))

    def options(self, request: Request) -> HttpResponse:  # type: ignore[override]  # no page of the framework
        """The same (PS3.18 8.9.1)."""
        answer = self.get(request)
        answer["Allow"] = "GET, HEAD, OPTIONS"
        return answer


def capabilities(base: str) -> dict[str, Any]:
    """The tables as JSON."""
    return {
        "standard": STANDARD,
        "base": base,
        "services": [_service(one) for one in SERVICES],
        "refusals": {str(status): meaning for status, meaning in REFUSALS.items()},
        "search": {level.name.lower(): _attributes(level) for level in Level},
    }


def _service(service: Service) -> dict[str, Any]:
    return {
        "name": service.name,
        "clause": service.clause,
        "transactions": [row.told() for row in service.transactions],
        "remarks": list(service.remarks),
    }


def _attributes(level: Level) -> list[dict[str, Any]]:
    own: Iterable[Any] = (one for one in ATTRIBUTES if one.level is level)
    return [{"keyword": one.keyword, "tag": one.tag, "vr": one.vr, "is_key": one.is_key} for one in own]
