"""Break-glass: a clinician opens a locked study for an hour, and administrators look at it after.

POST  /api/break-glass/search    {"patient_id" | "accession_number"}, exactly -> {"studies": [Locked...]}, at most 20
POST  /api/break-glass           {"study", "reason"} -> 201 {"study", "ends_at"}, once they showed who they are
GET   /api/break-glass           {"to_review", "entries": [Entry...], "next"}: for administrators, to be looked at first
PATCH /api/break-glass/{number}  {"finding": "justified" | "not_justified", "note"} -> the Entry; 409 when it has one

Locked: {"study", "date", "modalities", "institution", "patient": {"sex", "birth_year"}}: enough to tell the person
in front of them from another of the same ID, and no name. What was asked for is in the body: no ID is in an address.
Entry: {"number", "person", "username", "reason", "study", "description", "date", "patient": {"name", "id"} | null,
"institution", "began_at", "ends_at", "reviewed_by", "reviewed_at", "finding", "note"}
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pacs.access import breaking_glass
from pacs.access.audit import record
from pacs.access.middleware import actor_of
from pacs.access.permit import Act, require
from pacs.api.people import Administers
from pacs.catalog.names import name_groups
from pacs.errors import BadRequest

if TYPE_CHECKING:
    from pacs.access.models import BreakGlass
    from pacs.catalog.models import Study

PAGE = 50
LONGEST = 500


class BreaksGlass(BasePermission):
    """People who may break a glass, here themselves."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """True. Raises NotSignedIn, NotAllowed."""
        breaking_glass.require_may_break(actor_of(request))
        return True


class _BreaksOrAdministers(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.method == "POST":
            return BreaksGlass().has_permission(request, view)
        require(actor_of(request), Act.ADMINISTER)
        return True


class _Asked(serializers.Serializer[None]):
    patient_id = serializers.CharField(max_length=64, default="")
    accession_number = serializers.CharField(max_length=64, default="")


class _Broken(serializers.Serializer[None]):
    study = serializers.CharField(max_length=64)
    reason = serializers.CharField(max_length=LONGEST)


class _Reviewed(serializers.Serializer[None]):
    finding = serializers.CharField(max_length=16)
    note = serializers.CharField(max_length=LONGEST, allow_blank=True, default="")


class LockedView(APIView):
    """POST api/break-glass/search."""

    permission_classes = [BreaksGlass]
    bodies = {"POST": _Asked}

    def post(self, request: Request) -> Response:
        """What is locked, of exactly this ID or number."""
        found = breaking_glass.locked_studies(actor_of(request), **_valid(_Asked, request))
        return Response({"studies": [_told_locked(study) for study in found]})


class BreakGlassView(APIView):
    """GET, POST api/break-glass."""

    permission_classes = [_BreaksOrAdministers]
    bodies = {"POST": _Broken}
    queries = {"GET": ("offset",)}

    def get(self, request: Request) -> Response:
        """A page of what was opened so, what is to be looked at first."""
        offset = request.query_params.get("offset", "") or "0"
        if not re.fullmatch(r"[0-9]{1,6}", offset):
            raise BadRequest(parameter="offset", reason="This is not a place in the list.")
        begin = int(offset)
        page = list(breaking_glass.breaks_to_review()[begin : begin + PAGE + 1])
        record(actor_of(request), "glass breaks read")
        return Response(
            {
                "to_review": breaking_glass.count_to_review(),
                "entries": [_told(broken) for broken in page[:PAGE]],
                "next": str(begin + PAGE) if len(page) > PAGE else None,
            }
        )

    def post(self, request: Request) -> Response:
        """Open a locked study for an hour."""
        given = _valid(_Broken, request)
        broken = breaking_glass.break_glass(actor_of(request), given["study"], given["reason"])
        return Response(
            {"study": broken.study_instance_uid, "ends_at": broken.ends_at.isoformat()}, status=201
        )


class ReviewView(APIView):
    """PATCH api/break-glass/{number}."""

    permission_classes = [Administers]
    bodies = {"PATCH": _Reviewed}

    def patch(self, request: Request, number: int) -> Response:
        """What an administrator found."""
        given = _valid(_Reviewed, request)
        return Response(_told(breaking_glass.review(number, actor=actor_of(request), **given)))


def _valid(form: type[serializers.Serializer[None]], request: Request) -> dict[str, Any]:
    given = form(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def _told_locked(study: Study) -> dict[str, Any]:
    patient = study.patient
    return {
        "study": study.study_instance_uid,
        "date": study.study_date.isoformat() if study.study_date else None,
        "modalities": [modality for modality in study.modalities_in_study.split("\\") if modality],
        "institution": breaking_glass.institution_of(study),
        "patient": {
            "sex": patient.sex,
            "birth_year": patient.birth_date.year if patient.birth_date else None,
        },
    }


def _told(broken: BreakGlass) -> dict[str, Any]:
    study, reviewer = broken.study, broken.reviewed_by
    return {
        "number": broken.pk,
        "person": broken.user.display_name or broken.user.username,
        "username": broken.user.username,
        "reason": broken.reason,
        "study": broken.study_instance_uid,
        "description": study.study_description if study else "",
        "date": study.study_date.isoformat() if study and study.study_date else None,
        "patient": {"name": name_groups(study.patient.name), "id": study.patient.patient_id}
        if study
        else None,
        "institution": breaking_glass.institution_of(study) if study else "",
        "began_at": broken.began_at.isoformat(),
        "ends_at": broken.ends_at.isoformat(),
        "reviewed_by": (reviewer.display_name or reviewer.username) if reviewer else None,
        "reviewed_at": broken.reviewed_at.isoformat() if broken.reviewed_at else None,
        "finding": broken.finding or None,
        "note": broken.note,
    }
