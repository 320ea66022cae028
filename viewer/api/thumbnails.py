"""Thumbnails of series and studies: 256 pixels of what tells most.

GET /view/series/{series}/thumbnail and /view/studies/{study}/thumbnail are for the app, which has words and icons of
its own for what has no picture: it is told so. The same below /dicom-web are of the standard (PS3.18 10.4.1.1.4), by
which everything has a thumbnail: of what has no picture, an icon of its kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacs.access.opened import note_thumbnail
from pacs.access.permit import access_series, access_study, series_within
from pacs.access.standing import actor_for_scope
from pacs.errors import NotFound
from pacs.http.conditional import is_known
from pacs.http.requests import DoorRequest
from viewer.api.answers import VARY, Answer, Later, not_modified, picture
from viewer.api.media import choose_thumbnail_type
from viewer.imaging.errors import CannotShow
from viewer.rendering.icons import FORM as ICON_FORM
from viewer.rendering.icons import icon, label_of_series
from viewer.rendering.request import MediaType, etag
from viewer.rendering.thumbnails import (
    FORM,
    QUALITY,
    SIDE,
    has_pictures,
    make_thumbnail,
    series_of_thumbnail,
    thumbnail_at_hand,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from pacs.access.actors import Actor
    from pacs.catalog.models import Series

VARY_BY_FORMAT = f"{VARY}, Accept"


def get_series_thumbnail(request: DoorRequest) -> Answer | Later[bytes]:
    """Of a series."""
    return _get_thumbnail(request, _series_of(request))


def get_study_thumbnail(request: DoorRequest) -> Answer | Later[bytes]:
    """Of a study: that of its largest series which can be shown."""
    return _get_thumbnail(request, series_of_thumbnail(_all_series_of(request)))


def get_dicomweb_series_thumbnail(request: DoorRequest) -> Answer | Later[bytes]:
    """Of a series; a path that names a study must name its own."""
    return _thumbnail_or_icon(request, _series_of(request))


def get_dicomweb_study_thumbnail(request: DoorRequest) -> Answer | Later[bytes]:
    """Of a study; where none of its series can be shown, an icon of the first."""
    rows = _all_series_of(request)
    try:
        series = series_of_thumbnail(rows)
    except CannotShow:
        first = rows.order_by("series_number", "pk").first()
        if first is None:
            raise NotFound from None
        series = first
    return _thumbnail_or_icon(request, series)


def answer_icon(
    request: DoorRequest, label: str, viewport: tuple[int, int], media_type: MediaType, quality: int
) -> Answer:
    """The icon with this label."""
    tag = etag("icon", (ICON_FORM, label, viewport, media_type, quality))
    if is_known(request.header(b"if-none-match"), tag):
        return not_modified(tag, VARY_BY_FORMAT)
    return picture(icon(label, viewport, media_type, quality), media_type, tag, VARY_BY_FORMAT)


def _series_of(request: DoorRequest) -> Series:
    actor = actor_for_scope(request.scope)
    series = access_series(actor, request.arguments["series"])
    request.require_named(study=series.study.study_instance_uid)
    _require_whole_series(actor)
    note_thumbnail(actor, series.study)
    return series


def _all_series_of(request: DoorRequest) -> QuerySet[Series, Any]:
    actor = actor_for_scope(request.scope)
    study = access_study(actor, request.arguments["study"])
    _require_whole_series(actor)
    note_thumbnail(actor, study)
    return series_within(actor, study)


def _thumbnail_or_icon(request: DoorRequest, series: Series) -> Answer | Later[bytes]:
    if has_pictures(series):
        return _get_thumbnail(request, series)
    media_type = choose_thumbnail_type(request.header(b"accept"))
    return answer_icon(request, label_of_series(series), (SIDE, SIDE), media_type, QUALITY)


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
