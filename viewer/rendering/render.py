"""The recipe: from a frame's values to an encoded picture (PS3.4 N.2: modality, values of interest, presentation).

What is cut, or halved in size, is so *before* windowing: averaging greys instead of values would be wrong
(-1000 and 1000 average to 0, which a window of 40/400 shows as grey 102, and not to 128), and a tile of a
film is a small part of the work when the window moves. Only the last step to a size that is no half, by less
than two, is made with greys.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from pacs.errors import NotFound
from viewer.imaging.encode import to_gif, to_jpeg, to_png, to_webp
from viewer.imaging.palettes import to_palette
from viewer.imaging.presentation import to_display
from viewer.imaging.pyramid import Pyramid
from viewer.imaging.types import Lut, Window
from viewer.imaging.voi import apply_voi_lut, apply_window
from viewer.rendering.annotation import NOTHING, Texts, annotated
from viewer.rendering.frame_values import FrameValues
from viewer.rendering.levels import Level
from viewer.rendering.region import WHOLE, Box, Region
from viewer.rendering.request import Look, MediaType, PictureRequest, TileRequest

Picture = np.ndarray[Any, np.dtype[np.uint8]]
TILE_QUALITY = 88
# A picture is enlarged to this at most, and never beyond so many pixels: a few bytes of a request must not become
# hundreds of megabytes of work. The second lets a mammogram of 4,000 x 5,600 be had whole.
LONGEST_ENLARGED = 1024
MOST_PIXELS = 24 << 20
BLACK, WHITE = 0, 255
ENCODERS: dict[MediaType, Callable[[Picture, int], bytes]] = {
    "image/jpeg": to_jpeg,
    "image/webp": to_webp,
    "image/png": lambda picture, quality: to_png(picture),
    "image/gif": lambda picture, quality: to_gif(picture),
}


def render_tile(frame: FrameValues, asked: TileRequest) -> bytes:
    """The tile as a baseline JPEG. Pixels stay as stored, whatever their aspect. Raises NotFound outside it."""
    description = frame.description
    pyramid = Pyramid(description.rows, description.columns, asked.tile_size)
    if asked.z >= pyramid.levels:
        raise NotFound
    rows, columns = pyramid.size_of(asked.z)
    top, left = asked.y * asked.tile_size, asked.x * asked.tile_size
    if top >= rows or left >= columns:
        raise NotFound
    part = (slice(top, top + asked.tile_size), slice(left, left + asked.tile_size))
    halvings = pyramid.levels - 1 - asked.z
    return to_jpeg(show(frame, halvings, asked.look, part), TILE_QUALITY)


def render_picture(frame: FrameValues, asked: PictureRequest, texts: Texts = NOTHING) -> bytes:
    """The frame with square pixels, no larger than the viewport (PS3.18 8.3.5.1.3), in the format asked for.

    Of a region, what is in it; with the texts written over it. Raises BadRequest where the frame has no such region.
    """
    return ENCODERS[asked.media_type](annotated(drawn(frame, asked), texts), asked.quality)


def drawn(frame: FrameValues, asked: PictureRequest) -> Picture:
    """The same before it is encoded: uint8, (rows, columns) or (rows, columns, 3). Raises BadRequest."""
    size = fitted_size(frame, asked.viewport, asked.region)
    picture = _scaled(frame, asked.look, size, asked.region)
    if asked.region.turns_left_right:
        picture = picture[:, ::-1]
    if asked.region.turns_top_bottom:
        picture = picture[::-1]
    return np.ascontiguousarray(picture)


def look_at(frame: FrameValues, look: Look, side: int) -> Picture:
    """The whole frame with square pixels, at most `side` pixels long; uint8, (rows, columns) or (rows, columns, 3)."""
    return _scaled(frame, look, fitted_size(frame, (side, side)))


def fitted_size(
    frame: FrameValues, viewport: tuple[int, int] | None, region: Region = WHOLE
) -> tuple[int, int]:
    """(width, height) of the region with square pixels, made as large or small as fits; without a viewport, as it is.

    The side whose pixels are closer together is stretched: nothing that was measured is thrown away. Both are within
    bounds (LONGEST_ENLARGED, MOST_PIXELS): a viewport says how large it may be at most (PS3.18 8.3.5.1.3).
    Raises BadRequest where the frame has no such region.
    """
    columns, rows = region.of_frame(frame.description.rows, frame.description.columns).size
    aspect = frame.description.pixel_aspect
    width, height = (columns, rows * aspect) if aspect >= 1 else (columns / aspect, rows)
    scale = min(viewport[0] / width, viewport[1] / height) if viewport else 1.0
    scale = min(
        scale, max(1.0, LONGEST_ENLARGED / max(width, height)), math.sqrt(MOST_PIXELS / (width * height))
    )
    return max(1, round(width * scale)), max(1, round(height * scale))


def show(frame: FrameValues, halvings: int, look: Look, part: tuple[slice, slice]) -> Picture:
    """A part of the frame at 1 / 2**halvings of its size as it is displayed: uint8, (rows, cols) or (rows, cols, 3)."""
    level = frame.level(halvings)
    if level.colours is not None:
        picture = level.colours[part]
        picture = 255 - picture if look.invert else picture
    else:
        picture = _greys(frame, level, look, part)
    if level.overlay is None or not level.overlay[part].any():
        return picture
    picture = picture.copy()
    picture[level.overlay[part]] = WHITE
    return picture


def _greys(frame: FrameValues, level: Level, look: Look, part: tuple[slice, slice]) -> Picture:
    assert level.values is not None  # noqa: S101  # a level has values or colours
    by = shown_by(frame, look)
    values = level.values[part]
    greys = apply_voi_lut(values, by) if isinstance(by, Lut) else apply_window(values, by)
    shown = to_display(greys, frame.description, look.invert)
    if look.palette is not None:
        shown = to_palette(shown, look.palette)
    if level.padding is not None and level.padding[part].any():
        # Padding is no part of the picture: black whatever window, inversion and palette (PS3.3 C.7.5.1.1.2).
        shown = shown.copy()
        shown[level.padding[part]] = BLACK
    return shown


def shown_by(frame: FrameValues, look: Look) -> Window | Lut:
    """What turns this frame's values into greys.

    A frame that has not so many VOI LUTs is shown its own way: one was chosen for a stack, and each slice has its own.
    """
    if look.window is not None:
        return look.window
    luts = frame.description.voi_luts_for(frame.frame_index)
    if look.voi_lut_index is not None and look.voi_lut_index < len(luts):
        return luts[look.voi_lut_index].lut
    return frame.own_look


def _scaled(frame: FrameValues, look: Look, size: tuple[int, int], region: Region = WHOLE) -> Picture:
    """The region in this size: from the smallest level that is not smaller, the rest by the picture's greys."""
    box = region.of_frame(frame.description.rows, frame.description.columns)
    halvings = _halvings(box, size)
    box = box.halved(halvings)
    top, left = math.floor(box.top), math.floor(box.left)
    part = (slice(top, math.ceil(box.bottom)), slice(left, math.ceil(box.right)))
    picture = show(frame, halvings, look, part)
    if picture.shape[1::-1] == size and region.is_whole:
        return picture
    rows, columns = picture.shape[:2]
    # What a level holds of its last, half full, row and column belongs to the whole frame.
    edges = (
        (0.0, 0.0, float(columns), float(rows))
        if region.is_whole
        else (box.left - left, box.top - top, box.right - left, box.bottom - top)
    )
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BILINEAR, edges))


def _halvings(box: Box, size: tuple[int, int]) -> int:
    """How often what is in the box can be halved and still be no smaller than this size."""
    columns, rows = (int(side) for side in box.size)
    halvings = 0
    while min(columns >> (halvings + 1), rows >> (halvings + 1)) > 0 and (
        columns >> (halvings + 1) >= size[0] and rows >> (halvings + 1) >= size[1]
    ):
        halvings += 1
    return halvings
