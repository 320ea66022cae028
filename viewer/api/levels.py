"""GET /view/instances/{instance}/frames/{frame}/levels/{level} — what one level adds to a frame's codestream; without
{level}, the first levels in one journey."""

from __future__ import annotations

from dataclasses import replace

from pacs.http.conditional import is_known
from pacs.http.ranges import NotSatisfiable, asked_ranges
from pacs.http.requests import DoorRequest
from viewer.api.answers import Answer, Later, not_modified, picture, refusal
from viewer.api.params import parse_frame_index
from viewer.api.pictures import visible_instance
from viewer.rendering.derive import Derived
from viewer.rendering.stored_frame import address_frame
from viewer.rendering.streams import (
    envelope_of,
    first_levels_at_hand,
    first_levels_of,
    level_at_hand,
    level_etag,
    make_stream,
    stream_at_hand,
)

# All levels of a slice, and the first few of a film: a viewer that asks for them before anything else is known cannot
# call them off.
MOST_BYTES_AT_ONCE = 1 << 20
OCTETS = "application/octet-stream"
FIRST_LEVELS = -1  # in an ETag: no single level
BY_BYTES = (b"accept-ranges", b"bytes")


def get_level(request: DoorRequest) -> Answer | Later[Derived]:
    """Access first, then the cheapest way: the browser's copy, what was made before, a stream to be made."""
    instance = visible_instance(request)
    level = int(request.arguments["level"])
    address = address_frame(instance, parse_frame_index(request.arguments["frame"]))
    tag = level_etag(address, level)
    if is_known(request.header(b"if-none-match"), tag):
        return not_modified(tag)
    kept = level_at_hand(address, level)
    if kept is not None:
        return _answer(request, kept, tag)

    def answer(made: Derived) -> Answer:
        return _answer(request, envelope_of(address, made, level), tag)

    made = stream_at_hand(address)
    return answer(made) if made else Later(("stream", *address.key), lambda: make_stream(address), answer)


def get_levels(request: DoorRequest) -> Answer | Later[Derived]:
    """The first levels of a frame, each an envelope behind its length: for whoever opens a study with this frame."""
    instance = visible_instance(request)
    address = address_frame(instance, parse_frame_index(request.arguments["frame"]))
    tag = level_etag(address, FIRST_LEVELS)
    if is_known(request.header(b"if-none-match"), tag):
        return not_modified(tag)
    kept = first_levels_at_hand(address, MOST_BYTES_AT_ONCE)
    if kept is not None:
        return picture(kept, OCTETS, tag)

    def answer(made: Derived) -> Answer:
        return picture(first_levels_of(address, made, MOST_BYTES_AT_ONCE), OCTETS, tag)

    made = stream_at_hand(address)
    return answer(made) if made else Later(("stream", *address.key), lambda: make_stream(address), answer)


def _answer(request: DoorRequest, envelope: bytes, tag: str) -> Answer:
    """The envelope, or the one range of it that is asked for (RFC 9110 14.2); of several, the whole."""
    whole = picture(envelope, OCTETS, tag)
    whole = replace(whole, headers=(*whole.headers, BY_BYTES))
    asked, length = request.header(b"range"), len(envelope)
    if not asked or request.scope["method"] != "GET":
        return whole
    try:
        ranges = asked_ranges(asked, request.header(b"if-range"), tag, length)
    except NotSatisfiable:
        at_most = (b"content-range", f"bytes */{length}".encode())
        return refusal(416, "range_not_satisfiable", "There are no such bytes.", at_most)
    if len(ranges) != 1:
        return whole
    (one,) = ranges
    part = (b"content-range", one.content_range(length).encode())
    return replace(whole, status=206, body=envelope[one.first : one.last + 1], headers=(*whole.headers, part))
