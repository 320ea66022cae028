"""What is written into a picture (annotation, PS3.18 8.3.5.1.1): whose it is, and how it was made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pacs.catalog.names import name_groups

if TYPE_CHECKING:
    from pacs.catalog.models import Instance, Study

Picture = np.ndarray[Any, np.dtype[np.uint8]]
PATIENT, TECHNIQUE = "patient", "technique"
LONGEST_LINE = 64
SMALLEST_LETTERS, LINES_IN_A_PICTURE = 9, 36
MARGIN = 4


@dataclass(frozen=True)
class Texts:
    """Lines from the top left corner down, and lines that end in the bottom left one."""

    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()


NOTHING = Texts()


def texts_of(instance: Instance, kinds: tuple[str, ...]) -> Texts:
    """What these kinds of annotation say of the instance."""
    if not kinds:
        return NOTHING
    return Texts(
        patient_lines(instance.series.study) if PATIENT in kinds else (),
        _technique_lines(instance) if TECHNIQUE in kinds else (),
    )


def patient_lines(study: Study) -> tuple[str, ...]:
    """Name, ID, birth date and sex; what is not known is left out."""
    patient = study.patient
    name = next(filter(None, name_groups(patient.name).values()), "")
    born = patient.birth_date.isoformat() if patient.birth_date else ""
    return _lines(name.replace("^", " "), patient.patient_id, f"{born} {patient.sex}")


def _technique_lines(instance: Instance) -> tuple[str, ...]:
    series = instance.series
    day = series.study.study_date.isoformat() if series.study.study_date else ""
    number = f"#{instance.instance_number}" if instance.instance_number is not None else ""
    return _lines(
        f"{series.modality} {series.body_part_examined} {series.laterality}",
        series.series_description,
        f"{day} {number}",
    )


def _lines(*texts: str) -> tuple[str, ...]:
    """Without what is empty, and without what cannot be printed."""
    plain = (" ".join("".join(c if c.isprintable() else " " for c in text).split()) for text in texts)
    return tuple(text[:LONGEST_LINE] for text in plain if text)


def annotated(picture: Picture, texts: Texts) -> Picture:
    """The picture, uint8 (rows, columns) or (rows, columns, 3), with the texts in it: white letters edged in black."""
    if texts == NOTHING:
        return picture
    image = Image.fromarray(picture)
    rows = picture.shape[0]
    size = max(SMALLEST_LETTERS, rows // LINES_IN_A_PICTURE)
    draw, height = ImageDraw.Draw(image), size * 5 // 4
    places = [(at * height + MARGIN, text) for at, text in enumerate(texts.above)]
    first = rows - MARGIN - height * len(texts.below)
    places += [(first + at * height, text) for at, text in enumerate(texts.below)]
    white, black = (255, 0) if picture.ndim == 2 else ((255, 255, 255), (0, 0, 0))
    for top, text in places:
        draw.text((MARGIN, top), text, fill=white, font=_letters(size), stroke_width=1, stroke_fill=black)
    return np.asarray(image)


@lru_cache(maxsize=32)
def _letters(size: int) -> Any:
    return ImageFont.load_default(size)
