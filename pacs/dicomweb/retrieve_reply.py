"""An answer of the retrieve door: a representation with its ETag, and what becomes of it by conditions and ranges."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pacs.dicomweb.multipart_out import Part, boundary_of, multipart_pieces, multipart_type, part_head
from pacs.dicomweb.retrieve_body import Body, Piece, body_of
from pacs.http.answers import VARY, Answer, refusal
from pacs.http.conditional import is_known
from pacs.http.headers import Header
from pacs.http.ranges import ByteRange, NotSatisfiable, asked_ranges
from pacs.http.requests import DoorRequest

Prepared = TypeVar("Prepared")
VARY_BY = f"{VARY}, Accept"
# Kept by the browser, but asked for anew each time: a right that was taken away ends with the next request (P14).
CACHE_CONTROL = b"private, no-cache"
RECIPE = 1  # part of every ETag: raise it when the same request is answered with other bytes


@dataclass(frozen=True)
class Representation:
    """What was asked for, in the form that was chosen."""

    content_type: str
    body: Body
    etag: str
    vary: str = VARY_BY
    headers: tuple[Header, ...] = ()


@dataclass(frozen=True)
class Reply:
    """One HTTP answer whose body may be as long as it likes."""

    status: int
    content_type: str = ""
    body: Body = field(default_factory=Body)
    headers: tuple[Header, ...] = ()


@dataclass(frozen=True)
class Later(Generic[Prepared]):
    """An answer that first needs work which may take seconds in the sandbox.

    `first` runs aside, once for all who wait for the same key; `then` makes the answer of what it gave.
    """

    key: Hashable
    first: Callable[[], Prepared]
    then: Callable[[Prepared], Reply | Answer]


Outcome = Reply | Answer | Later[Any]


def etag_of(*told: object) -> str:
    """A strong ETag (RFC 9110 8.8.3) of everything that decides the bytes."""
    text = "\0".join(map(str, (RECIPE, *told)))
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:40]}"'


def known_reply(request: DoorRequest, etag: str, vary: str = VARY_BY) -> Reply | None:
    """304 where the client has it already (RFC 9110 15.4.5)."""
    if not is_known(request.header(b"if-none-match"), etag):
        return None
    return Reply(304, headers=_kept_headers(etag, vary))


def reply_with(request: DoorRequest, told: Representation) -> Reply | Answer:
    """The whole, or the ranges of it that are asked for."""
    headers = (*_kept_headers(told.etag, told.vary), *told.headers)
    length = told.body.length
    if length is None or not told.body.can_be_cut:
        return Reply(200, told.content_type, told.body, (*headers, (b"accept-ranges", b"none")))
    headers = (*headers, (b"accept-ranges", b"bytes"))
    ranges = _asked(request, told, length)
    if isinstance(ranges, Answer):
        return ranges
    if not ranges:
        return Reply(200, told.content_type, told.body, headers)
    if len(ranges) == 1:
        part = (b"content-range", ranges[0].content_range(length).encode())
        return Reply(206, told.content_type, told.body.cut(ranges[0]), (*headers, part))
    boundary = f"ranges-{told.etag.strip(chr(34))}"
    body = body_of(_byteranges(told, ranges, length, boundary))
    return Reply(206, f"multipart/byteranges; boundary={boundary}", body, headers)


def reply_with_value(request: DoorRequest, told: Representation, location: str = "") -> Reply | Answer:
    """One value, alone; or, with its location, in an envelope.

    Who asks for an envelope and a range is given that range of the value in it: of the envelope's own bytes nobody
    could make anything.
    """
    if not location:
        return reply_with(request, told)
    length, boundary = told.body.length, boundary_of(told.etag)
    ranges = _asked(request, told, length) if length is not None and told.body.can_be_cut else []
    if isinstance(ranges, Answer):
        return ranges
    if not ranges or length is None:
        parts = [Part(part_head(told.content_type, location), told.body.pieces)]
    else:
        heads = (part_head(told.content_type, location, one.content_range(length)) for one in ranges)
        cuts = (told.body.cut(one).pieces for one in ranges)
        parts = [Part(head, pieces) for head, pieces in zip(heads, cuts, strict=True)]
    body = body_of(multipart_pieces(parts, boundary))
    headers = (*_kept_headers(told.etag, told.vary), *told.headers, (b"accept-ranges", b"bytes"))
    return Reply(206 if ranges else 200, multipart_type(told.content_type, boundary), body, headers)


def _asked(request: DoorRequest, told: Representation, length: int) -> list[ByteRange] | Answer:
    asked, condition = request.header(b"range"), request.header(b"if-range")
    try:
        return asked_ranges(asked, condition, told.etag, length) if asked else []
    except NotSatisfiable:
        at_most = (b"content-range", f"bytes */{length}".encode())
        return refusal(416, "range_not_satisfiable", "There are no such bytes.", at_most)


def _byteranges(told: Representation, ranges: list[ByteRange], length: int, boundary: str) -> Iterable[Piece]:
    """RFC 9110 14.6."""
    for one in ranges:
        head = (
            f"--{boundary}\r\nContent-Type: {told.content_type}\r\nContent-Range: {one.content_range(length)}"
        )
        yield f"{head}\r\n\r\n".encode("latin-1")
        yield from told.body.cut(one).pieces
        yield b"\r\n"
    yield f"--{boundary}--\r\n".encode("latin-1")


def _kept_headers(etag: str, vary: str) -> tuple[Header, ...]:
    return ((b"etag", etag.encode()), (b"cache-control", CACHE_CONTROL), (b"vary", vary.encode()))
