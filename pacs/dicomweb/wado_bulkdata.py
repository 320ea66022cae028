"""WADO-RS bulkdata (PS3.18 10.4.1.1.5): the values that metadata leave out, by the addresses they name instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pacs.access.opened import note_opened
from pacs.access.permit import Act
from pacs.access.standing import actor_and_instance
from pacs.dicomweb.accept import Wish, wishes_of
from pacs.dicomweb.bulkdata_place import locate_value
from pacs.dicomweb.bulkdata_type import DOCUMENT, media_type_of
from pacs.dicomweb.media_types import EXPLICIT_LITTLE, OCTETS, Offer
from pacs.dicomweb.not_acceptable import NotAcceptable
from pacs.dicomweb.retrieve_body import Made, Piece, Span, body_of
from pacs.dicomweb.retrieve_reply import (
    Later,
    Outcome,
    Reply,
    Representation,
    etag_of,
    known_reply,
    reply_with_value,
)
from pacs.dicomweb.transcode_frames import CannotGive, run, swapped
from pacs.dicomweb.wado_pixels import PIXEL_TAGS, get_pixels
from pacs.errors import BadRequest, NotFound
from pacs.http.answers import Answer
from pacs.http.requests import DoorRequest
from pacs.storage.blobs import blob_store
from pacs.storage.keys import BlobKey

if TYPE_CHECKING:
    from pacs.catalog.models import Instance

_PLACE = re.compile(r"[0-9A-Fa-f]{8}(?:/[1-9][0-9]{0,5}/[0-9A-Fa-f]{8}){0,32}")
WORDS = {"OW": 2, "OL": 4, "OF": 4, "OD": 8, "OV": 8}
REMEMBERED = 4096


@dataclass(frozen=True)
class Value:
    """A value of a file: where it lies, or, of a deflated file, the value itself."""

    piece: Span | bytes
    word_bytes: int  # that change places, in a big endian file

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Its bytes, little endian."""
        if self.word_bytes == 1:
            return (self.piece,)
        return (Made(self._swapped),)

    def _swapped(self) -> Iterator[bytes]:
        yield swapped(body_of([self.piece]).read(), self.word_bytes)


def get_bulkdata(request: DoorRequest) -> Outcome:
    """GET …/instances/{instance}/bulkdata/{tag}[/{item}/{tag}…]: items are numbered from 1."""
    actor, visible = actor_and_instance(request.scope, request.arguments["instance"], Act.DOWNLOAD)
    request.require_named(study=visible.study_instance_uid, series=visible.series_instance_uid)
    place = parse_place(request.arguments["place"])
    note_opened(actor, visible.instance.series.study)
    if place[0] in PIXEL_TAGS and len(place) == 1:
        return get_pixels(request, visible.instance)
    instance = visible.instance
    key = (instance.blob, place)
    return Later(
        key,
        lambda: value_at(BlobKey(instance.blob), place),
        lambda value: _reply(request, instance, place, value),
    )


def parse_place(text: str) -> tuple[int, ...]:
    """Tags and item numbers in turn. Raises BadRequest."""
    if not _PLACE.fullmatch(text):
        raise BadRequest(parameter="bulkdata", reason="a tag, or tags with item numbers between them")
    steps = text.split("/")
    return tuple(int(step, 10 if number % 2 else 16) for number, step in enumerate(steps))


@lru_cache(maxsize=REMEMBERED)
def _span_at(blob: BlobKey, place: tuple[int, ...]) -> tuple[int, int, int] | None:
    """Offset, length and the bytes of a word that change places; None for a value that has no place of its own."""
    with blob_store().local_path(blob) as path:
        told = run(blob, locate_value, str(path), list(place))
    if not isinstance(told, dict) or "value" in told:
        return None
    offset, length, size = told.get("offset"), told.get("length"), blob_store().size(blob)
    if not (type(offset) is int and type(length) is int and 0 <= offset <= offset + length <= size):
        raise CannotGive(reason="not_there")
    word = WORDS.get(str(told.get("vr")), 1) if told.get("is_big_endian") is True else 1
    return offset, length, word


def value_at(blob: BlobKey, place: tuple[int, ...]) -> Value:
    """The value at this place of the file. Raises NotFound."""
    try:
        found = _span_at(blob, place)
        if found is not None:
            return Value(Span(blob, found[0], found[1]), found[2])
        with blob_store().local_path(blob) as path:
            told = run(blob, locate_value, str(path), list(place))
    except CannotGive:
        raise NotFound from None
    value = told.get("value") if isinstance(told, dict) else None
    if not isinstance(value, bytes):
        raise NotFound
    return Value(value, 1)


def _reply(request: DoorRequest, instance: Instance, place: tuple[int, ...], value: Value) -> Reply | Answer:
    name = type_of_value(value, place)
    offer = _choose(wishes_of(request.header(b"accept"), request.scope["query_string"]), name)
    told_type = name if name != OCTETS else offer.part_type
    tag = etag_of("bulkdata", instance.blob, *place, told_type, offer.is_multipart)
    known = known_reply(request, tag)
    if known is not None:
        return known
    location = f"{request.origin()}{request.scope['path']}" if offer.is_multipart else ""
    return reply_with_value(request, Representation(told_type, body_of(value.pieces), tag), location)


def type_of_value(value: Value, place: tuple[int, ...]) -> str:
    """Octets; of a document, what it is by its bytes."""
    if place != (DOCUMENT,):
        return OCTETS
    beginning = value.piece
    if isinstance(beginning, Span):
        beginning = body_of([beginning.cut(0, min(beginning.length, 1024))]).read()
    return media_type_of(beginning)


def _choose(wishes: tuple[Wish, ...], name: str) -> Offer:
    """One value: in an envelope for those who ask for one. Raises NotAcceptable."""
    for wish in wishes:
        if wish.q > 0 and (wish.covers(name) or wish.covers(OCTETS)):
            return Offer(name, EXPLICIT_LITTLE, wish.is_multipart is True)
    raise NotAcceptable(
        [
            Offer(one, EXPLICIT_LITTLE, with_envelope).as_asked_for
            for one in {name, OCTETS}
            for with_envelope in (False, True)
        ]
    )
