"""All bulkdata, or all pixels, of a study, series or instance in one answer (PS3.18 10.4.3.3.5 and 10.4.3.3.6).

Each value is a part whose Content-Location is the address that the metadata name it by; frames that are not one value
in the file are a part each. Written while it is sent: nobody knows its length before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pacs.access.opened import note_opened
from pacs.access.permit import Act, visible_instances
from pacs.catalog.headers import JsonDataset, read_header
from pacs.catalog.kept_objects import KeptObject, kept_headers
from pacs.catalog.pixel_source import Layout
from pacs.dicomweb.accept import Wish, wishes_of
from pacs.dicomweb.media_types import OCTETS, Offer
from pacs.dicomweb.multipart_out import boundary_of, multipart_type, part_head
from pacs.dicomweb.not_acceptable import NotAcceptable
from pacs.dicomweb.retrieve_body import Made, Piece, body_of, read_pieces
from pacs.dicomweb.retrieve_reply import Outcome, Representation, etag_of, known_reply, reply_with
from pacs.dicomweb.transcode_frames import CannotGive, made_frame
from pacs.dicomweb.wado_bulkdata import parse_place, type_of_value, value_at
from pacs.dicomweb.wado_frames import possible_forms
from pacs.dicomweb.wado_pixels import PIXEL_TAGS, form_of_value, one_value
from pacs.dicomweb.wado_scope import accessed
from pacs.errors import NotFound
from pacs.http.requests import DoorRequest

if TYPE_CHECKING:
    from pacs.access.actors import Actor
    from pacs.catalog.models import Instance

ANY_OCTETS = f'multipart/related; type="{OCTETS}"; transfer-syntax=*'
HEADERS_AT_ONCE = 64
Value = tuple[str, str, Iterator[bytes]]  # Content-Type, Content-Location, content


@dataclass(frozen=True)
class Asked:
    """What is asked for, and by whom."""

    actor: Actor
    wishes: tuple[Wish, ...]
    base: str
    pixels_only: bool


def get_all_bulkdata(request: DoorRequest) -> Outcome:
    """GET studies/{study}[/series/{series}[/instances/{instance}]]/bulkdata."""
    return _get(request, pixels_only=False)


def get_all_pixels(request: DoorRequest) -> Outcome:
    """GET studies/{study}[/series/{series}[/instances/{instance}]]/pixeldata."""
    return _get(request, pixels_only=True)


def _get(request: DoorRequest, *, pixels_only: bool) -> Outcome:
    actor, study, objects = accessed(request, Act.DOWNLOAD)
    if pixels_only:
        objects = [one for one in objects if one.pixel_layout != Layout.NONE]
    if not _has_values(objects):
        raise NotFound  # an answer in parts has one at least (RFC 2046 5.1), and an empty resource does not exist
    note_opened(actor, study)
    wishes = wishes_of(request.header(b"accept"), request.scope["query_string"])
    in_parts = tuple(wish for wish in wishes if wish.q > 0 and wish.is_multipart is not False)
    if not in_parts:
        raise NotAcceptable([ANY_OCTETS])
    tag = etag_of("all", pixels_only, in_parts, *(one.blob for one in objects))
    known = known_reply(request, tag)
    if known is not None:
        return known
    asked = Asked(actor, in_parts, f"{request.origin()}/dicom-web", pixels_only)
    _require_forms(asked, objects)
    boundary = boundary_of(tag)
    content = body_of([Made(lambda: _written(asked, objects, boundary))])
    return reply_with(request, Representation(multipart_type(OCTETS, boundary), content, tag))


def _has_values(objects: Sequence[KeptObject]) -> bool:
    """Whether one of them has pixels, or a value that its metadata leave out. Most that are kept have pixels."""
    if any(one.pixel_layout != Layout.NONE for one in objects):
        return True
    for start in range(0, len(objects), HEADERS_AT_ONCE):
        headers = kept_headers(objects[start : start + HEADERS_AT_ONCE]).values()
        if any(True for kept in headers for _ in _addresses(read_header(kept))):
            return True
    return False


def _require_forms(asked: Asked, objects: Sequence[KeptObject]) -> None:
    """Raises NotAcceptable where the pixels of one kind of object cannot be given as asked for."""
    kinds = {(one.pixel_layout, one.transfer_syntax_uid, one.bits_allocated): one for one in objects}
    for one in kinds.values():
        if one.pixel_layout != Layout.NONE:
            _form(_instance_of(asked, one), asked.wishes)
    if not any(wish.covers(OCTETS) for wish in asked.wishes) and not asked.pixels_only:
        raise NotAcceptable([ANY_OCTETS])


def _form(instance: Instance, wishes: Sequence[Wish]) -> list[Offer]:
    one = one_value(instance)
    if one is not None:
        return [form_of_value(wishes, one[0])]
    return possible_forms(instance, wishes, is_single=False)


def _instance_of(asked: Asked, one: KeptObject) -> Instance:
    """Its row, if it is open to the actor still. Raises NotFound."""
    instance = visible_instances(asked.actor).defer("display").filter(pk=one.pk).first()
    if instance is None:
        raise NotFound
    return instance


def _written(asked: Asked, objects: Sequence[KeptObject], boundary: str) -> Iterator[bytes]:
    line_end = b""
    for one in objects:
        for content_type, location, content in _values(asked, one):
            yield line_end + f"--{boundary}\r\n".encode() + part_head(content_type, location)
            yield from content
            line_end = b"\r\n"
    yield line_end + f"--{boundary}--\r\n".encode()


def _values(asked: Asked, one: KeptObject) -> Iterator[Value]:
    url = asked.base + one.path
    header = read_header(kept_headers([one]).get(one.pk, b"")) if not asked.pixels_only else {}
    for address in _addresses(header):
        place = parse_place(address.removeprefix("bulkdata/"))
        if place[0] not in PIXEL_TAGS:
            value = value_at(one.blob, place)
            yield type_of_value(value, place), f"{url}/{address}", read_pieces(value.pieces)
    if one.pixel_layout != Layout.NONE:
        yield from _pixels(_instance_of(asked, one), asked.wishes, url)


def _addresses(dataset: JsonDataset) -> Iterator[str]:
    """Those of the values that are left out of a header, at any depth."""
    for element in dataset.values():
        if "BulkDataURI" in element:
            yield str(element["BulkDataURI"])
        items: list[Any] = element.get("Value") or [] if element.get("vr") == "SQ" else []
        for item in items:
            yield from _addresses(item or {})


def _pixels(instance: Instance, wishes: Sequence[Wish], url: str) -> Iterator[Value]:
    one = one_value(instance)
    if one is not None:
        pieces: tuple[Piece, ...] = one[1]
        yield form_of_value(wishes, one[0]).part_type, f"{url}/bulkdata/7FE00010", read_pieces(pieces)
        return
    offers = possible_forms(instance, wishes, is_single=False)
    for index in range(instance.number_of_frames):
        offer, frame = _first_possible(instance, index, offers)
        yield offer.part_type, f"{url}/frames/{index + 1}", iter((frame,))


def _first_possible(instance: Instance, index: int, offers: Sequence[Offer]) -> tuple[Offer, bytes]:
    """Raises CannotGive: the answer breaks off, and nothing is left out without a word."""
    for offer in offers:
        try:
            return offer, made_frame(instance, index, offer.syntax)
        except CannotGive:
            continue
    raise CannotGive(reason="not_transcodable")
