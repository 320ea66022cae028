"""The bin: what was deleted, for as long as it can be brought back.

GET    /api/bin?cursor=&limit=   {"days": 30, "entries": [Entry…], "next": cursor | null}, the last deleted first
POST   /api/bin                  {"study", "series"?, "instance"?} deletes it -> 201, the Entry
GET    /api/bin/{id}             the Entry; 404 when it is restored, or erased
POST   /api/bin/{id}/restore     202, the Entry; it is brought back beside the requests
DELETE /api/bin/{id}             204; erases it for good (administrators, who showed lately who they are)

Entry: {"id", "level", "study", "series", "instance", "patient": {"name", "id"}, "date", "time", "description",
"modalities", "series_number", "series_description", "number_of_instances", "left" (objects that are still in the bin),
"size_bytes", "deleted_at", "deleted_by", "erased_at" (when it is erased by itself), "state": "binned" | "restoring",
"problem": {"code", "message"} | null (why not all of it came back)}
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Count
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pacs.access.audit import record
from pacs.access.authentication import IsFresh
from pacs.access.middleware import actor_of
from pacs.access.permit import Act, require
from pacs.bin.emptying import erase
from pacs.bin.entries import access_deletion, visible_deletions
from pacs.bin.throwing_away import delete
from pacs.catalog.names import name_groups
from pacs.catalog.unregister import Scope
from pacs.errors import BadRequest
from pacs.ingest.restoring import begin_restoring, trouble_told

if TYPE_CHECKING:
    from pacs.bin.models import Deletion

DEFAULT_LIMIT, MOST_ENTRIES = 50, 200


class Deletes(BasePermission):
    """Those who may delete."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """True. Raises NotSignedIn, NotAllowed."""
        require(actor_of(request), Act.DELETE)
        return True


class _Deleted(serializers.Serializer[None]):
    study = serializers.CharField(max_length=64)
    series = serializers.CharField(max_length=64, default="", allow_blank=True)
    instance = serializers.CharField(  # type: ignore[assignment]  # the framework's own is no field
        max_length=64, default="", allow_blank=True
    )

    def validate(self, attrs: dict[str, str]) -> dict[str, str]:
        """An instance is named with its series."""
        if attrs["instance"] and not attrs["series"]:
            raise serializers.ValidationError({"series": ["This field is required with an instance."]})
        return attrs


class BinView(APIView):
    """GET, POST api/bin."""

    permission_classes = [Deletes]
    bodies = {"POST": _Deleted}
    queries = {"GET": ("cursor", "limit")}

    def get(self, request: Request) -> Response:
        """A page of it."""
        actor, given = actor_of(request), request.query_params
        rows = visible_deletions(actor)
        limit = min(_number(given.get("limit", ""), "limit") or DEFAULT_LIMIT, MOST_ENTRIES)
        cursor = _number(given.get("cursor", ""), "cursor")
        record(actor, "bin read")
        page = list(
            (rows.filter(pk__lt=cursor) if cursor else rows).annotate(left=Count("binned"))[: limit + 1]
        )
        following = page[limit - 1].pk if len(page) > limit else None
        entries = [_told(one, one.left) for one in page[:limit]]
        return Response({"days": settings.BIN_DAYS, "entries": entries, "next": following})

    def post(self, request: Request) -> Response:
        """Delete something."""
        given = _Deleted(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(
            _told_alone(delete(Scope(**given.validated_data), actor=actor_of(request))), status=201
        )


class BinEntryView(APIView):
    """GET, DELETE api/bin/{id}."""

    permission_classes = [Deletes, IsFresh]

    def get(self, request: Request, number: int) -> Response:
        """One entry."""
        return Response(_told_alone(access_deletion(actor_of(request), number)))

    def delete(self, request: Request, number: int) -> Response:
        """Erase it for good."""
        actor = actor_of(request)
        erase(access_deletion(actor, number), actor=actor)
        return Response(status=204)


class RestoreView(APIView):
    """POST api/bin/{id}/restore."""

    permission_classes = [Deletes]

    def post(self, request: Request, number: int) -> Response:
        """Bring it back."""
        actor = actor_of(request)
        deletion = access_deletion(actor, number)
        begin_restoring(deletion, actor=actor)
        deletion.state = deletion.State.RESTORING
        return Response(_told_alone(deletion), status=202)


def _number(text: str, parameter: str) -> int:
    if text and (re.fullmatch(r"[0-9]{1,18}", text) is None or int(text) < 1):
        raise BadRequest(parameter=parameter, reason="not a number above 0")
    return int(text or 0)


def _told_alone(deletion: Deletion) -> dict[str, Any]:
    return _told(deletion, deletion.binned.count())


def _told(deletion: Deletion, left: int) -> dict[str, Any]:
    told = dict(deletion.told)
    return {
        "id": deletion.pk,
        "level": deletion.level,
        "study": deletion.study_instance_uid,
        "series": deletion.series_instance_uid or None,
        "instance": deletion.sop_instance_uid or None,
        "patient": {"name": name_groups(told.pop("patient_name", "")), "id": told.pop("patient_id", "")},
        **told,
        "number_of_instances": deletion.number_of_instances,
        "left": left,
        "size_bytes": deletion.size_bytes,
        "deleted_at": deletion.deleted_at.isoformat(),
        "deleted_by": deletion.deleted_by_label,
        "erased_at": (deletion.deleted_at + timedelta(days=settings.BIN_DAYS)).isoformat(),
        "state": deletion.state,
        "problem": trouble_told(deletion.trouble),
    }
