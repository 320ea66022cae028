"""/rendered of a presentation state: the images that it is for, as it wants them shown (PS3.18 8.3.5.1, PS3.4 N.2).

One image alone is the answer; of several each is a part. An image that is not open to whoever asks, or is not here, is
answered as what does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pacs.access.permit import refuse, visible_instances
from pacs.catalog.header_json import BULKDATA
from pacs.dicomweb.multipart_out import boundary_of, multipart_type, part_head
from pacs.dicomweb.retrieve_body import Made, body_of
from pacs.dicomweb.retrieve_reply import Reply, Representation, etag_of, known_reply, reply_with
from pacs.dicomweb.wado_bulkdata import parse_place, value_at
from pacs.errors import BadRequest, NotFound
from pacs.http.answers import Answer
from pacs.http.conditional import is_known
from pacs.storage.keys import BlobKey
from viewer.api.answers import VARY, Later, answer_error, not_modified, picture
from viewer.imaging.errors import NO_PIXELS, CannotShow
from viewer.rendering.annotation import texts_of
from viewer.rendering.request import PictureRequest, etag
from viewer.rendering.state_picture import render_by_state, state_of
from viewer.rendering.stored_frame import address_frame
from viewer.states.state import State, Target

if TYPE_CHECKING:
    from pacs.access.actors import Actor
    from pacs.catalog.models import Instance
    from pacs.http.requests import DoorRequest

VARY_BY_FORMAT = f"{VARY}, Accept"
FORM = 2  # of what is drawn: raise it when the same state comes out otherwise
MOST_PARTS = 1024
MOST_TABLE_BYTES = 1 << 18


@dataclass(frozen=True)
class Wanted:
    """One frame of one image, and where it can be had alone."""

    image: Instance
    frame_index: int
    location: str


WantedOf = Callable[[State], list[Wanted]]


def require_state_query(query: Mapping[str, str]) -> None:
    """Raises BadRequest for what may not be asked of a presentation state (8.3.5.1.3, 8.3.5.1.4)."""
    for name in ("window", "preset", "invert"):
        if name in query:
            raise BadRequest(
                parameter=name, reason="a presentation state says itself how its images are windowed"
            )
    if query.get("iccprofile", "no") != "no":  # of images and videos alone (Table 8.3.5-1)
        raise BadRequest(
            parameter="iccprofile", reason="no: pictures by a presentation state hold no profile"
        )
    if query.get("viewport", "").count(",") > 1:
        raise BadRequest(
            parameter="viewport", reason="vw,vh: a presentation state says itself what is displayed"
        )


def answer_state(
    request: DoorRequest, actor: Actor, instance: Instance, asked: PictureRequest
) -> Later[State]:
    """All images of the state. Raises BadRequest, CannotShow, NotFound."""
    return _later(request, instance, asked, lambda state: list(_all_wanted(request, actor, instance, state)))


def answer_image_by_state(
    request: DoorRequest, instance: Instance, image: Instance, asked: PictureRequest
) -> Later[State]:
    """One image that the state is for (WADO-URI's presentationUID, PS3.18 9). Raises BadRequest for another."""

    def wanted(state: State) -> list[Wanted]:
        if not any(one.covers(image.sop_instance_uid, asked.frame_index + 1) for one in state.targets):
            raise BadRequest(
                parameter="presentationUID", reason="a presentation state that is for this image"
            )
        return [Wanted(image, asked.frame_index, "")]

    return _later(request, instance, asked, wanted)


def _later(
    request: DoorRequest, instance: Instance, asked: PictureRequest, wanted_of: WantedOf
) -> Later[State]:
    """The state is read aside, once for all who ask; which of its images are open is asked for each of them."""
    blob = BlobKey(instance.blob)

    def answer(state: State) -> Reply | Answer | Later[bytes]:
        wanted = wanted_of(state)
        if not wanted:
            raise CannotShow(NO_PIXELS)
        if len(wanted) > MOST_PARTS:
            raise BadRequest(parameter="path", reason=f"at most {MOST_PARTS} pictures at once")
        one = _Asked(instance, state, asked)
        return _one(request, one, wanted[0]) if len(wanted) == 1 else _several(request, one, wanted)

    return Later(("state", blob), lambda: state_of(instance, lambda place: _bulk(blob, place)), answer)


@dataclass(frozen=True)
class _Asked:
    instance: Instance
    state: State
    asked: PictureRequest

    def picture_of(self, one: Wanted) -> bytes:
        """Raises CannotShow, NotFound, Overloaded."""
        texts = texts_of(one.image, self.asked.annotation)
        return render_by_state(address_frame(one.image, one.frame_index), self.state, self.asked, texts)

    def told(self, one: Wanted) -> tuple[object, ...]:
        """All that decides the bytes of this picture."""
        texts = texts_of(one.image, self.asked.annotation)
        return ("state", FORM, self.instance.blob, one.image.blob, one.frame_index, self.asked, texts)


def _one(request: DoorRequest, asked: _Asked, one: Wanted) -> Answer | Later[bytes]:
    tag = etag(one.image.blob, asked.told(one))
    if is_known(request.header(b"if-none-match"), tag):
        return not_modified(tag, VARY_BY_FORMAT)
    media_type = asked.asked.media_type
    return Later(
        tag, lambda: asked.picture_of(one), lambda made: picture(made, media_type, tag, VARY_BY_FORMAT)
    )


def _several(request: DoorRequest, asked: _Asked, wanted: Sequence[Wanted]) -> Reply | Answer:
    tag = etag_of(*(repr(asked.told(one)) for one in wanted))
    known = known_reply(request, tag)
    if known is not None:
        return known
    boundary = boundary_of(tag)
    content = body_of([Made(lambda: _written(asked, wanted, boundary))])
    return reply_with(request, Representation(multipart_type(asked.asked.media_type, boundary), content, tag))


def _written(asked: _Asked, wanted: Sequence[Wanted], boundary: str) -> Iterator[bytes]:
    line_end = b""
    for one in wanted:
        content_type: str = asked.asked.media_type
        try:
            content = asked.picture_of(one)
        except (CannotShow, BadRequest, NotFound) as error:
            told = answer_error(error)
            content_type, content = told.content_type, told.body
        head = f"--{boundary}\r\n".encode("latin-1") + part_head(content_type, one.location)
        yield line_end + head + content
        line_end = b"\r\n"
    yield line_end + f"--{boundary}--\r\n".encode("latin-1")


def _bulk(blob: BlobKey, address: str) -> bytes:
    """A value that the kept header leaves out. Raises CannotShow for one that is larger than a table may be."""
    value = body_of(value_at(blob, parse_place(address.removeprefix(BULKDATA))).pieces)
    if value.length is not None and value.length > MOST_TABLE_BYTES:
        raise CannotShow("state_table")
    return value.read()


def _all_wanted(request: DoorRequest, actor: Actor, instance: Instance, state: State) -> Iterator[Wanted]:
    """Every frame that the state is for. Raises NotFound where one is not open to the actor, or not here."""
    for target in state.targets:
        image = _image_of(actor, target)
        numbers = target.frames or range(1, image.number_of_frames + 1)
        for number in numbers:
            yield Wanted(image, number - 1, _location(request, instance, image, number))


def _image_of(actor: Actor, target: Target) -> Instance:
    rows = visible_instances(actor).select_related("series__study").defer("display")
    found = rows.filter(sop_instance_uid=target.sop_instance_uid).first()
    return found or refuse(actor, instance=target.sop_instance_uid)


def _location(request: DoorRequest, instance: Instance, image: Instance, number: int) -> str:
    series = image.series
    frame = f"&frameNumber={number}" if image.number_of_frames > 1 else ""
    return (
        f"{request.origin()}/dicom-web/wado?requestType=WADO&studyUID={series.study.study_instance_uid}"
        f"&seriesUID={series.series_instance_uid}&objectUID={image.sop_instance_uid}{frame}"
        f"&presentationSeriesUID={instance.series.series_instance_uid}&presentationUID={instance.sop_instance_uid}"
    )
