"""The query of WADO-URI (PS3.18 9.4.1.2 and 9.5.1.2): what its parameters ask for, and which queries are refused."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pacs.dicomweb.accept import ANY_SYNTAX, ANYTHING, parse_accept
from pacs.dicomweb.media_types import DICOM
from pacs.dicomweb.multipart import MediaType, parse_media_type
from pacs.errors import BadRequest
from pacs.uids import is_uid
from viewer.api.params import parse_charset, parse_frame_index, parse_picture_request, parse_window
from viewer.api.viewport import LONGEST_SIDE
from viewer.rendering.region import WHOLE, Region
from viewer.rendering.request import Look, PictureRequest

NAMED = {"study": "studyUID", "series": "seriesUID", "instance": "objectUID"}
WINDOWING = ("windowCenter", "windowWidth")
STATE = ("presentationSeriesUID", "presentationUID")
# Table 9.5.1-1 has imageAnnotation, the request's syntax (9.5.1) and 8.3.5.1.1 have annotation: both are understood.
ANNOTATION = ("imageAnnotation", "annotation")
OWN = (
    "requestType",
    *NAMED.values(),
    "contentType",
    "charset",
    "anonymize",
    "transferSyntax",
    "frameNumber",
    *ANNOTATION,
    "imageQuality",
    "rows",
    "columns",
    "region",
    *WINDOWING,
    *STATE,
)
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_FRACTION = re.compile(r"(?:0(?:\.[0-9]{0,9})?|\.[0-9]{1,9}|1(?:\.0{0,9})?)", re.ASCII)


def parse_named(query: Mapping[str, str]) -> dict[str, str]:
    """The UIDs of the object, by their places in a path. Raises BadRequest for a query that no object may answer."""
    for name in OWN:
        if query.get(name, "-") == "":  # of those that are known: others are ignored (8.3)
            raise BadRequest(parameter=name, reason="a value")
    if query.get("requestType") != "WADO":
        raise BadRequest(parameter="requestType", reason="WADO")
    for name in NAMED.values():
        if not is_uid(query.get(name, "")):
            raise BadRequest(parameter=name, reason="a UID; it must be there")
    if query.get("anonymize", "no") != "no":
        raise BadRequest(
            parameter="anonymize",
            reason="no: de-identified copies are exported by somebody who looks at them",
        )
    parse_charset(query)
    return {place: query[name] for place, name in NAMED.items()}


def parse_content_type(query: Mapping[str, str], accept: str, offered: Sequence[str]) -> str:
    """What is taken, as an Accept header says it: contentType or, where it names nothing that there is, that header.

    In this order media types are selected (8.7.8.1). Raises BadRequest (8.3.3.1, 9.1.2.2.1).
    """
    content = query.get("contentType", "")
    kinds = [_media_type(part) for part in content.split(",")] if content else []
    is_file = {kind.name == DICOM for kind in kinds if kind.name != ANYTHING}
    if len(is_file) > 1:
        raise BadRequest(parameter="contentType", reason=f"{DICOM}, or rendered media types")
    takes_content = any(
        wish.q > 0 and any(wish.covers(one) for one in (DICOM, *offered)) for wish in parse_accept(content)
    )
    return content if content and (takes_content or not accept) else accept


def _media_type(text: str) -> MediaType:
    media = parse_media_type(text.strip())
    for name in ("transfer-syntax", "charset"):
        if name in media.parameters:
            raise BadRequest(parameter="contentType", reason=f"media types without {name}")
    return media


def parse_syntax(query: Mapping[str, str]) -> str:
    """The transfer syntax of the file: a UID, "*" for any (8.7.3.6), empty where none is asked for.

    Raises BadRequest (9.4.2.4).
    """
    syntax = query.get("transferSyntax", "")
    if syntax and syntax != ANY_SYNTAX and not is_uid(syntax):
        raise BadRequest(parameter="transferSyntax", reason="the UID of one transfer syntax, or *")
    return syntax


def require_file_query(query: Mapping[str, str]) -> None:
    """Raises BadRequest for what may not be asked of application/dicom (9.5.1.2.6)."""
    for name in WINDOWING:
        if name in query:
            raise BadRequest(parameter=name, reason=f"nothing: {DICOM} is not windowed")


def require_frame(query: Mapping[str, str], number_of_frames: int) -> None:
    """Raises BadRequest for a frame that there is not (9.5.2.1); that of a single frame may be named.

    `number_of_frames` is 0 for what is no image.
    """
    number = _whole(query, "frameNumber", 10**9 - 1)
    if number is not None and number > number_of_frames:
        told = f"1 to {number_of_frames}" if number_of_frames else "nothing: the object is no image"
        raise BadRequest(parameter="frameNumber", reason=told)


def parse_state(query: Mapping[str, str]) -> dict[str, str] | None:
    """The UIDs of the presentation state, by their places in a path; None without one. Raises BadRequest."""
    if not any(name in query for name in STATE):
        return None
    for name in STATE:
        if not is_uid(query.get(name, "")):
            raise BadRequest(parameter=name, reason="a UID; both must be there")
    for name in (*WINDOWING, "region"):
        if name in query:
            raise BadRequest(parameter=name, reason="the presentation state says it")
    return {"series": query["presentationSeriesUID"], "instance": query["presentationUID"]}


def parse_uri_picture(query: Mapping[str, str], accept: str) -> PictureRequest:
    """The picture that the parameters ask for. Raises BadRequest, NotAcceptable."""
    plain = {"quality": query["imageQuality"]} if "imageQuality" in query else {}
    annotation = annotation_of(query)
    if annotation is not None:
        plain["annotation"] = annotation
    viewport = _viewport(query)
    if viewport is not None:
        plain["viewport"] = f"{viewport[0]},{viewport[1]}"
    asked = parse_picture_request({}, plain, accept, thumbnail=False)
    return replace(asked, frame_index=_frame_index(query), look=_look(query), region=_region(query))


def annotation_of(query: Mapping[str, str]) -> str | None:
    """What is to be written into the picture, by either of the two names that the standard has for it."""
    told = [query[name] for name in ANNOTATION if name in query]
    return ",".join(told) if told else None


def _viewport(query: Mapping[str, str]) -> tuple[int, int] | None:
    """(width, height) at most; one that is not told is as large as it becomes (9.5.2.5)."""
    sides = [_whole(query, name, LONGEST_SIDE) for name in ("columns", "rows")]
    if sides == [None, None]:
        return None
    return sides[0] or LONGEST_SIDE, sides[1] or LONGEST_SIDE


def _whole(query: Mapping[str, str], name: str, most: int) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not _WHOLE_NUMBER.fullmatch(text) or not 1 <= int(text) <= most:
        raise BadRequest(parameter=name, reason=f"1 to {most}")
    return int(text)


def _frame_index(query: Mapping[str, str]) -> int:
    return parse_frame_index(str(_whole(query, "frameNumber", 10**9 - 1) or 1))


def _look(query: Mapping[str, str]) -> Look:
    if not any(name in query for name in WINDOWING):
        return Look()
    center, width = (query.get(name, "") for name in WINDOWING)
    if not (center and width) or "," in center + width:
        raise BadRequest(
            parameter="windowCenter", reason="windowCenter and windowWidth, a number each, together"
        )
    return Look(parse_window(f"{center},{width}"))


def _region(query: Mapping[str, str]) -> Region:
    """xmin,ymin,xmax,ymax in fractions of the picture's sides."""
    text = query.get("region")
    if text is None:
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
