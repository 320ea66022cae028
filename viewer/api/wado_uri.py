"""WADO-URI (PS3.18 9): one object by a query alone, as a picture of our renderer or, by way of WADO-RS, its file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pacs.access.permit import Act, require
from pacs.access.standing import actor_for_scope
from pacs.dicomweb.accept import parse_accept
from pacs.errors import BadRequest
from pacs.http.requests import DoorRequest
from pacs.uids import is_uid
from viewer.api.films import answer_film, wanted_film
from viewer.api.media import NotAcceptable
from viewer.api.params import parse_frame_index, parse_picture_request, parse_window
from viewer.api.pictures import actor_with_instance, visible_instance
from viewer.api.rendered import Outcome, answer_picture, answer_what_is_read
from viewer.api.rendered_many import OFFERED_BY_KIND
from viewer.api.states import answer_image_by_state
from viewer.api.viewport import LONGEST_SIDE
from viewer.rendering.annotation import texts_of
from viewer.rendering.film import Film
from viewer.rendering.kinds import Kind, kind_of
from viewer.rendering.region import WHOLE, Region
from viewer.rendering.request import Look, PictureRequest

if TYPE_CHECKING:
    from pacs.catalog.models import Instance

FILE = "application/dicom"
NAMED = {"study": "studyUID", "series": "seriesUID", "instance": "objectUID"}
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_FRACTION = re.compile(r"(?:0(?:\.[0-9]{0,9})?|\.[0-9]{1,9}|1(?:\.0{0,9})?)", re.ASCII)


@dataclass(frozen=True)
class AsFile:
    """The object's file is wanted: the request of WADO-RS that asks for the same."""

    scope: Mapping[str, Any]


def get_by_uri(request: DoorRequest) -> Outcome | AsFile:
    """GET /wado?requestType=WADO&studyUID=…&seriesUID=…&objectUID=… (PS3.18 9)."""
    require(actor_for_scope(request.scope), Act.VIEW)
    query = request.parameters()
    named = _named(query)
    if query.get("anonymize", "no") != "no":
        raise BadRequest(parameter="anonymize", reason="objects are not given without names yet")
    request = replace(request, arguments=named)
    actor, instance = actor_with_instance(request)
    accept, kind = query.get("contentType") or request.header(b"accept"), kind_of(instance)
    if query.get("presentationUID") or query.get("presentationSeriesUID"):
        return _by_state(request, query, instance, accept)
    film_type = None if "frameNumber" in query else wanted_film(instance, accept)
    if film_type is None and _wants_file(accept, OFFERED_BY_KIND.get(kind, ())):
        return AsFile(_as_retrieval(request.scope, named, query.get("transferSyntax", "")))
    if kind is not Kind.IMAGE:
        return answer_what_is_read(request, actor, instance, accept)
    if film_type is not None:
        plain = {name: text for name, text in query.items() if name != "contentType"}
        asked = parse_uri_picture(plain, "")
        return answer_film(request, Film(instance, asked, texts_of(instance, asked.annotation), film_type))
    return answer_picture(request, actor, instance, parse_uri_picture(query, accept))


def _by_state(request: DoorRequest, query: Mapping[str, str], image: Instance, accept: str) -> Outcome:
    """The image as a presentation state wants it, which says itself what is shown of it, and in which greys."""
    for name in ("windowCenter", "windowWidth", "region"):
        if query.get(name):
            raise BadRequest(parameter=name, reason="the presentation state says it")
    named = {"instance": query.get("presentationUID", ""), "series": query.get("presentationSeriesUID", "")}
    for name, uid in zip(("presentationUID", "presentationSeriesUID"), named.values(), strict=True):
        if not is_uid(uid):
            raise BadRequest(parameter=name, reason="a UID; both must be there")
    state = visible_instance(replace(request, arguments=named))
    if kind_of(state) is not Kind.STATE:
        raise BadRequest(parameter="presentationUID", reason="the UID of a presentation state")
    return answer_image_by_state(request, state, image, parse_uri_picture(query, accept))


