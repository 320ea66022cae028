"""WADO-RS study, series and instance (PS3.18 10.4.1.1.1): the objects as they were received, or in another syntax."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from pacs.access.opened import is_noted, note_opened
from pacs.access.permit import Act, visible_instances
from pacs.access.standing import remembered
from pacs.catalog.kept_objects import KeptObject, kept_object
from pacs.catalog.pixel_source import Layout
from pacs.dicomweb.accept import Wish, wishes_of
from pacs.dicomweb.media_types import (
    DICOM,
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    NATIVE,
    OCTETS,
    Offer,
    object_offers,
)
from pacs.dicomweb.multipart_out import Part, boundary_of, multipart_pieces, multipart_type, part_head
from pacs.dicomweb.not_acceptable import NotAcceptable, objects_can_be_had_as
from pacs.dicomweb.retrieve_body import CHUNK_BYTES, Made, Piece, Span, body_of
from pacs.dicomweb.retrieve_reply import (
    Later,
    Outcome,
    Reply,
    Representation,
    etag_of,
    known_reply,
    reply_with,
)
from pacs.dicomweb.transcode_frames import DECODED, CannotGive, may_be_made
from pacs.dicomweb.transcode_objects import Opened, open_object
from pacs.dicomweb.wado_all_bulkdata import get_all_bulkdata
from pacs.dicomweb.wado_scope import accessed
from pacs.dicomweb.wado_zip import reply_with_zip, wants_zip
from pacs.errors import NotFound
from pacs.http.answers import Answer
from pacs.http.requests import DoorRequest
from pacs.storage.blobs import blob_store

if TYPE_CHECKING:
    from pacs.access.actors import Actor


@dataclass(frozen=True)
class Wanted:
    """An object, and the forms in which to try to give it, the best first; none is needed after its own syntax."""

    object: KeptObject
    offers: tuple[Offer, ...]

    @property
    def is_as_kept(self) -> bool:
        """Whether its file is what is wanted."""
        return self.offers[0].syntax == self.object.transfer_syntax_uid

    @property
    def as_kept(self) -> tuple[Piece, ...]:
        """Its file."""
        return (Span(self.object.blob, 0, self.object.size_bytes),)


def get_objects(request: DoorRequest) -> Outcome:
    """GET studies/{study}[/series/{series}[/instances/{instance}]]."""
    actor, study, objects = accessed(request, Act.DOWNLOAD)
    note_opened(actor, study)
    wishes = wishes_of(request.header(b"accept"), request.scope["query_string"])
    if wants_zip(wishes):
        return reply_with_zip(request, actor, study, objects)
    if wants_bulkdata(wishes):
        return get_all_bulkdata(request)
    return _outcome(request, actor, objects, wishes)


def instance_at_once(request: DoorRequest) -> Reply | Answer | None:
    """An instance as it is kept, on the event loop: where all of it was decided and written down before; else None."""
    known = remembered(request.scope, request.arguments["instance"], Act.DOWNLOAD)
    if known is None or not is_noted(known[0], known[1].instance.series.study):
        return None
    actor, visible = known
    request.require_named(study=visible.study_instance_uid, series=visible.series_instance_uid)
    wishes = wishes_of(request.header(b"accept"), request.scope["query_string"])
    if wants_zip(wishes) or wants_bulkdata(wishes):
        return None
    outcome = _outcome(request, actor, [kept_object(visible.instance)], wishes)
    return None if isinstance(outcome, Later) else outcome


def wants_bulkdata(wishes: Sequence[Wish]) -> bool:
    """Whether no object is acceptable, but the values in it are (PS3.18 B.10)."""
    acceptable = [wish for wish in wishes if wish.q > 0]
    in_parts = any(wish.is_multipart and wish.covers(OCTETS) for wish in acceptable)
    return in_parts and not any(wish.covers(DICOM) for wish in acceptable)


def _outcome(
    request: DoorRequest, actor: Actor, objects: Sequence[KeptObject], wishes: Sequence[Wish]
) -> Outcome:
    wanted = wanted_forms(objects, wishes)
    tag = etag_of(
        "objects", *((one.object.blob, *(offer.as_asked_for for offer in one.offers)) for one in wanted)
    )
    known = known_reply(request, tag)
    if known is not None:
        return known
    if len(wanted) == 1 and not wanted[0].is_as_kept:
        return Later(
            tag,
            lambda: open_first_possible(actor, wanted[0]),
            lambda opened: _reply_with_one(request, wanted[0], opened, tag),
        )
    return _reply_with_all(request, wanted, actor, tag)


def wanted_forms(objects: Sequence[KeptObject], wishes: Sequence[Wish]) -> list[Wanted]:
    """Each object with the forms to try. Raises NotAcceptable where there is none for one of them."""
    forms: dict[tuple[str, str, int], tuple[Offer, ...]] = {}
    wanted = []
    for one in objects:
        kind = (one.pixel_layout, one.transfer_syntax_uid, one.bits_allocated)
        if kind not in forms:
            forms[kind] = tuple(_possible(one, wishes, is_single=len(objects) == 1))
        if not forms[kind]:
            raise NotAcceptable(objects_can_be_had_as(objects))
        wanted.append(Wanted(one, forms[kind]))
    return wanted


def _possible(one: KeptObject, wishes: Sequence[Wish], *, is_single: bool) -> Iterator[Offer]:
    stored = one.transfer_syntax_uid
    for offer in object_offers(wishes, stored):
        if not (is_single or offer.is_multipart):
            continue
        # What has no pixels has nothing to compress: it is given in the syntax that all understand.
        if one.pixel_layout == Layout.NONE and offer.syntax in DECODED and offer.syntax not in NATIVE:
            offer = Offer(offer.name, EXPLICIT_LITTLE, offer.is_multipart)
        if offer.syntax == stored:
            yield offer
            return
        is_header_only = one.pixel_layout == Layout.NONE and offer.syntax in NATIVE
        if (is_header_only and offer.syntax != EXPLICIT_BIG) or may_be_made(
            one.pixel_layout, one.bits_allocated, stored, offer.syntax
        ):
            yield offer


def open_first_possible(actor: Actor, wanted: Wanted) -> tuple[Offer, Opened | None]:
    """The first form that turns out to be possible, opened; None in its place for the file as it is kept.

    Raises NotAcceptable, and NotFound where the right to it ended in the meantime.
    """
    rows = visible_instances(actor).defer("display")
    instance = rows.filter(pk=wanted.object.pk).first()
    if instance is None:
        raise NotFound
    for offer in wanted.offers:
        if offer.syntax == wanted.object.transfer_syntax_uid:
            return offer, None
        try:
            return offer, open_object(instance, offer.syntax)
        except CannotGive:
            continue
    raise NotAcceptable(objects_can_be_had_as([wanted.object]))


def _reply_with_one(
    request: DoorRequest, wanted: Wanted, opened: tuple[Offer, Opened | None], tag: str
) -> Reply | Answer:
    offer, made = opened
    pieces = wanted.as_kept if made is None else (Made(made.pieces),)
    if made is not None and made.is_whole:
        pieces = (b"".join(made.pieces()),)
    if not offer.is_multipart:
        return reply_with(request, Representation(offer.part_type, body_of(pieces), tag))
    part = Part(part_head(offer.part_type, _base(request) + wanted.object.path), pieces)
    return _reply_with_parts(request, [part], tag)


def _reply_with_all(request: DoorRequest, wanted: Sequence[Wanted], actor: Actor, tag: str) -> Reply | Answer:
    if not wanted[0].offers[0].is_multipart:
        told = Representation(wanted[0].offers[0].part_type, body_of(wanted[0].as_kept), tag)
        return reply_with(request, told)
    return _reply_with_parts(request, (_part(one, actor, _base(request)) for one in wanted), tag)


def _reply_with_parts(request: DoorRequest, parts: Iterator[Part] | list[Part], tag: str) -> Reply | Answer:
    boundary = boundary_of(tag)
    content = body_of(multipart_pieces(parts, boundary))
    return reply_with(request, Representation(multipart_type(DICOM, boundary), content, tag))


def _part(wanted: Wanted, actor: Actor, base: str) -> Part:
    if wanted.is_as_kept:
        head = part_head(wanted.offers[0].part_type, base + wanted.object.path)
        return Part(head, wanted.as_kept)
    return Part(b"", (Made(partial(_made_part, wanted, actor, base)),))


def _made_part(wanted: Wanted, actor: Actor, base: str) -> Iterator[bytes]:
    """Head and content of a part in another syntax; where that is not possible after all, nothing is left out
    without a word: the answer breaks off."""
    offer, opened = open_first_possible(actor, wanted)
    yield part_head(offer.part_type, base + wanted.object.path)
    if opened is not None:
        yield from opened.pieces()
        return
    store, size = blob_store(), wanted.object.size_bytes
    for at in range(0, size, CHUNK_BYTES):
        yield store.read_range(wanted.object.blob, at, min(CHUNK_BYTES, size - at))


def _base(request: DoorRequest) -> str:
    return f"{request.origin()}/dicom-web"
