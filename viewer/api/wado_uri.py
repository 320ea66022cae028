"""WADO-URI (PS3.18 9): one object by a query alone, as a picture of our renderer or, by way of WADO-RS, its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pacs.access.permit import Act, require
from pacs.access.standing import actor_for_scope
from pacs.dicomweb.accept import parse_accept
from pacs.dicomweb.media_types import DICOM
from pacs.errors import BadRequest, NotFound
from pacs.http.requests import DoorRequest
from viewer.api.films import answer_film, offered_of_many, wanted_film
from viewer.api.media import NotAcceptable
from viewer.api.pictures import actor_with_instance, visible_instance
from viewer.api.rendered import Outcome, answer_picture, answer_what_is_read
from viewer.api.rendered_many import OFFERED_BY_KIND
from viewer.api.states import answer_image_by_state
from viewer.api.uri_query import (
    parse_content_type,
    parse_named,
    parse_state,
    parse_syntax,
    parse_uri_picture,
    require_file_query,
    require_frame,
)
from viewer.rendering.annotation import texts_of
from viewer.rendering.film import Film
from viewer.rendering.kinds import Kind, kind_of

if TYPE_CHECKING:
    from pacs.catalog.models import Instance


@dataclass(frozen=True)
class AsFile:
    """The object's file is wanted: the request of WADO-RS that asks for the same."""

    scope: Mapping[str, Any]


def get_by_uri(request: DoorRequest) -> Outcome | AsFile:
    """GET /wado?requestType=WADO&studyUID=…&seriesUID=…&objectUID=… (PS3.18 9)."""
    require(actor_for_scope(request.scope), Act.VIEW)
    query = request.parameters()
    named, state = parse_named(query), parse_state(query)
    request = replace(request, arguments=named)
    actor, instance = actor_with_instance(request)
    kind = kind_of(instance)
    offered = offered_of_many() if kind is Kind.IMAGE else OFFERED_BY_KIND.get(kind, ())
    accept = parse_content_type(query, request.header(b"accept"), offered)
    if state is not None:
        require_frame(query, instance.number_of_frames if kind is Kind.IMAGE else 0)
        return _by_state(request, query, instance, state, accept)
    film_type = None if "frameNumber" in query else wanted_film(instance, accept)
    if film_type is None and _wants_file(accept, OFFERED_BY_KIND.get(kind, ())):
        require_file_query(query)
        return AsFile(_as_retrieval(request.scope, named, parse_syntax(query)))
    require_frame(query, instance.number_of_frames if kind is Kind.IMAGE else 0)
    if kind is not Kind.IMAGE:
        return answer_what_is_read(request, actor, instance, accept)
    if film_type is not None:
        asked = parse_uri_picture(query, "")
        return answer_film(request, Film(instance, asked, texts_of(instance, asked.annotation), film_type))
    return answer_picture(request, actor, instance, parse_uri_picture(query, accept))


def _by_state(
    request: DoorRequest, query: Mapping[str, str], image: Instance, named: Mapping[str, str], accept: str
) -> Outcome:
    """The image as a presentation state wants it, which says itself what is shown of it, and in which greys.

    A state that is not here, or not open to whoever asks, is a bad request (9.5.2.3).
    """
    try:
        state = visible_instance(replace(request, arguments=named))
    except NotFound:
        state = None
    if state is None or kind_of(state) is not Kind.STATE:
        raise BadRequest(parameter="presentationUID", reason="the UID of a presentation state")
    return answer_image_by_state(request, state, image, parse_uri_picture(query, accept))


def _wants_file(accept: str, offered: tuple[str, ...]) -> bool:
    """Whether the client would rather have the file than what is offered. Raises NotAcceptable for neither."""
    for wish in parse_accept(accept):
        # What has no other form is given as it is to whoever takes anything.
        if wish.q > 0 and (wish.name == DICOM or (not offered and wish.covers(DICOM))):
            return True
        if wish.q > 0 and any(wish.covers(kind) for kind in offered):
            return False
    raise NotAcceptable((DICOM, *offered))


def _as_retrieval(scope: Mapping[str, Any], named: Mapping[str, str], syntax: str) -> dict[str, Any]:
    accept = f"{DICOM}; transfer-syntax={syntax}" if syntax else DICOM
    path = "/dicom-web/studies/{study}/series/{series}/instances/{instance}".format(**named)
    kept = [(name, value) for name, value in scope["headers"] if name != b"accept"]
    return {
        **scope,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [*kept, (b"accept", accept.encode())],
    }
