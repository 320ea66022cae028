"""Grants, and the groups of people that some are made to; for administrators.

GET    /api/grants?cursor=       {"grants": [Grant...], "next"}, the newest first
POST   /api/grants               {"person" | "group" | "to_institution", and granting.NewGrant} -> 201, the Grant
DELETE /api/grants/{number}      204; closed from the next request on
GET    /api/groups               {"groups": [{"number", "name", "members": [username...]}...]}
POST   /api/groups               {"name", "members"} -> 201, the group
PATCH  /api/groups/{number}      {"name"?, "members"?}: members are those that are named, and nobody else
DELETE /api/groups/{number}      204; what was granted to it is closed as well

Grant: pacs.access.grants.to_told.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pacs.access import grants, people_groups
from pacs.access.accounts import account_named
from pacs.access.audit import record
from pacs.access.middleware import actor_of
from pacs.api.granting import NewGrant, opened_by
from pacs.api.people import Administers
from pacs.catalog.institutions import institution_numbered
from pacs.errors import BadRequest

if TYPE_CHECKING:
    from pacs.access.models import PeopleGroup, User

PAGE = 200
MOST_MEMBERS = 1000


class _GrantTo(NewGrant):
    person = serializers.CharField(max_length=150, required=False)
    group = serializers.IntegerField(min_value=0, required=False)
    to_institution = serializers.IntegerField(min_value=0, required=False)


class _NewGroup(serializers.Serializer[None]):
    name = serializers.CharField(max_length=128)
    members = serializers.ListField(
        child=serializers.CharField(max_length=150), max_length=MOST_MEMBERS, default=list
    )


class _ChangedGroup(serializers.Serializer[None]):
    name = serializers.CharField(max_length=128, required=False)
    members = serializers.ListField(
        child=serializers.CharField(max_length=150), max_length=MOST_MEMBERS, required=False
    )


def _valid(form: type[serializers.Serializer[None]], request: Request) -> dict[str, Any]:
    given = form(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


class AllGrantsView(APIView):
    """GET, POST api/grants."""

    permission_classes = [Administers]
    bodies = {"POST": _GrantTo}
    queries = {"GET": ("cursor",)}

    def get(self, request: Request) -> Response:
        """A page of them."""
        rows = grants.grants()
        cursor = request.query_params.get("cursor", "")
        if cursor and not re.fullmatch(r"[0-9]{1,18}", cursor):
            raise BadRequest(parameter="cursor", reason="This is not the number of a grant.")
        page = list((rows.filter(pk__lt=int(cursor)) if cursor else rows)[: PAGE + 1])
        record(actor_of(request), "accounts read", grants=True)
        told = [grants.to_told(one) for one in page[:PAGE]]
        return Response({"grants": told, "next": str(page[PAGE - 1].pk) if len(page) > PAGE else None})

    def post(self, request: Request) -> Response:
        """Open studies to a person, a group, or the staff of an institution."""
        given, actor = _valid(_GrantTo, request), actor_of(request)
        made = grants.grant(
            _holder(given), opened_by(given, actor), actor=actor, expires_at=given["expires_at"]
        )
        return Response(grants.to_told(grants.grant_numbered(made.pk)), status=201)


def _holder(given: dict[str, Any]) -> grants.Holder:
    return grants.Holder(
        user=account_named(given["person"]) if "person" in given else None,
        group=people_groups.group_numbered(given["group"]) if "group" in given else None,
        to_institution=institution_numbered(given["to_institution"]) if "to_institution" in given else None,
    )


class OneGrantView(APIView):
    """DELETE api/grants/{number}."""

    permission_classes = [Administers]

    def delete(self, request: Request, number: int) -> Response:
        """Close it, from the next request on."""
        grants.revoke(grants.grant_numbered(number), actor=actor_of(request))
        return Response(status=204)


class GroupsView(APIView):
    """GET, POST api/groups."""

    permission_classes = [Administers]
    bodies = {"POST": _NewGroup}

    def get(self, request: Request) -> Response:
        """Every group, with who is in it."""
        record(actor_of(request), "accounts read", groups=True)
        return Response({"groups": [_told(group) for group in people_groups.groups()]})

    def post(self, request: Request) -> Response:
        """A new group."""
        given = _valid(_NewGroup, request)
        group = people_groups.make_group(given["name"], _accounts(given["members"]), actor=actor_of(request))
        return Response(_told(group), status=201)


class GroupView(APIView):
    """PATCH, DELETE api/groups/{number}."""

    permission_classes = [Administers]
    bodies = {"PATCH": _ChangedGroup}

    def patch(self, request: Request, number: int) -> Response:
        """Another name, other members."""
        group = people_groups.group_numbered(number)
        given = _valid(_ChangedGroup, request)
        members = _accounts(given["members"]) if "members" in given else None
        changed = people_groups.change_group(
            group, actor=actor_of(request), name=given.get("name"), members=members
        )
        return Response(_told(changed))

    def delete(self, request: Request, number: int) -> Response:
        """No group any more."""
        people_groups.close_group(people_groups.group_numbered(number), actor=actor_of(request))
        return Response(status=204)


def _accounts(names: list[str]) -> list[User]:
    return [account_named(name) for name in names]


def _told(group: PeopleGroup) -> dict[str, Any]:
    return {
        "number": group.pk,
        "name": group.name,
        "members": sorted(member.user.username for member in group.members.all()),
    }
