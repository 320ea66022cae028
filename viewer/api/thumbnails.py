"""GET /view/series/{series}/thumbnail and /view/studies/{study}/thumbnail — 256 pixels of what tells most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacs.access.opened import note_thumbnail
from pacs.access.permit import access_series, access_study, series_within
from pacs.access.standing import actor_for_scope
from pacs.errors import NotFound
from pacs.http.conditional import is_known
from pacs.http.requests import DoorRequest
from viewer.api.answers import VARY, Answer, Later, not_modified, picture
from viewer.api.media import choose_thumbnail_type
from viewer.rendering.request import etag
from viewer.rendering.thumbnails import FORM, make_thumbnail, series_of_thumbnail, thumbnail_at_hand

if TYPE_CHECKING:
    from pacs.access.actors import Actor
    from pacs.catalog.models import Series

VARY_BY_FORMAT = f"{VARY}, Accept"


def get_series_thumbnail(request: DoorRequest) -> Answer | Later[bytes]:
    """Of a series; a path that names a study must name its own."""
    actor = actor_for_scope(request.scope)
    series = access_series(actor, request.arguments["series"])
    request.require_named(study=series.study.study_instance_uid)
    _require_whole_series(actor)
    note_thumbnail(actor, series.study)
    return _get_thumbnail(request, series)


def get_study_thumbnail(request: DoorRequest) -> Answer | Later[bytes]:
    """Of a study: that of its largest series which can be shown."""
    actor = actor_for_scope(request.scope)
    study = access_study(actor, request.arguments["study"])
    _require_whole_series(actor)
    note_thumbnail(actor, study)
    return _get_thumbnail(request, series_of_thumbnail(series_within(actor, study)))


def _require_whole_series(actor: Actor) -> None:
    """A series's thumbnail may be of any of its images. Raises NotFound for who sees single ones."""
    if actor.guest is not None and actor.guest.sees_single_images:
        raise NotFound


def _get_thumbnail(request: DoorRequest, series: Series) -> Answer | Later[bytes]:
    media_type = choose_thumbnail_type(request.header(b"accept"))
    told = ("thumbnail", FORM, series.arrival, media_type)
    tag = etag(series.series_instance_uid, told)
    if is_known(request.header(b"if-none-match"), tag):
        return not_modified(tag, VARY_BY_FORMAT)

    def answer(data: bytes) -> Answer:
        return picture(data, media_type, tag, VARY_BY_FORMAT)

    kept = thumbnail_at_hand(series, media_type)
    if kept is not None:
        return answer(kept)
    return Later((tag,), lambda: make_thumbnail(series, media_type), answer)
