"""What a viewer needs of a study: its digest, and which others of the patient to lay beside it."""

from __future__ import annotations

import gzip
import hashlib
import json
from typing import Any

from pacs.access.opened import note_opened
from pacs.access.permit import access_study, visible_series, visible_studies
from pacs.access.searches import note_search
from pacs.access.standing import actor_for_scope
from pacs.http.conditional import is_known
from pacs.http.headers import NO_STORE
from pacs.http.requests import DoorRequest
from viewer.api.answers import VARY, Answer
from viewer.api.media import takes_gzip
from viewer.api.opening import opening_of
from viewer.rendering.cache import ByteCache
from viewer.rendering.digest import build_digest
from viewer.rendering.priors import priors_of

GZIP_LEVEL = 6
# A study is opened again and again, and what is told of it by then is the same to the last byte.
_zipped: ByteCache[str, bytes] = ByteCache(8 << 20, len)


def get_digest(request: DoorRequest) -> Answer:
    """GET /view/studies/{study}/digest: all for the first picture. Asking for it is opening the study."""
    actor = actor_for_scope(request.scope)
    study = access_study(actor, request.arguments["study"])
    note_opened(actor, study)
    digest = build_digest(study, actor)
    if request.parameters().get("opening") == "1":
        digest["opening"] = opening_of(study, digest)
    return _told(request, digest)


def get_priors(request: DoorRequest) -> Answer:
    """GET /view/studies/{study}/priors: the patient's other studies that are open to who asks, the best first."""
    actor = actor_for_scope(request.scope)
    study = access_study(actor, request.arguments["study"])
    note_search(actor, "priors", {"study": study.study_instance_uid})
    return _told(request, {"priors": priors_of(study, visible_studies(actor), visible_series(actor))})


def _told(request: DoorRequest, told: dict[str, Any]) -> Answer:
    """As JSON. Whoever keeps it and asks again is told if nothing changed."""
    body = json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()
    zipped = takes_gzip(request.header(b"accept-encoding"))
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}{"-gzip" if zipped else ""}"'
    headers = [
        (b"etag", tag.encode()),
        NO_STORE,  # names and dates of birth are in it: no browser keeps them on its disk (promise P16)
        (b"vary", f"{VARY}, Accept-Encoding".encode()),
    ]
    if is_known(request.header(b"if-none-match"), tag):
        return Answer(304, headers=tuple(headers))
    if zipped:
        headers.append((b"content-encoding", b"gzip"))
        body = _zipped.get_or_make(tag, lambda: gzip.compress(body, GZIP_LEVEL, mtime=0))
    return Answer(200, body, "application/json", tuple(headers))
