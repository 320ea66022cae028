"""A study to take away without its identities (PS3.15 Annex E): what is to be looked at first, and the zip.

GET  /api/studies/{uid}/deidentified -> {"edition", "objects": 212, "left_out": {"document": 1}, "to_look_at": [Look…]}
    Look: {"series", "description", "modality", "device", "reasons": ["ultrasound"…],
           "images": [{"uid", "frames", "rows", "columns"}…]}
POST /api/studies/{uid}/deidentified  {"options": ["clean_descriptors"…], "project": "", "seen": [SOP Instance UID…],
    "edits": [{"series": uid, "instance": "" | uid, "rows", "columns", "frames": [1…] | null,
               "regions": [[x, y, width, height]…]}…]}  -> 201 {"download": "/api/deidentified/…"}
    `seen` are the objects that a person has looked at: 409 while one of `to_look_at` is not among them. An edit blacks
    out regions, in pixels of the image from its upper left, of all images of the series that have this size, or of one.
    Asks who is acting, as every export (403 not_fresh).
GET  /api/deidentified/{ticket} -> the zip, made while it is sent, for whom the ticket was written, for two minutes.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.http import StreamingHttpResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pacs.access.audit import record
from pacs.access.authentication import IsFresh, IsSomeone
from pacs.access.middleware import actor_of
from pacs.access.opened import note_opened
from pacs.access.permit import Act, access_study, require, visible_instances
from pacs.catalog.kept_objects import kept_objects
from pacs.deidentify.choices import Option, choices_of
from pacs.deidentify.tables import edition
from pacs.errors import BadRequest, Conflict, NotAllowed, NotFound, TooLarge
from pacs.http.lanes import Lane
from pacs.media.deidentified import Judged, Wishes, judged, key_of, project_id, unseen
from pacs.media.deidentified_set import members_of_copies
from pacs.media.looking import edits_of, looks
from pacs.media.zip_stream import zip_pieces

if TYPE_CHECKING:
    from pacs.access.actors import Actor
    from pacs.catalog.models import Study

SALT = "pacs.api.deidentified"
TICKET_S = 120
LONGEST_TICKET = 6000  # of an address, some servers take no more than eight thousand characters
MOST_EDITS, MOST_REGIONS, MOST_SEEN = 100, 50, 20_000
LARGEST_SIDE = 1 << 16
SAVED_AS = 'attachment; filename="deidentified.zip"'  # no name: it ends in a folder that others see
_exporting = Lane("exporting", threads=2, most_waiting=32)


class EditForm(serializers.Serializer[Any]):
    """Regions to black out, of all images of a series that have this size or of one."""

    series = serializers.RegexField(r"^[0-9.]{1,64}$")
    instance = serializers.RegexField(r"^[0-9.]{1,64}$", allow_blank=True, default="")
    rows = serializers.IntegerField(min_value=1, max_value=LARGEST_SIDE)
    columns = serializers.IntegerField(min_value=1, max_value=LARGEST_SIDE)
    frames = serializers.ListField(
        child=serializers.IntegerField(min_value=1), allow_null=True, default=None, max_length=1000
    )
    regions = serializers.ListField(
        child=serializers.ListField(
            child=serializers.IntegerField(min_value=0, max_value=LARGEST_SIDE), min_length=4, max_length=4
        ),
        min_length=1,
        max_length=MOST_REGIONS,
    )


class Looked(serializers.Serializer[Any]):
    """What somebody looked at, and what they blacked out."""

    seen = serializers.ListField(
        child=serializers.RegexField(r"^[0-9.]{1,64}$"), default=list, max_length=MOST_SEEN
    )
    edits = serializers.ListField(child=EditForm(), default=list, max_length=MOST_EDITS)


class Wanted(Looked):
    """The body of POST."""

    options = serializers.ListField(child=serializers.ChoiceField(choices=[*Option]), default=list)
    project = serializers.CharField(max_length=64, allow_blank=True, default="")


class DeidentifiedView(APIView):
    """GET, POST api/studies/{study}/deidentified."""

    permission_classes = [IsSomeone, IsFresh]
    bodies = {"POST": Wanted}

    def get(self, request: Request, study: str) -> Response:
        """What there is, and what a person has to look at first."""
        actor = actor_of(request)
        row, found = _found(actor, study)
        note_opened(actor, row)
        left_out = Counter(one.left_out for one in found if one.left_out)
        return Response(
            {
                "edition": edition(),
                "objects": len(found),
                "left_out": dict(left_out),
                "to_look_at": list(looks(one for one in found if one.reasons and not one.left_out)),
            }
        )

    def post(self, request: Request, study: str) -> Response:
        """A ticket for the zip. Raises BadRequest, Conflict, TooLarge."""
        actor = actor_of(request)
        _, found = _found(actor, study)
        wanted = _read(request.data)
        missing = unseen(found, Wishes(wanted["choices"], b"", seen=frozenset(wanted["seen"])))
        if missing:
            raise Conflict(to_look_at=len(missing), reason="Somebody has to look at these images first.")
        told = {
            "study": study,
            "for": _told_of(actor),
            "options": sorted(wanted["options"]),
            "project": project_id(wanted["project"]),
            "seen": _digest(found),
            "edits": wanted["edits"],
        }
        ticket = signing.dumps(told, salt=SALT, compress=True)
        if len(ticket) > LONGEST_TICKET:
            raise TooLarge(most_bytes=LONGEST_TICKET, reason="These are more regions than one export takes.")
        return Response({"download": f"/api/deidentified/{ticket}"}, status=201)


class DownloadView(APIView):
    """GET api/deidentified/{ticket}."""

    def get(self, request: Request, ticket: str) -> Any:
        """The zip. Raises NotFound for a ticket that is none, is over, or is somebody else's."""
        actor = actor_of(request)
        _require_download(actor)
        try:
            told = signing.loads(ticket, salt=SALT, max_age=TICKET_S)
        except signing.BadSignature:
            raise NotFound from None
        if told["for"] != _told_of(actor):
            raise NotFound
        row, found = _found(actor, told["study"])
        if told["seen"] != _digest(found):
            raise Conflict(reason="The study has changed since. Look at it again.")
        seen = frozenset(one.one.sop_instance_uid for one in found if one.reasons)
        wishes = Wishes(
            choices_of(told["options"]), key_of(told["project"]), seen, edits_of(found, told["edits"])
        )
        record(
            actor,
            "objects exported",
            study=row,
            objects=len(found),
            deidentified=True,
            options=",".join(told["options"]),
            looked_at=len(seen),
            blacked_out=len(wishes.edits),
        )
        return StreamingHttpResponse(
            _sent(zip_pieces(members_of_copies(found, wishes))),
            content_type="application/zip",
            headers={"Content-Disposition": SAVED_AS},
        )


