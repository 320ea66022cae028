"""What guests sent in by upload links, and what becomes of it: for those who may store.

GET    /api/received -> {"studies": [Received…]}, the oldest first
POST   /api/received/{number}/match  {"study": Study Instance UID | null} -> 202, the Received
    Take all of it in: as the patient of that study, or as its files say. 409 where the study is here as another
    patient's, or is being taken in.
DELETE /api/received/{number} -> 204; throw it away

Received: {"number", "study", "patient": {"name": {alphabetic, ideographic, phonetic}, "id", "birth_date", "sex"},
    "description", "date", "modalities", "objects", "size_bytes", "received_at",
    "state": "waiting" | "taking_in" | "done", "refused", "problem": code | null,
    "link": {"id", "recipient", "sender"} | null}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pacs.access.audit import record
from pacs.access.middleware import actor_of
from pacs.catalog.names import name_groups
from pacs.ingest.received.deciding import access_received, received_studies, reject, take_in

if TYPE_CHECKING:
    from pacs.ingest.models import ReceivedStudy

MOST_LISTED = 500


class _Match(serializers.Serializer[Any]):
    study = serializers.RegexField(r"^[0-9.]{1,64}$", allow_null=True, default=None)


class ReceivedListView(APIView):
    """GET api/received."""

    def get(self, request: Request) -> Response:
        """What waits for somebody to say whose it is."""
        actor = actor_of(request)
        found = list(received_studies(actor)[:MOST_LISTED])
        record(actor, "received read", count=len(found))
        return Response({"studies": [_told(one) for one in found]})


class MatchView(APIView):
    """POST api/received/{number}/match."""

    bodies = {"POST": _Match}

    def post(self, request: Request, number: int) -> Response:
        """Take it in, as somebody's."""
        actor = actor_of(request)
        received = access_received(actor, number)
        form = _Match(data=request.data)
        form.is_valid(raise_exception=True)
        take_in(received, of_study=form.validated_data["study"] or "", actor=actor)
        received.refresh_from_db()
        return Response(_told(received), status=202)


class ReceivedView(APIView):
    """DELETE api/received/{number}."""

    def delete(self, request: Request, number: int) -> Response:
        """Throw it away."""
        actor = actor_of(request)
        reject(access_received(actor, number), actor=actor)
        return Response(status=204)


def _told(one: ReceivedStudy) -> dict[str, Any]:
    link = one.link
    return {
        "number": one.pk,
        "study": one.study_instance_uid,
        "patient": {
            "name": name_groups(one.patient_name),
            "id": one.patient_id,
            "birth_date": one.birth_date.isoformat() if one.birth_date else None,
            "sex": one.sex,
        },
        "description": one.study_description,
        "date": one.study_date.isoformat() if one.study_date else None,
        "modalities": [modality for modality in one.modalities.split("\\") if modality],
        "objects": one.number_of_objects,
        "size_bytes": one.size_bytes,
        "received_at": one.received_at.isoformat(),
        "state": one.state,
        "refused": one.refused,
        "problem": one.problem or None,
        "link": None
        if link is None
        else {
            "id": link.public_id,
            "recipient": link.recipient,
            "sender": link.made_by.display_name or link.made_by.username,
        },
    }
