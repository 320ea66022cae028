"""An image as a presentation state wants it shown (PS3.4 N.2): its stored values, by the pipeline of the state."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw

from pacs.catalog.headers import read_header
from pacs.catalog.kept_objects import kept_headers, kept_object
from pacs.errors import NotFound
from viewer.imaging.errors import CannotShow
from viewer.imaging.types import Array, ImageDescription, Lut, Rescale, Window
from viewer.imaging.voi import apply_voi_lut, apply_window, spanning
from viewer.rendering.annotation import Texts, annotated
from viewer.rendering.descriptions import described
from viewer.rendering.kinds import APPLIED_STATES, PSEUDO_COLOUR
from viewer.rendering.render import ENCODERS, LONGEST_ENLARGED, MOST_PIXELS
from viewer.rendering.request import PictureRequest
from viewer.rendering.stored_frame import FrameAddress, read_stored
from viewer.rendering.values import FrameValues, to_values
from viewer.states.drawing import draw_graphic, draw_text, shuttered
from viewer.states.geometry import Display, cut, natural_size, turned
from viewer.states.reading import read_state
from viewer.states.state import WHITE, Area, NotSupported, State
from viewer.states.tables import signed_as

if TYPE_CHECKING:
    from pacs.catalog.models import Instance

Picture = np.ndarray[Any, np.dtype[np.uint8]]
MOST_CUT = 4  # times as many pixels as the image has may be in a displayed area that reaches beyond it


def state_of(instance: Instance, bulk: Callable[[str], bytes]) -> State:
    """The state that this instance is. `bulk` reads values that its kept header leaves out.

    Raises CannotShow for what is not applied here, NotFound.
    """
    if instance.sop_class_uid not in APPLIED_STATES:
        raise CannotShow("state_kind")
    kept = kept_headers([kept_object(instance)]).get(instance.pk)
    if kept is None:
        raise NotFound
    try:
        return read_state(read_header(kept), bulk, has_palette=instance.sop_class_uid == PSEUDO_COLOUR)
    except NotSupported as error:
        raise CannotShow(error.what) from None


def render_by_state(address: FrameAddress, state: State, asked: PictureRequest, texts: Texts) -> bytes:
    """The frame as the state wants it, no larger than the viewport, in the format asked for.

    Raises CannotShow, Overloaded.
    """
    return ENCODERS[asked.media_type](
        annotated(shown_by_state(address, state, asked.viewport), texts), asked.quality
    )


def shown_by_state(address: FrameAddress, state: State, viewport: tuple[int, int] | None) -> Picture:
    """The same before it is written upon and encoded: uint8, (rows, columns, 3)."""
    uid, frame = address.instance.sop_instance_uid, address.frame_index + 1
    picture = _coloured(_greys(address, state, uid, frame), state)
    whole = Area((), 0, 0, picture.shape[1], picture.shape[0], 1.0)
    area = next((one for one in state.areas if one.is_for(uid, frame)), whole)
    if state.shutter is not None:
        picture = shuttered(picture, state.shutter, area.aspect)
    size = _size(area, state.turns, viewport)
    if (area.right - area.left) * (area.bottom - area.top) > MOST_CUT * max(
        picture.shape[0] * picture.shape[1], 1 << 20
    ):
        raise CannotShow("state_area")
    lying = turned(cut(picture, area), state.turns, is_flipped=state.is_flipped)
    image = Image.fromarray(np.ascontiguousarray(lying))
    image = image if image.size == size else image.resize(size, Image.Resampling.BILINEAR)
    _annotate(image, state, Display(area, state.turns, state.is_flipped, size), (uid, frame))
    return np.asarray(image)


def _greys(address: FrameAddress, state: State, uid: str, frame: int) -> Picture:
    """P-Values in 8 bits. What the image itself says of its look does not count: neither LUTs nor overlays."""
    known = described(address.source)
    if not known.description.is_monochrome:
        raise CannotShow("state_colour")
    description = _as_the_state_says(known.description, state)
    values = to_values(read_stored(address, known), description, address.frame_index)
    by = next((one.by for one in state.vois if one.is_for(uid, frame)), None)
    ends = _ends(known.description, state)
    if isinstance(by, Lut):
        by = signed_as(by, is_signed=min(ends) < 0)
    level = values.level(0)
    assert level.values is not None  # noqa: S101  # it is monochrome
    shown = _by_voi(level.values, by or _identity(ends, state))
    if state.presentation is not None:
        shown = _by_presentation(shown, state.presentation)
    shown = 255 - shown if state.is_inverse else shown
    return _without_padding(shown, values)


def _without_padding(shown: Picture, values: FrameValues) -> Picture:
    padding = values.level(0).padding
    return shown if padding is None else np.where(padding, np.uint8(0), shown)


def _as_the_state_says(description: ImageDescription, state: State) -> ImageDescription:
    is_table = isinstance(state.modality, Lut)
    return replace(
        description,
        photometric_interpretation="MONOCHROME2",
        is_inverse=False,
        modality_lut=(
            signed_as(state.modality, is_signed=description.is_signed)
            if isinstance(state.modality, Lut)
            else None
        ),
        rescales=(Rescale() if is_table or not isinstance(state.modality, Rescale) else state.modality,),
        overlays=(),
    )


def _by_voi(values: Array, by: Window | Lut) -> Picture:
    return apply_voi_lut(values, by) if isinstance(by, Lut) else apply_window(values, by)


def _ends(description: ImageDescription, state: State) -> tuple[float, float]:
    """The values between which all lie that come out of the modality step."""
    if isinstance(state.modality, Lut):
        return 0.0, float((1 << state.modality.bits) - 1)
    low = -(1 << (description.bits_stored - 1)) if description.is_signed else 0
    first, last = (
        one * state.modality.slope + state.modality.intercept
        for one in (low, low + (1 << description.bits_stored) - 1)
    )
    return first, last


def _identity(ends: tuple[float, float], state: State) -> Window:
    """Without a VOI LUT all that the modality's values may be is spread over the greys (PS3.4 N.2.1.3)."""
    first, last = ends
    if isinstance(state.modality, Lut):
        return spanning(0, int(last))
    return Window((first + last) / 2, abs(last - first) or 1.0, "LINEAR_EXACT")


