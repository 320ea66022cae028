"""Share links as SMART Health Links (HL7 SMART Health Cards and Links, STU 1): made by who shares, opened by programs.

POST /api/shares/{id}/health-link -> {"shlink": "shlink:/…"}, told this once; the one before leads nowhere any more.
    Asks who is acting (403 not_fresh), as to share does.
POST /api/shl/{token}  {"recipient": "Dr Miller", "passcode": "271828", "embeddedLengthMax": 10000}
    -> {"files": [{"contentType": "application/fhir+json", "embedded": JWE or "location": URL, …}]}
    401 {"remainingAttempts": 3} for a wrong passcode; 404 for all that opens nothing.
GET  /api/shl/files/{ticket} -> the JWE, for five minutes: where it was longer than the client wants embedded.

The last two are for programs of others, in browsers too: any origin may ask, and no cookie is looked at.
"""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pacs.access import health_links, share_links
from pacs.access.middleware import actor_of
from pacs.access.permit import Act, require
from pacs.access.step_up import require_fresh
from pacs.errors import NotFound, WrongAnswer
from pacs.health_links.bundle import FHIR_VERSION
from pacs.health_links.issuing import CONTENT_TYPE, MANIFESTS, issue_health_link
from pacs.http.requests import origin_of

SALT = "pacs.api.health_links"
TICKET_S = 300  # the guide allows an hour
LONGEST_TEXT = 1024
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "600",
}


class _ManifestAsked(serializers.Serializer[None]):
    recipient = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True)
    passcode = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, default="")
    embeddedLengthMax = serializers.IntegerField(min_value=0, default=None, allow_null=True)  # their word


class HealthLinkView(APIView):
    """POST api/shares/{id}/health-link."""

    def post(self, request: Request, public_id: str) -> Response:
        """The link as a SMART Health Link, told this once."""
        actor = actor_of(request)
        require(actor, Act.SHARE)
        link = share_links.own_link(actor, public_id)
        require_fresh(actor)
        made = issue_health_link(link, origin_of(request._request), actor=actor)
        return Response({"shlink": made}, status=201)


class _ForPrograms(APIView):
    """What any program may ask, wherever it runs: what is asked for is in the address and the body alone."""

    permission_classes = [AllowAny]
    authentication_classes = ()

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """That it may be asked from a page of another site."""
        return Response(status=204)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """With the words by which a browser lets such a page read the answer."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        for name, value in CORS.items():
            answer[name] = value
        return answer


class ManifestView(_ForPrograms):
    """POST api/shl/{token}."""

    bodies = {"POST": _ManifestAsked}

    def post(self, request: Request, token: str) -> Response:
        """The files of the link, sealed. An opening of it, as any other."""
        asked = _ManifestAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(asked.validated_data)
        try:
            opened = health_links.open_health_link(token, given["passcode"], given["recipient"])
        except WrongAnswer as wrong:
            return Response({"remainingAttempts": wrong.fields["tries_left"]}, status=401)
        told = {
            "contentType": CONTENT_TYPE,
            "lastUpdated": opened.made_at.isoformat(),
            "status": "finalized",
            "fhirVersion": FHIR_VERSION,
        }
        most = given["embeddedLengthMax"]
        if most is None or len(opened.sealed) <= most:
            return Response({"files": [{**told, "embedded": opened.sealed}]})
        ticket = signing.dumps(opened.pk, salt=SALT)
        location = f"{origin_of(request._request)}{MANIFESTS}files/{ticket}"
        return Response({"files": [{**told, "location": location}]})


class SealedFileView(_ForPrograms):
    """GET api/shl/files/{ticket}."""

    def get(self, request: Request, ticket: str) -> HttpResponse:
        """The sealed file. Raises NotFound for a ticket that is none or is over, and when the link has ended."""
        try:
            number = signing.loads(ticket, salt=SALT, max_age=TICKET_S)
        except signing.BadSignature:
            raise NotFound from None
        return HttpResponse(health_links.sealed_file(number), content_type="application/jose")
