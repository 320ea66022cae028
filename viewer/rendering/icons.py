"""The thumbnail of what has no picture (PS3.18 10.4.1.1.4: what is meaningful is for the server to say).

A sheet of paper with the kind of object on it. It holds nothing of the object but that: no thumbnail names anybody.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pacs.catalog.pixel_source import Layout
from viewer.rendering.kinds import Kind, kind_of
from viewer.rendering.render import ENCODERS
from viewer.rendering.request import MediaType

if TYPE_CHECKING:
    from pacs.catalog.models import Instance, Series

Picture = np.ndarray[Any, np.dtype[np.uint8]]
FORM = 1  # of what is drawn: raise it when it comes out otherwise
GROUND, SHEET, INK = 24, 96, 236
LONGEST_LABEL = 8
LARGEST = 512  # pixels: it is drawn no larger, whatever the viewport
OTHER = "DICOM"
VIDEO = "VIDEO"
# Modality (PS3.3 C.7.3.1.1.1) is a code string; nothing else that a file puts there is drawn.
_CODE = re.compile(rf"[A-Z0-9_]{{2,{LONGEST_LABEL}}}", re.ASCII)


def label_of(instance: Instance) -> str | None:
    """What is written on the icon of this instance; None where it has a picture of its own."""
    kind = kind_of(instance)
    if kind is Kind.IMAGE:
        return VIDEO if instance.pixel_layout == Layout.VIDEO else None
    return "PDF" if kind is Kind.PDF else label_of_series(instance.series)


def label_of_series(series: Series) -> str:
    """What is written on the icon of a series that has no pictures."""
    return series.modality if _CODE.fullmatch(series.modality) else OTHER


def icon(label: str, viewport: tuple[int, int], media_type: MediaType, quality: int) -> bytes:
    """The icon, as large as fits into the viewport."""
    return ENCODERS[media_type](_drawn(label, min(*viewport, LARGEST)), quality)


def _drawn(label: str, side: int) -> Picture:
    image = Image.new("L", (side, side), GROUND)
    draw = ImageDraw.Draw(image)
    left, top, right, bottom = (round(side * part) for part in (0.22, 0.12, 0.78, 0.88))
    fold = round(side * 0.16)
    sheet = [(left, top), (right - fold, top), (right, top + fold), (right, bottom), (left, bottom)]
    draw.polygon(sheet, fill=SHEET)
    draw.polygon([(right - fold, top), (right - fold, top + fold), (right, top + fold)], fill=INK)
    letters = _letters(label, right - left)
    draw.text((side / 2, side / 2), label, fill=INK, font=letters, anchor="mm")
    return np.asarray(image)


def _letters(label: str, width: int) -> Any:
    """As large as the label fits on the sheet."""
    usual = ImageFont.load_default(max(width / 3, 1.0))
    room = width * 0.84 / max(usual.getlength(label), 1.0)
    return usual if room >= 1 else ImageFont.load_default(max(width / 3 * room, 1.0))
