"""Uploads from a browser: a file comes in pieces and goes on where it stopped (lost network, reload, restart).

The contract. Only roles that may store (Act.STORE; else 401, 403), and guests of upload links (Act.HAND_IN), for whom
it waits until somebody says whose it is. An upload is its user's own, or its guest's: 404 for others.
Unsafe verbs of a cookie session bring X-CSRFToken. Errors have the one shape {"error": {code, message, fields,
request_id}}.

POST   /api/uploads  {"name": "scans/ct.zip", "size_bytes": 52428800}  -> 201, an Upload
    One for each file: a DICOM object or a zip of them. `name` is shown to its sender only; a relative path is fine.
    Every POST begins a new upload. 413 too_large; 507 storage_full; 503 overloaded (Retry-After) when more than 1,000
    are unfinished.
GET    /api/uploads  -> {"uploads": [Upload…]}
    This user's unfinished ones, the oldest first (none that is done). After a reload: when a chosen file has the name
    and size_bytes of one that is "receiving", and the SHA-256 of its first head.bytes bytes is head.sha256, go on
    with that one from received_bytes. Names alone prove nothing: every disc has its IM000001. (head is null when
    nothing has come.)
PATCH  /api/uploads/{id}  with the header Upload-Offset: N and the next bytes as the raw body
    (Content-Type: application/octet-stream) -> 200, the Upload. At most chunk_bytes at once (413 too_large); less on a
    slow network. All of the piece is kept, durably, or nothing of it. 409 conflict when N is not where it stands:
    fields.received_bytes is (also as header Upload-Offset): go on from there. After a request without an answer ask
    GET, then go on. The piece that completes the file starts the reading; its answer waits up to a second for it, so
    that a single image is usually "done" in it.
GET    /api/uploads/{id}?from=K  -> the Upload with "verdicts" from number K on (default 0)
    Ask every second or so while the state is "reading".
HEAD   /api/uploads/{id}  -> headers Upload-Offset (received_bytes) and Upload-Length (size_bytes)
POST   /api/uploads/{id}/retry  -> 202, the Upload; reads on after "stopped" (409 in any other state)
DELETE /api/uploads/{id}  -> 204; gives it up. Objects of it that were taken in already stay.

Upload:
{
  "id": "0b8e…", "name": "scans/ct.zip", "size_bytes": 52428800, "received_bytes": 8388608,
  "state": "receiving" | "reading" | "done" | "stopped",
  "chunk_bytes": 8388608,                   the longest piece that PATCH takes
  "head": {"bytes": 65536, "sha256": "…"} | null,      while "receiving"
  "problem": {"code", "message"} | null,    why it "stopped": storage_full, overloaded, error; all received is kept
  "verdict_count": 212,                     objects answered for so far; it may fall to 0 when the reading begins anew
  "counts": {"stored": 210, "duplicate": 1, "rejected": 0, "skipped": 1},
  "verdicts": [Verdict…]                    in GET /api/uploads/{id} and in the answer to PATCH; not in the list
}
Verdict: {"name": "scans/ct.zip/IM1", "verdict": "stored" | "duplicate" | "rejected" | "skipped",
          "reason": code | null, "message": text for people, "study": Study Instance UID | null}
"skipped" is a file that is no image or document (a DICOMDIR, a readme): nothing went wrong.
Abandoned uploads are forgotten after 7 days, verdicts a day after they are complete.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pacs.access.middleware import actor_of
from pacs.access.permit import require_may_upload
from pacs.errors import BadRequest, Conflict, TooLarge
from pacs.http.errors import MESSAGES, new_request_id, problem, status_of
from pacs.ingest.models import Upload
from pacs.ingest.uploads.reading import WORKING_STATES, begin_reading
from pacs.ingest.uploads.receiving import (
    access_upload,
    append_piece,
    begin_upload,
    give_up,
    head_of,
    unfinished_uploads,
)

MOST_CHUNK_BYTES = 8 << 20
READ_BYTES = 1 << 20
PATIENCE_S = 1.0
WORDS = ("stored", "duplicate", "rejected", "skipped")


class Stores(BasePermission):
    """Those who may store, and guests who may send in."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """True. Raises NotSignedIn, NotAllowed."""
        require_may_upload(actor_of(request))
        return True


class _Unparsed(BaseParser):
    """Leaves a body of any type alone, to be read from the request."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> dict[str, Any]:
        """Nothing."""
        return {}