def parse_uri_picture(query: Mapping[str, str], accept: str) -> PictureRequest:
    """The picture that the parameters of PS3.18 9 ask for. Raises BadRequest, NotAcceptable."""
    alike = {"quality": "imageQuality", "annotation": "annotation"}
    plain = {name: query[by_uri] for name, by_uri in alike.items() if by_uri in query}
    viewport = _viewport(query)
    if viewport is not None:
        plain["viewport"] = f"{viewport[0]},{viewport[1]}"
    asked = parse_picture_request({}, plain, query.get("contentType") or accept, thumbnail=False)
    return replace(asked, frame_index=_frame_index(query), look=_look(query), region=_region(query))


def _named(query: Mapping[str, str]) -> dict[str, str]:
    if query.get("requestType") != "WADO":
        raise BadRequest(parameter="requestType", reason="WADO")
    for name in NAMED.values():
        if not is_uid(query.get(name, "")):
            raise BadRequest(parameter=name, reason="a UID; it must be there")
    return {place: query[name] for place, name in NAMED.items()}


def _wants_file(accept: str, offered: tuple[str, ...]) -> bool:
    """Whether the client would rather have the file than what is offered. Raises NotAcceptable for neither."""
    for wish in parse_accept(accept):
        # What has no other form is given as it is to whoever takes anything.
        if wish.q > 0 and (wish.name == FILE or (not offered and wish.covers(FILE))):
            return True
        if wish.q > 0 and any(wish.covers(kind) for kind in offered):
            return False
    raise NotAcceptable((FILE, *offered))


def _as_retrieval(scope: Mapping[str, Any], named: Mapping[str, str], syntax: str) -> dict[str, Any]:
    if syntax and not is_uid(syntax):
        raise BadRequest(parameter="transferSyntax", reason="the UID of a transfer syntax")
    accept = f"{FILE}; transfer-syntax={syntax}" if syntax else FILE
    path = "/dicom-web/studies/{study}/series/{series}/instances/{instance}".format(**named)
    kept = [(name, value) for name, value in scope["headers"] if name != b"accept"]
    return {
        **scope,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [*kept, (b"accept", accept.encode())],
    }


def _viewport(query: Mapping[str, str]) -> tuple[int, int] | None:
    """(width, height) at most; one that is not told is as large as it becomes."""
    sides = [_whole(query, name, LONGEST_SIDE) for name in ("columns", "rows")]
    if sides == [None, None]:
        return None
    return sides[0] or LONGEST_SIDE, sides[1] or LONGEST_SIDE


def _whole(query: Mapping[str, str], name: str, most: int) -> int | None:
    text = query.get(name, "")
    if not text:
        return None
    if not _WHOLE_NUMBER.fullmatch(text) or not 1 <= int(text) <= most:
        raise BadRequest(parameter=name, reason=f"1 to {most}")
    return int(text)


def _frame_index(query: Mapping[str, str]) -> int:
    return parse_frame_index(str(_whole(query, "frameNumber", 10**9 - 1) or 1))


def _look(query: Mapping[str, str]) -> Look:
    center, width = query.get("windowCenter", ""), query.get("windowWidth", "")
    if not center and not width:
        return Look()
    if not (center and width) or "," in center + width:
        raise BadRequest(
            parameter="windowCenter", reason="windowCenter and windowWidth, a number each, together"
        )
    return Look(parse_window(f"{center},{width}"))


def _region(query: Mapping[str, str]) -> Region:
    """xmin,ymin,xmax,ymax in fractions of the picture's sides."""
    text = query.get("region", "")
    if not text:
        return WHOLE
    parts = text.split(",")
    if len(parts) != 4 or not all(map(_FRACTION.fullmatch, parts)):
        raise BadRequest(parameter="region", reason="xmin,ymin,xmax,ymax from 0.0 to 1.0")
    left, top, right, bottom = (float(part) for part in parts)
    if not (left < right and top < bottom):
        raise BadRequest(
            parameter="region", reason="its second corner lies below and to the right of the first"
        )
    return Region(left, top, right - left, bottom - top, is_relative=True)
