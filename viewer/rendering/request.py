"""What is asked of a frame, as values that can be compared and kept: the key of every cache and the ETag."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from viewer.imaging.colour_spaces import ColourSpace
from viewer.imaging.types import Window
from viewer.rendering.region import WHOLE, Region

# Part of every ETag: raise it when the recipe gives other pixels for the same request.
RECIPE = 1
ETAG_DIGITS = 32

MediaType = Literal["image/jpeg", "image/webp", "image/png", "image/gif"]


@dataclass(frozen=True)
class Look:
    """How values become greys, and greys colours. No window and no VOI LUT means the file's own (PS3.3 C.11.2).

    `voi_lut_index` is of the file's VOI LUTs, from 0; `palette` a name of viewer.imaging.palettes.
    """

    window: Window | None = None
    invert: bool = False
    voi_lut_index: int | None = None
    palette: str | None = None


@dataclass(frozen=True)
class TileRequest:
    """One tile of one frame; z = 0 is the whole picture in one tile, the highest z is full resolution."""

    frame_index: int
    tile_size: int
    z: int
    x: int
    y: int
    look: Look = Look()


@dataclass(frozen=True)
class PictureRequest:
    """A frame or a region of it, fitted into a viewport of (width, height) pixels if one is given (PS3.18 8.3.5.1)."""

    frame_index: int
    look: Look = Look()
    viewport: tuple[int, int] | None = None
    region: Region = WHOLE
    annotation: tuple[str, ...] = ()  # the kinds: viewer.rendering.annotation
    quality: int = 90
    media_type: MediaType = "image/jpeg"
    colour_space: ColourSpace = ColourSpace.UNTOLD


def etag(blob: str, asked: object) -> str:
    """A strong ETag (RFC 9110 8.8.3): the same exactly when the bytes of the answer are."""
    told = f"{RECIPE}|{blob}|{asked!r}"
    return f'"{hashlib.sha256(told.encode()).hexdigest()[:ETAG_DIGITS]}"'