class _NewUpload(serializers.Serializer[None]):
    name = serializers.CharField(max_length=4096, trim_whitespace=False)
    size_bytes = serializers.IntegerField(min_value=0, max_value=1 << 62)


class UploadsView(APIView):
    """GET, POST api/uploads."""

    permission_classes = [Stores]
    bodies = {"POST": _NewUpload}

    def get(self, request: Request) -> Response:
        """This user's unfinished uploads."""
        return Response({"uploads": [_told(upload) for upload in unfinished_uploads(actor_of(request))]})

    def post(self, request: Request) -> Response:
        """Begin one."""
        given = _NewUpload(data=request.data)
        given.is_valid(raise_exception=True)
        upload = begin_upload(**given.validated_data, actor=actor_of(request))
        return Response(_told(_read_if_whole(upload)), status=201)


class UploadView(APIView):
    """GET, HEAD, PATCH, DELETE api/uploads/{id}."""

    permission_classes = [Stores]
    parser_classes = [_Unparsed]

    def get(self, request: Request, upload_id: UUID) -> Response:
        """How far it is, and what became of its objects."""
        upload = access_upload(actor_of(request), upload_id)
        first = _number(request.query_params.get("from", "0"), "from")
        where = {"Upload-Offset": str(upload.received_bytes), "Upload-Length": str(upload.size_bytes)}
        return Response(_told_with_verdicts(upload, first), headers=where)

    def patch(self, request: Request, upload_id: UUID) -> Response:
        """The next piece."""
        upload = access_upload(actor_of(request), upload_id)
        offset = _number(request.headers.get("Upload-Offset", ""), "Upload-Offset")
        try:
            appended = append_piece(upload, offset, _piece(request._request))
        except Conflict as conflict:
            where = {"Upload-Offset": str(conflict.fields["received_bytes"])}
            return Response(problem(conflict, new_request_id()), status=status_of(conflict), headers=where)
        return Response(_told_with_verdicts(_read_if_whole(appended), 0))

    def delete(self, request: Request, upload_id: UUID) -> Response:
        """Give it up."""
        give_up(access_upload(actor_of(request), upload_id))
        return Response(status=204)


class RetryView(APIView):
    """POST api/uploads/{id}/retry."""

    permission_classes = [Stores]

    def post(self, request: Request, upload_id: UUID) -> Response:
        """Read on after the reading was stopped."""
        upload = access_upload(actor_of(request), upload_id)
        if upload.state in WORKING_STATES:
            raise Conflict(received_bytes=upload.received_bytes)
        begin_reading(upload)
        return Response(_told(access_upload(actor_of(request), upload_id)), status=202)


def _read_if_whole(upload: Upload) -> Upload:
    """The upload; when all of it has come, after a moment in which a single image is taken in."""
    if upload.received_bytes < upload.size_bytes:
        return upload
    with contextlib.suppress(TimeoutError, Conflict):  # a conflict: it is read already
        begin_reading(upload).result(timeout=PATIENCE_S)
    return Upload.objects.filter(pk=upload.pk).first() or upload


def _piece(request: HttpRequest) -> Iterator[bytes]:
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_CHUNK_BYTES:
        raise TooLarge(most_bytes=MOST_CHUNK_BYTES)
    received = 0
    while data := request.read(READ_BYTES):
        received += len(data)
        if received > MOST_CHUNK_BYTES:
            raise TooLarge(most_bytes=MOST_CHUNK_BYTES)
        yield data


def _number(text: str, parameter: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        raise BadRequest(parameter=parameter, reason="not a whole number")
    return int(text)


def _told_with_verdicts(upload: Upload, first: int) -> dict[str, Any]:
    return {**_told(upload), "verdicts": upload.verdicts[first:]}


def _told(upload: Upload) -> dict[str, Any]:
    counts = Counter(verdict["verdict"] for verdict in upload.verdicts)
    is_stopped = upload.state not in WORKING_STATES
    head = head_of(upload)
    return {
        "id": str(upload.pk),
        "name": upload.name,
        "size_bytes": upload.size_bytes,
        "received_bytes": upload.received_bytes,
        "state": "stopped" if is_stopped else upload.state,
        "chunk_bytes": MOST_CHUNK_BYTES,
        "head": {"bytes": head.size_bytes, "sha256": head.sha256} if head else None,
        "problem": _problem(upload.state) if is_stopped else None,
        "verdict_count": len(upload.verdicts),
        "counts": {word: counts[word] for word in WORDS},
    }


def _problem(code: str) -> dict[str, str]:
    return {"code": code, "message": MESSAGES.get(code, MESSAGES["error"])}
