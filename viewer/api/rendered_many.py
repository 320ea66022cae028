"""WADO-RS /rendered of a study, a series or a list of frames (PS3.18 10.4.1.1.3): each picture is a part of the answer,
and so is each report and each PDF, for those who take such: of each part its own media type is chosen (8.7.8.1).

They are made one after another while they are sent: a study of a thousand slices takes the memory of one. What turns
out to have no picture is told in its part, as the error that it alone would be answered with: nothing is left out
without a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pacs.access.opened import note_opened
from pacs.access.permit import Act, may, visible_instances
from pacs.dicomweb.accept import wishes_of
from pacs.dicomweb.multipart_out import boundary_of, multipart_type, part_head
from pacs.dicomweb.retrieve_body import Made, body_of
from pacs.dicomweb.retrieve_reply import Reply, Representation, etag_of, known_reply, reply_with
from pacs.dicomweb.wado_scope import accessed
from pacs.errors import BadRequest, NotFound
from viewer.api.answers import Answer, answer_error
from viewer.api.documents import (
    PDF_TYPES,
    REPORT_TYPES,
    pieces_of_pdf,
    with_charset,
    written_report,
)
from viewer.api.media import OFFERED, NotAcceptable, choose
from viewer.api.params import parse_charset, parse_picture_request
from viewer.api.pictures import actor_with_instance
from viewer.imaging.errors import NO_PIXELS, CannotShow
from viewer.rendering.annotation import Texts, texts_of
from viewer.rendering.in_colour_space import whole_picture
from viewer.rendering.kinds import Kind, kind_of
from viewer.rendering.request import PictureRequest

if TYPE_CHECKING:
    from pacs.access.actors import Actor
    from pacs.catalog.models import Instance
    from pacs.http.requests import DoorRequest

MOST_PARTS = 4096
OFFERED_BY_KIND: dict[Kind, tuple[str, ...]] = {
    Kind.IMAGE: OFFERED,
    Kind.REPORT: REPORT_TYPES,
    Kind.PDF: PDF_TYPES,
}

WITHOUT_FILES = frozenset(OFFERED_BY_KIND) - {
    Kind.PDF
}  # for those who may see, and have nothing as it is kept


@dataclass(frozen=True)
class Wanted:
    """One part: of which instance, where it can be had alone, and its type; of a picture, what is asked of it."""

    instance_pk: int
    blob: str
    location: str
    media_type: str
    asked: PictureRequest | None = None


def get_all_rendered(request: DoorRequest) -> Reply | Answer:
    """Each instance of a study or series, as /rendered of that instance gives it, where the client takes that."""
    actor, study, objects = accessed(request)
    note_opened(actor, study)
    given = OFFERED_BY_KIND if may(actor, Act.DOWNLOAD) else WITHOUT_FILES
    rendered = [(one, kind) for one in objects if (kind := kind_of(one)) in given]
    if not rendered:
        raise CannotShow(NO_PIXELS)
    liked = _liked_of_each_kind(request, {kind for _, kind in rendered})
    base = f"{request.origin()}/dicom-web"
    wanted = [
        Wanted(one.pk, one.blob, f"{base}{one.path}/rendered", *liked[kind])
        for one, kind in rendered
        if kind in liked
    ]
    return reply_with_parts(request, actor, wanted)


def wants_a_part(request: DoorRequest) -> bool:
    """Whether the client would have one picture in an envelope (PS3.18 8.6.1.1: it may be given so)."""
    wishes = wishes_of(request.header(b"accept"), request.scope["query_string"])
    return bool(wishes) and wishes[0].q > 0 and wishes[0].is_multipart is True


def get_rendered_in_a_part(request: DoorRequest) -> Reply | Answer:
    """An instance, or a frame of it, as /rendered gives it, in an envelope. Raises NotFound, NotAcceptable."""
    actor, instance = actor_with_instance(request)
    kind, number = kind_of(instance), int(request.arguments.get("frame") or 1)
    if kind not in OFFERED_BY_KIND:
        raise NotAcceptable(OFFERED)
    if "frame" in request.arguments and (
        kind is not Kind.IMAGE or not 1 <= number <= instance.number_of_frames
    ):
        raise NotFound
    media_type, asked = _liked_of_each_kind(request, {kind})[kind]
    asked = replace(asked, frame_index=number - 1) if asked is not None else None
    location = f"{request.origin()}{request.scope['path']}"
    return reply_with_parts(request, actor, [Wanted(instance.pk, instance.blob, location, media_type, asked)])


def _liked_of_each_kind(
    request: DoorRequest, kinds: Iterable[Kind]
) -> dict[Kind, tuple[str, PictureRequest | None]]:
    """In which type each kind of these is given, for those that the client takes. Raises NotAcceptable."""
    liked: dict[Kind, tuple[str, PictureRequest | None]] = {}
    refused = dict[str, None]()
    accept = _accept_of(request)
    for kind in sorted(kinds):
        try:
            asked = asked_of_each(request) if kind is Kind.IMAGE else None
            liked[kind] = (asked.media_type if asked else choose(accept, OFFERED_BY_KIND[kind]), asked)
        except NotAcceptable as nothing:
            refused.update(dict.fromkeys(nothing.offered))
    if not liked:
        raise NotAcceptable(refused)
    return liked


def asked_of_each(request: DoorRequest, frame_number: int = 1) -> PictureRequest:
    """What the query asks of every picture, in the type that its parts may have. Raises BadRequest, NotAcceptable."""
    parse_charset(request.parameters())
    query = {name: text for name, text in request.parameters().items() if name != "accept"}
    return parse_picture_request({"frame": str(frame_number)}, query, _accept_of(request), thumbnail=False)


def _accept_of(request: DoorRequest) -> str:
    """The client's wishes for the parts. Raises NotAcceptable where none can be understood.

    Whoever takes no more than one part gets none, also of one picture (Table 10.4.4-1, Note 3).
    """
    all_wishes = wishes_of(request.header(b"accept"), request.scope["query_string"])
    wishes = [wish for wish in all_wishes if wish.is_multipart is not False]
    if not wishes:
        raise NotAcceptable(OFFERED)
    return ", ".join(f"{one.name};q={one.q}" for one in wishes)


def reply_with_parts(request: DoorRequest, actor: Actor, wanted: Sequence[Wanted]) -> Reply | Answer:
    """These parts. Raises BadRequest where they are too many for one answer."""
    if len(wanted) > MOST_PARTS:
        raise BadRequest(parameter="path", reason=f"at most {MOST_PARTS} pictures at once")
    tag = etag_of(
        "rendered", _texts(actor, wanted), *((one.blob, one.media_type, repr(one.asked)) for one in wanted)
    )
    known = known_reply(request, tag)
    if known is not None:
        return known
    boundary = boundary_of(tag)
    content = body_of([Made(lambda: _written(actor, wanted, boundary))])
    return reply_with(request, Representation(multipart_type(wanted[0].media_type, boundary), content, tag))


def _texts(actor: Actor, wanted: Sequence[Wanted]) -> tuple[Texts, ...]:
    """What is written into the pictures: it changes with the patient and the series, whose files stay."""
    kinds = {one.instance_pk: one.asked.annotation for one in wanted if one.asked and one.asked.annotation}
    if not kinds:
        return ()
    rows = visible_instances(actor).select_related("series__study__patient").defer("display")
    return tuple(texts_of(row, kinds[row.pk]) for row in rows.filter(pk__in=kinds).order_by("pk"))


def _written(actor: Actor, wanted: Sequence[Wanted], boundary: str) -> Iterator[bytes]:
    line_end = b""
    for one in wanted:
        content_type, content = _made(actor, one)
        yield line_end + f"--{boundary}\r\n".encode("latin-1") + part_head(content_type, one.location)
        yield from content
        line_end = b"\r\n"
    yield line_end + f"--{boundary}--\r\n".encode("latin-1")


def _made(actor: Actor, one: Wanted) -> tuple[str, Iterable[bytes]]:
    """Type and content of a part. Raises NotFound where the right to it ended meanwhile: the answer breaks off."""
    rows = visible_instances(actor).select_related("series__study").defer("display")
    instance = rows.filter(pk=one.instance_pk).first()
    if instance is None:
        raise NotFound
    try:
        return _content(instance, one)
    except (CannotShow, BadRequest, NotAcceptable) as error:
        told = answer_error(error)
        return told.content_type, [told.body]


def _content(instance: Instance, one: Wanted) -> tuple[str, Iterable[bytes]]:
    if one.asked is not None:
        texts = texts_of(instance, one.asked.annotation)
        return one.asked.media_type, [whole_picture(instance, one.asked, texts)]
    if one.media_type in PDF_TYPES:
        return one.media_type, pieces_of_pdf(instance)
    url = one.location.removesuffix("/rendered")
    return with_charset(one.media_type), [written_report(instance, one.media_type, url)]