def _by_presentation(shown: Picture, table: Lut) -> Picture:
    """All that comes out of the VOI LUT goes over all of the table (C.11.6.1.1)."""
    places = np.rint(np.arange(256) * ((len(table.entries) - 1) / 255)).astype(np.int64)
    most = (1 << table.bits) - 1
    greys: Picture = np.rint(table.entries[places] * (255 / most)).clip(0, 255).astype(np.uint8)
    return greys.take(shown)


def _coloured(shown: Picture, state: State) -> Picture:
    if state.palette is None:
        return np.repeat(shown[..., None], 3, axis=2)
    colours = state.palette.colours
    places = np.rint(np.arange(256) * ((len(colours) - 1) / 255)).astype(np.int64)
    by_colour: Picture = colours[places].take(shown, axis=0)
    return by_colour


def _size(area: Area, turns: int, viewport: tuple[int, int] | None) -> tuple[int, int]:
    """As the viewport allows; without one, a pixel for each, or as large as the state magnifies it.

    Also where the state asks for its true size: nobody here knows how large a pixel of the reader's screen is (PS3.18
    9.5.2.3 and its Note 1).
    """
    width, height = natural_size(area, turns)
    natural = area.magnification or 1.0
    scale = min(viewport[0] / width, viewport[1] / height) if viewport is not None else natural
    scale = min(
        scale, max(1.0, LONGEST_ENLARGED / max(width, height)), math.sqrt(MOST_PIXELS / (width * height))
    )
    return max(1, round(width * scale)), max(1, round(height * scale))


def _annotate(image: Image.Image, state: State, display: Display, of: tuple[str, int]) -> None:
    """Layer by layer, the first below the others; what is in a layer that is not described comes last."""
    draw = ImageDraw.Draw(image)
    order = {name: place for place, (name, _) in enumerate(state.layers)}
    colours = dict(state.layers)
    for one in sorted(state.annotations, key=lambda one: order.get(one.layer, len(order))):
        if not one.is_for(*of):
            continue
        colour = colours.get(one.layer, WHITE)
        for graphic in one.graphics:
            draw_graphic(draw, graphic, display, colour)
        for text in one.texts:
            draw_text(draw, text, display, colour)
