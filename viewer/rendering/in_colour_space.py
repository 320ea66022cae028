"""Pictures that say in which colour space they are (PS3.18 8.3.5.1.5): with an ICC profile, converted where asked for.

A profile of an object is hostile as the rest of it is: only the sandbox reads what is in it. Objects that bring none,
and greys, are taken to be sRGB, which is how every screen shows them.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

import numpy as np

from pacs.catalog.header_json import BULKDATA
from pacs.catalog.headers import read_header
from pacs.catalog.kept_objects import kept_headers, kept_object
from pacs.dicomweb.media_types import PIXEL_MEDIA
from pacs.dicomweb.retrieve_body import body_of
from pacs.dicomweb.wado_bulkdata import parse_place, value_at
from pacs.errors import BadRequest, NotFound
from pacs.storage.keys import BlobKey
from viewer.documents.elements import Dataset, element_of, first_item, items_of, text_of
from viewer.imaging.colour_spaces import (
    MOST_PROFILE_BYTES,
    BadProfile,
    ColourSpace,
    checked_profile,
    converted,
    profile_of_space,
)
from viewer.imaging.embedded_profile import embedded_profile
from viewer.imaging.encode import to_profiled
from viewer.imaging.errors import CannotShow
from viewer.rendering.annotation import Texts, annotated
from viewer.rendering.cannot_show import run_guarded
from viewer.rendering.frame_values import FrameAddress, address_frame, frame_values
from viewer.rendering.render import drawn, render_picture
from viewer.rendering.request import PictureRequest
from viewer.rendering.stored_frame import read_span

if TYPE_CHECKING:
    from pacs.catalog.models import Instance

Picture = np.ndarray[Any, np.dtype[np.uint8]]


def whole_picture(instance: Instance, asked: PictureRequest, texts: Texts) -> bytes:
    """The picture as it is asked for, with its profile where one is; may take as long as the sandbox allows.

    Raises BadRequest for a profile that cannot be given, CannotShow, NotFound, Overloaded.
    """
    address = address_frame(instance, asked.frame_index)
    frame = frame_values(address)
    if asked.colour_space is ColourSpace.UNTOLD:
        return render_picture(frame, asked, texts)
    picture = drawn(frame, asked)
    colours = picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)
    try:
        own = own_profile(address)
        colours, profile = _in_space(instance, colours, own, asked.colour_space)
    except BadProfile:
        raise BadRequest(
            parameter="iccprofile", reason="no: the profile that this object brings cannot be used"
        ) from None
    return to_profiled(annotated(colours, texts), asked.media_type, asked.quality, profile)


def _in_space(
    instance: Instance, colours: Picture, own: bytes | None, space: ColourSpace
) -> tuple[Picture, bytes]:
    if space is ColourSpace.OWN:
        return colours, own or profile_of_space(ColourSpace.SRGB)
    target = profile_of_space(space)
    if own is not None:
        return _converted_aside(instance, colours, own, space), target
    if space is ColourSpace.SRGB:
        return colours, target
    return converted(colours, profile_of_space(ColourSpace.SRGB), space), target


def _converted_aside(instance: Instance, colours: Picture, own: bytes, space: ColourSpace) -> Picture:
    try:
        made = run_guarded(f"{instance.blob} profile", converted, colours, own, space.value)
    except CannotShow:
        raise BadProfile from None
    if not isinstance(made, np.ndarray) or made.dtype != np.uint8 or made.shape != colours.shape:
        raise BadProfile
    return made


def own_profile(address: FrameAddress) -> bytes | None:
    """The ICC profile of this frame: that of its object or of its optical path, else one within its codestream.

    (0028,2000) of PS3.3 C.11.15 or C.8.12.5. None where there is none. Raises BadProfile, CannotShow, NotFound.
    """
    instance = address.instance
    kept = kept_headers([kept_object(instance)]).get(instance.pk)
    if kept is None:
        raise NotFound
    header = read_header(kept)
    path = _optical_path(header, address.frame_index)
    element = element_of(header, "ICCProfile") or element_of(path, "ICCProfile")
    inline, place = element.get("InlineBinary"), element.get("BulkDataURI")
    if isinstance(inline, str):
        try:
            return checked_profile(base64.b64decode(inline))
        except binascii.Error:
            raise BadProfile from None
    return (
        checked_profile(_bulk(BlobKey(instance.blob), place))
        if isinstance(place, str)
        else _embedded(address)
    )


def _embedded(address: FrameAddress) -> bytes | None:
    """That of a JPEG; one that is not of RGB says nothing of the colours that are made of it."""
    if address.instance.transfer_syntax_uid not in PIXEL_MEDIA["image/jpeg"]:
        return None
    data, is_fragmented = read_span(address)
    told = run_guarded(f"{address.source.blob} profile", embedded_profile, data, is_fragmented)
    try:
        return checked_profile(told) if isinstance(told, bytes) else None
    except BadProfile:
        return None


def _bulk(blob: BlobKey, address: str) -> bytes:
    value = body_of(value_at(blob, parse_place(address.removeprefix(BULKDATA))).pieces)
    if value.length is None or value.length > MOST_PROFILE_BYTES:
        raise BadProfile
    return value.read()


def _optical_path(header: Dataset, frame_index: int) -> Dataset:
    paths = list(items_of(header, "OpticalPathSequence"))
    if len(paths) < 2:
        return paths[0] if paths else {}
    frames = list(items_of(header, "PerFrameFunctionalGroupsSequence"))
    groups = (
        frames[frame_index] if frame_index < len(frames) else {},
        first_item(header, "SharedFunctionalGroupsSequence"),
    )
    told = (
        text_of(first_item(group, "OpticalPathIdentificationSequence"), "OpticalPathIdentifier")
        for group in groups
    )
    name = next(filter(None, told), "")
    return next((path for path in paths if text_of(path, "OpticalPathIdentifier") == name), {})
