"""What each role may do; for administrators, who showed lately who they are before they change it.

GET    /api/roles          {"roles": [Role...]}
PATCH  /api/roles/{role}   {"rights"?, "breadth"?} -> the Role; 400 for what the role must keep or can never have
DELETE /api/roles/{role}   as it is shipped -> the Role

Role: {"role", "people", "rights", "breadth", "shipped": {"rights", "breadth"}, "least", "most", "breadths"}: how many
open accounts have it, what it may do and which studies are open by themselves; what has to stay, and what it may be
given at most.
"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pacs.access.accounts import count_people
from pacs.access.audit import record
from pacs.access.authentication import IsFresh
from pacs.access.middleware import actor_of
from pacs.access.role_changes import change_template, restore_template
from pacs.access.roles import LIMITS, SHIPPED, Template, template_of
from pacs.api.people import Administers


class _RoleChanged(serializers.Serializer[None]):
    rights = serializers.ListField(child=serializers.CharField(max_length=32), max_length=32, required=False)
    breadth = serializers.CharField(max_length=16, required=False)


class RolesView(APIView):
    """GET api/roles."""

    permission_classes = [Administers]

    def get(self, request: Request) -> Response:
        """All of them."""
        record(actor_of(request), "accounts read", roles=True)
        return Response({"roles": [_told(role, template_of(role)) for role in SHIPPED]})


class RoleView(APIView):
    """PATCH, DELETE api/roles/{role}."""

    permission_classes = [Administers, IsFresh]
    bodies = {"PATCH": _RoleChanged}

    def patch(self, request: Request, role: str) -> Response:
        """Change what is given, for all accounts of the role, from their next request on."""
        given = _RoleChanged(data=request.data)
        given.is_valid(raise_exception=True)
        changed = change_template(role, actor=actor_of(request), **given.validated_data)
        return Response(_told(role, changed))

    def delete(self, request: Request, role: str) -> Response:
        """As it is shipped."""
        return Response(_told(role, restore_template(role, actor=actor_of(request))))


def _told(role: str, template: Template) -> dict[str, Any]:
    limits = LIMITS[role]
    return {
        "role": str(role),
        "people": count_people(role),
        **_template(template),
        "shipped": _template(SHIPPED[role]),
        "least": sorted(limits.least),
        "most": sorted(limits.most),
        "breadths": sorted(limits.breadths),
    }


def _template(template: Template) -> dict[str, Any]:
    return {"rights": sorted(template.rights), "breadth": str(template.breadth)}
