"""The institutions that share this archive; for administrators.

GET   /api/institutions                    {"institutions": [Institution...]}, number 0 being who runs the archive
POST  /api/institutions                    {"name", "called"} -> 201, the Institution
PATCH /api/institutions/{number}           {"name"?, "called"?}
POST  /api/institutions/{number}/studies   {"study"}: it is of this institution -> 204

Institution: {"number", "name", "called": [Institution Name as files have it...]}
Whose staff somebody is: "institution" of api/people. What is shared across: api/grants.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pacs.access import houses
from pacs.access.audit import record
from pacs.access.middleware import actor_of
from pacs.access.permit import access_study
from pacs.api.people import Administers
from pacs.catalog.institutions import institution_numbered, institutions

if TYPE_CHECKING:
    from pacs.catalog.models import Institution

MOST_NAMES = 100


def _names(**how: Any) -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(max_length=256), max_length=MOST_NAMES, **how)


class _New(serializers.Serializer[None]):
    name = serializers.CharField(max_length=128)
    called = _names(default=list)


class _InstitutionChanged(serializers.Serializer[None]):
    name = serializers.CharField(max_length=128, required=False)
    called = _names(required=False)


class _Moved(serializers.Serializer[None]):
    study = serializers.CharField(max_length=64)


def _valid(form: type[serializers.Serializer[None]], request: Request) -> dict[str, Any]:
    given = form(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


class InstitutionsView(APIView):
    """GET, POST api/institutions."""

    permission_classes = [Administers]
    bodies = {"POST": _New}

    def get(self, request: Request) -> Response:
        """All of them."""
        record(actor_of(request), "accounts read", institutions=True)
        return Response({"institutions": [_told(one) for one in institutions()]})

    def post(self, request: Request) -> Response:
        """A new one: from now on studies are kept apart."""
        made = houses.make_institution(**_valid(_New, request), actor=actor_of(request))
        return Response(_told(made), status=201)


class InstitutionView(APIView):
    """PATCH api/institutions/{number}."""

    permission_classes = [Administers]
    bodies = {"PATCH": _InstitutionChanged}

    def patch(self, request: Request, number: int) -> Response:
        """Another name, or what it is called in files."""
        institution = institution_numbered(number)
        given = _valid(_InstitutionChanged, request)
        changed = houses.change_institution(institution, actor=actor_of(request), **given)
        return Response(_told(changed))


class StudyMovesView(APIView):
    """POST api/institutions/{number}/studies."""

    permission_classes = [Administers]
    bodies = {"POST": _Moved}

    def post(self, request: Request, number: int) -> Response:
        """A study is of this institution."""
        actor, given = actor_of(request), _valid(_Moved, request)
        houses.move_study(access_study(actor, given["study"]), institution_numbered(number), actor=actor)
        return Response(status=204)


def _told(institution: Institution) -> dict[str, Any]:
    return {
        "number": institution.pk,
        "name": institution.name,
        "called": sorted(one.name for one in institution.names.all()),
    }
