"""WADO-RS frames (PS3.18 10.4.1.1.6): frames of an instance by their numbers, read where they lie and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pacs.access.opened import is_noted, note_opened
from pacs.access.permit import Act
from pacs.access.standing import VisibleInstance, actor_and_instance, remembered
from pacs.dicomweb.accept import Wish, wishes_of
from pacs.dicomweb.frame_pieces import frame_pieces, is_as_kept, lies_in_one_piece
from pacs.dicomweb.media_types import Offer, frame_offers
from pacs.dicomweb.multipart_out import Part, boundary_of, multipart_pieces, multipart_type, part_head
from pacs.dicomweb.not_acceptable import frames_not_acceptable
from pacs.dicomweb.retrieve_body import Made, Piece, body_of
from pacs.dicomweb.retrieve_reply import (
    Later,
    Outcome,
    Reply,
    Representation,
    etag_of,
    known_reply,
    reply_with,
)
from pacs.dicomweb.transcode_frames import CannotGive, made_frame, may_be_made
from pacs.errors import BadRequest, NotFound
from pacs.http.answers import Answer
from pacs.http.requests import DoorRequest

if TYPE_CHECKING:
    from pacs.catalog.models import Instance

MOST_FRAMES = 4096
MOST_AT_ONCE = 4
_LIST = re.compile(r"[0-9]{1,9}(?:,[0-9]{1,9})*")


def get_frames(request: DoorRequest) -> Outcome:
    """GET studies/{study}/series/{series}/instances/{instance}/frames/{list}."""
    actor, visible = actor_and_instance(request.scope, request.arguments["instance"], Act.DOWNLOAD)
    numbers = _require_frames(request, visible)
    note_opened(actor, visible.instance.series.study)
    return reply_with_frames(request, visible.instance, numbers)


def frames_at_once(request: DoorRequest) -> Reply | Answer | None:
    """The same on the event loop, where all of it was decided and written down before and each frame lies in one
    piece of the file; else None. Nothing is read yet."""
    known = remembered(request.scope, request.arguments["instance"], Act.DOWNLOAD)
    if known is None or not is_noted(known[0], known[1].instance.series.study):
        return None
    numbers = _require_frames(request, known[1])
    if len(numbers) > MOST_AT_ONCE or not all(
        lies_in_one_piece(known[1].instance, one - 1) for one in numbers
    ):
        return None
    outcome = reply_with_frames(request, known[1].instance, numbers)
    return None if isinstance(outcome, Later) else outcome


def _require_frames(request: DoorRequest, visible: VisibleInstance) -> list[int]:
    """The numbers of frames that are there. Raises NotFound, BadRequest."""
    request.require_named(study=visible.study_instance_uid, series=visible.series_instance_uid)
    numbers = parse_frame_list(request.arguments["frames"])
    if max(numbers) > visible.instance.number_of_frames:
        raise NotFound
    return numbers


def reply_with_frames(request: DoorRequest, instance: Instance, numbers: list[int]) -> Outcome:
    """These frames, each in its part, or one alone. Raises NotAcceptable."""
    wishes = wishes_of(request.header(b"accept"), request.scope["query_string"])
    offers = possible_forms(instance, wishes, is_single=len(numbers) == 1)
    tag = etag_of("frames", instance.blob, *numbers, *(offer.as_asked_for for offer in offers))
    known = known_reply(request, tag)
    if known is not None:
        return known
    asked = Asked(request, instance, tuple(numbers), tag)
    if is_as_kept(instance, offers[0].syntax):
        return _reply(asked, Given(offers[0], ()))
    return Later(tag, lambda: _make_first(asked, offers), lambda given: _reply(asked, given))


def parse_frame_list(text: str) -> list[int]:
    """The frame numbers, from 1, in the order asked for. Raises BadRequest."""
    if not _LIST.fullmatch(text):
        raise BadRequest(parameter="frames", reason="frame numbers, separated by commas")
    numbers = [int(number) for number in text.split(",")]
    if len(numbers) > MOST_FRAMES:
        raise BadRequest(parameter="frames", reason=f"at most {MOST_FRAMES} at once")
    if min(numbers) < 1:
        raise BadRequest(parameter="frames", reason="frames are numbered from 1")
    return numbers


@dataclass(frozen=True)
class Asked:
    """Which frames are asked for, and the ETag of the answer."""

    request: DoorRequest
    instance: Instance
    numbers: tuple[int, ...]
    tag: str


@dataclass(frozen=True)
class Given:
    """The form that was chosen, and the first frame in it where it had to be made."""

    offer: Offer
    first: tuple[bytes, ...]


def possible_forms(instance: Instance, wishes: Sequence[Wish], *, is_single: bool) -> list[Offer]:
    """The forms to try, the best first; one that lies in the file ends the list. Raises NotAcceptable."""
    stored = instance.transfer_syntax_uid
    kind = (instance.pixel_layout, instance.bits_allocated, stored)
    offers = list[Offer]()
    for offer in frame_offers(wishes, stored, is_single):
        if is_as_kept(instance, offer.syntax):
            return [*offers, offer]
        if may_be_made(*kind, offer.syntax):
            offers.append(offer)
    if not offers:
        raise frames_not_acceptable(instance)
    return offers


def _make_first(asked: Asked, offers: Sequence[Offer]) -> Given:
    """The first form that turns out to be possible, with the first frame in it. Raises NotAcceptable."""
    for offer in offers:
        if is_as_kept(asked.instance, offer.syntax):
            return Given(offer, ())
        try:
            return Given(offer, (made_frame(asked.instance, asked.numbers[0] - 1, offer.syntax),))
        except CannotGive:
            continue
    raise frames_not_acceptable(asked.instance)


def _reply(asked: Asked, given: Given) -> Reply | Answer:
    offer = given.offer
    if not offer.is_multipart:
        content = body_of(_pieces(asked, given, 0))
        return reply_with(asked.request, Representation(offer.part_type, content, asked.tag))
    boundary = boundary_of(asked.tag)
    content = body_of(multipart_pieces(_parts(asked, given), boundary))
    kind = multipart_type(offer.part_type, boundary)
    return reply_with(asked.request, Representation(kind, content, asked.tag))


def _parts(asked: Asked, given: Given) -> Iterator[Part]:
    instance = asked.request.scope["path"].partition("/instances/")
    base = f"{asked.request.origin()}{''.join(instance[:2])}{instance[2].partition('/')[0]}/frames"
    for place, number in enumerate(asked.numbers):
        yield Part(part_head(given.offer.part_type, f"{base}/{number}"), _pieces(asked, given, place))


def _pieces(asked: Asked, given: Given, place: int) -> tuple[Piece, ...]:
    """The frame at this place of the list: as it lies, as it was made, or to be made when its turn comes."""
    index, syntax = asked.numbers[place] - 1, given.offer.syntax
    if not given.first:
        return tuple(frame_pieces(asked.instance, index, syntax))
    return given.first if place == 0 else (Made(lambda: iter((made_frame(asked.instance, index, syntax),))),)
