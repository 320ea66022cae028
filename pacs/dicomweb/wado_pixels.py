"""Pixel Data as one bulkdata resource (PS3.18 8.7.3.3): the whole native value, all frames, or the video stream."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pacs.catalog.pixel_source import FrameSpan, Layout, stream_span
from pacs.dicomweb.accept import ANY_SYNTAX, Wish, wishes_of
from pacs.dicomweb.frame_pieces import LITTLE, fragment_spans
from pacs.dicomweb.media_types import EXPLICIT_LITTLE, OCTETS, Offer, pixel_media_of
from pacs.dicomweb.not_acceptable import NotAcceptable
from pacs.dicomweb.retrieve_body import Piece, Span, body_of
from pacs.dicomweb.retrieve_reply import Outcome, Representation, etag_of, known_reply, reply_with_value
from pacs.dicomweb.wado_frames import MOST_FRAMES, reply_with_frames
from pacs.errors import NotFound
from pacs.http.requests import DoorRequest
from pacs.storage.keys import BlobKey

if TYPE_CHECKING:
    from pacs.catalog.models import Instance

PIXEL_TAGS = (0x7FE00010, 0x7FE00008, 0x7FE00009)


def get_pixels(request: DoorRequest, instance: Instance) -> Outcome:
    """All pixels of the instance. Frames that are not one value in the file come each in its part."""
    if instance.pixel_layout == Layout.NONE:
        raise NotFound
    one = one_value(instance)
    if one is not None:
        return _one_value(request, instance, *one)
    return reply_with_frames(
        request, instance, list(range(1, min(instance.number_of_frames, MOST_FRAMES) + 1))
    )


def one_value(instance: Instance) -> tuple[str, tuple[Piece, ...]] | None:
    """Syntax and bytes of pixels that are one value in the file, or one stream; None where each frame is for itself."""
    if instance.pixel_layout == Layout.VIDEO:
        return instance.transfer_syntax_uid, _video(instance)
    if instance.pixel_layout == Layout.NATIVE and instance.transfer_syntax_uid in LITTLE:
        return EXPLICIT_LITTLE, (_native(instance),)
    return None


def _native(instance: Instance) -> Span:
    bits = instance.frame_bytes * 8
    if instance.bits_allocated % 8:
        bits = instance.rows * instance.columns * instance.bits_allocated
    length = -(-bits * instance.number_of_frames // 8)
    return Span(BlobKey(instance.blob), instance.frame_offset, length)


def _video(instance: Instance) -> tuple[Piece, ...]:
    span: FrameSpan = stream_span(instance)
    if span.fragmented:
        return tuple(fragment_spans(span))
    return (Span(span.blob, span.offset, span.length),)


def _one_value(request: DoorRequest, instance: Instance, syntax: str, pieces: tuple[Piece, ...]) -> Outcome:
    offer = form_of_value(wishes_of(request.header(b"accept"), request.scope["query_string"]), syntax)
    tag = etag_of("pixels", instance.blob, offer.as_asked_for)
    known = known_reply(request, tag)
    if known is not None:
        return known
    location = f"{request.origin()}{request.scope['path']}" if offer.is_multipart else ""
    return reply_with_value(request, Representation(offer.part_type, body_of(pieces), tag), location)


def form_of_value(wishes: Sequence[Wish], syntax: str) -> Offer:
    """How it is given; a player that takes anything is given the stream itself. Raises NotAcceptable."""
    names = list(dict.fromkeys((pixel_media_of(syntax), OCTETS)))
    for wish in wishes:
        name = next((one for one in names if wish.covers(one)), None)
        if wish.q > 0 and name is not None and wish.syntax in ("", ANY_SYNTAX, syntax):
            return Offer(name, syntax, wish.is_multipart is True)
    raise NotAcceptable([Offer(name, syntax, way).as_asked_for for name in names for way in (False, True)])