async def _sent(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """No thread waits while the client takes its time."""
    while piece := await _exporting.run(_next_piece, pieces):
        yield piece


def _next_piece(pieces: Iterator[bytes]) -> bytes:
    return next((piece for piece in pieces if piece), b"")


def _found(actor: Actor, study: str) -> tuple[Study, list[Judged]]:
    _require_download(actor)
    row = access_study(actor, study)
    return row, list(judged(kept_objects(visible_instances(actor), study_instance_uid=study)))


def _require_download(actor: Actor) -> None:
    """Raises NotSignedIn, NotAllowed. What a link's guest may save its sender has settled: not whose it is."""
    require(actor, Act.DOWNLOAD)
    if actor.guest is not None:
        raise NotAllowed(act=str(Act.DOWNLOAD))


def _told_of(actor: Actor) -> str:
    return f"{actor.kind} {actor.user_id}"


def _digest(found: Sequence[Judged]) -> str:
    """Of all objects: what came since was not looked at."""
    uids = sorted(f"{one.one.sop_instance_uid} {one.one.blob}" for one in found)
    return hashlib.sha256("\n".join(uids).encode()).hexdigest()


def _read(data: Any) -> dict[str, Any]:
    reader = Wanted(data=data)
    if not reader.is_valid():
        parameter = next(iter(reader.errors), "")
        raise BadRequest(parameter=str(parameter), reason="This cannot be understood.")
    wanted: dict[str, Any] = reader.validated_data
    try:
        choices = choices_of(wanted["options"])
    except ValueError:
        raise BadRequest(
            parameter="options", reason="Dates are retained in full or modified, not both."
        ) from None
    return {**wanted, "choices": choices, "edits": [dict(one) for one in wanted["edits"]]}
