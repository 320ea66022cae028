"""WADO-RS /rendered and /thumbnail of an instance or frame (PS3.18 10.4.1.1.3 and 8.3.5.1)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pacs.access.permit import Act, require
from pacs.dicomweb.retrieve_reply import Reply
from pacs.dicomweb.wado_frames import parse_frame_list
from pacs.errors import NotFound
from pacs.http.conditional import is_known
from pacs.http.requests import DoorRequest
from viewer.api.answers import VARY, Answer, Large, Later, not_modified, picture
from viewer.api.documents import answer_encapsulated, answer_report, refuse_to_render
from viewer.api.films import answer_film, wanted_film
from viewer.api.params import (
    parse_charset,
    parse_colour_space,
    parse_picture_request,
)
from viewer.api.pictures import actor_with_instance, with_frame
from viewer.api.rendered_many import (
    Wanted,
    asked_of_each,
    get_rendered_in_a_part,
    reply_with_parts,
    wants_a_part,
)
from viewer.api.states import answer_state, require_state_query
from viewer.api.thumbnails import answer_icon
from viewer.imaging.colour_spaces import ColourSpace
from viewer.rendering.annotation import texts_of
from viewer.rendering.film import Film
from viewer.rendering.frame_values import FrameValues, address_frame
from viewer.rendering.icons import label_of
from viewer.rendering.in_colour_space import whole_picture
from viewer.rendering.kinds import Kind, kind_of
from viewer.rendering.render import fitted_size, render_picture
from viewer.rendering.request import PictureRequest, etag

if TYPE_CHECKING:
    from pacs.access.actors import Actor
    from pacs.catalog.models import Instance

VARY_BY_FORMAT = f"{VARY}, Accept"
LARGE_PIXELS = 1 << 20  # up to here a picture is no more work than some tiles
Outcome = Answer | Reply | Later[Any] | Large


def get_rendered(request: DoorRequest) -> Outcome:
    """The frame as a viewer shows it; of an instance without a frame number, its first."""
    if wants_a_part(request):
        return get_rendered_in_a_part(request)
    return _get_picture(request, thumbnail=False)


def get_rendered_frames(request: DoorRequest) -> Outcome:
    """The frames of the list: one alone, or several in parts."""
    numbers = parse_frame_list(request.arguments["frames"])
    if len(numbers) == 1:
        return get_rendered(replace(request, arguments={**request.arguments, "frame": str(numbers[0])}))
    actor, instance = actor_with_instance(request)
    if max(numbers) > instance.number_of_frames:
        raise NotFound
    asked, named = asked_of_each(request), request.arguments
    base = (
        f"{request.origin()}/dicom-web/studies/{named['study']}/series/{named['series']}"
        f"/instances/{named['instance']}/frames"
    )
    wanted = [
        Wanted(
            instance.pk,
            instance.blob,
            f"{base}/{one}/rendered",
            asked.media_type,
            replace(asked, frame_index=one - 1),
        )
        for one in numbers
    ]
    return reply_with_parts(request, actor, wanted)


def get_rendered_thumbnail(request: DoorRequest) -> Outcome:
    """The same, small; of what has no picture, an icon of its kind."""
    return _get_picture(request, thumbnail=True)


def _get_picture(request: DoorRequest, *, thumbnail: bool) -> Outcome:
    actor, instance = actor_with_instance(request)
    query, accept = request.parameters(), request.header(b"accept")
    parse_charset(query)
    label = label_of(instance) if thumbnail else None
    if label is not None:
        return _answer_icon(request, instance, label)
    kind = kind_of(instance)
    if kind is Kind.STATE:
        require_state_query(query)
        asked = parse_picture_request(request.arguments, query, accept, thumbnail=False)
        return answer_state(request, actor, instance, asked)
    if kind is not Kind.IMAGE:
        return answer_what_is_read(request, actor, instance, query.get("accept", accept))
    if not thumbnail and "frame" not in request.arguments:
        film_type = wanted_film(instance, query.get("accept", accept))
        if film_type is not None:
            parse_colour_space(query, film_type)
            plain = {name: text for name, text in query.items() if name != "accept"}
            asked = parse_picture_request({}, plain, "", thumbnail=False)
            return answer_film(
                request, Film(instance, asked, texts_of(instance, asked.annotation), film_type)
            )
    asked = parse_picture_request(request.arguments, query, accept, thumbnail)
    return answer_picture(request, actor, instance, asked)


def _answer_icon(request: DoorRequest, instance: Instance, label: str) -> Answer:
    """The thumbnail of an instance that has no picture, or of a frame of a video. Raises NotFound."""
    frames = instance.number_of_frames if kind_of(instance) is Kind.IMAGE else 0
    if "frame" in request.arguments and not 1 <= int(request.arguments["frame"]) <= frames:
        raise NotFound
    asked = parse_picture_request({}, request.parameters(), request.header(b"accept"), thumbnail=True)
    assert asked.viewport is not None  # noqa: S101  # every thumbnail has one
    return answer_icon(request, label, asked.viewport, asked.media_type, asked.quality)


def answer_what_is_read(request: DoorRequest, actor: Actor, instance: Instance, accept: str) -> Outcome:
    """An instance that has no picture of its own, in the form that its kind has.

    A PDF is given as it is kept, to those who may have that. Raises NotAcceptable, NotFound, NotAllowed.
    """
    kind = kind_of(instance)
    if "frame" in request.arguments:
        raise NotFound
    if kind is Kind.REPORT:
        return answer_report(request, instance, accept)
    if kind is not Kind.PDF:
        return refuse_to_render(kind)
    require(actor, Act.DOWNLOAD)
    return answer_encapsulated(request, instance, accept)


def answer_picture(request: DoorRequest, actor: Actor, instance: Instance, asked: PictureRequest) -> Outcome:
    """The picture that is asked for of an instance that is open to the actor."""
    texts = texts_of(instance, asked.annotation)
    tag = etag(instance.blob, (asked, texts))
    if is_known(request.header(b"if-none-match"), tag):
        return not_modified(tag, VARY_BY_FORMAT)
    if asked.colour_space is not ColourSpace.UNTOLD:
        return Later(
            tag,
            lambda: whole_picture(instance, asked, texts),
            lambda made: picture(made, asked.media_type, tag, VARY_BY_FORMAT),
        )

    def answer(frame: FrameValues) -> Answer:
        return picture(render_picture(frame, asked, texts), asked.media_type, tag, VARY_BY_FORMAT)

    def answer_or_wait(frame: FrameValues) -> Answer | Large:
        width, height = fitted_size(frame, asked.viewport, asked.region)
        if width * height <= LARGE_PIXELS:
            return answer(frame)
        return Large(actor.user_id or actor.sitting, lambda: answer(frame))

    return with_frame(address_frame(instance, asked.frame_index), answer_or_wait)
