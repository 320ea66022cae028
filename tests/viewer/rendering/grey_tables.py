"""What the server shows of every stored value that 16 bits can hold, under many headers and windows.

The app computes the same tables for itself; frontend/tests/contracts/greys.json holds what they must be. It is
written anew by `python -m tests.viewer.rendering.grey_tables`, with DJANGO_SETTINGS_MODULE=pacs.settings; a test
says when that is due.
"""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from viewer.imaging import header_rules
from viewer.imaging.modality import to_modality_values
from viewer.imaging.types import ImageDescription, Lut, NamedLut, NamedWindow, Padding, Rescale, Window
from viewer.rendering.frame_values import FrameValues
from viewer.rendering.levels import grey_level
from viewer.rendering.render import show
from viewer.rendering.request import Look

FILE = Path(__file__).parents[3] / "frontend" / "tests" / "contracts" / "greys.json"
SIDE = 256
LINEAR = Window(40, 400)
EVERY_FUNCTION = (
    LINEAR,
    Window(-600.5, 1500.25, "LINEAR_EXACT"),
    Window(127.3, 90.7, "SIGMOID"),
    Window(1000, 1),
    Window(0.1, 0.3, "LINEAR_EXACT"),
    Window(2048, 1e6),
)
PLAIN = ImageDescription(
    rows=SIDE,
    columns=SIDE,
    number_of_frames=1,
    samples_per_pixel=1,
    photometric_interpretation="MONOCHROME2",
    planar_configuration=0,
    bits_allocated=16,
    bits_stored=16,
    high_bit=15,
    is_signed=False,
    number_kind="integer",
    transfer_syntax_uid="1.2.840.10008.1.2.1",
    is_word_swapped=False,
    pixel_aspect=1.0,
    is_inverse=False,
    is_segmentation=False,
)
DOWN = Lut(-100, (4095 - np.arange(4096) // 2).astype(np.uint16), 12)
BENT = Lut(-50, (np.sqrt(np.arange(300)) * 14).astype(np.uint8), 8)
FULL = Lut(0, (np.arange(1 << 12) ** 2 >> 8).astype(np.uint16), 16)


def headers() -> dict[str, ImageDescription]:
    """Kinds of images, by name."""
    signed = replace(PLAIN, is_signed=True)
    return {
        "unsigned": PLAIN,
        "signed": signed,
        "unsigned hounsfield": replace(PLAIN, rescales=(Rescale(1, -1024),)),
        "signed slope 2": replace(signed, rescales=(Rescale(2, -1000),)),
        "beyond 32 bits": replace(PLAIN, rescales=(Rescale(1 << 20, -(1 << 30)),)),
        "turned round": replace(signed, rescales=(Rescale(-1, 40),)),
        "a fraction": replace(PLAIN, rescales=(Rescale(0.0137, -3.3),)),
        "a fraction, signed": replace(signed, rescales=(Rescale(1.000244, 0),)),
        "a fraction to add": replace(signed, rescales=(Rescale(1, -0.5),)),
        "monochrome 1": replace(PLAIN, photometric_interpretation="MONOCHROME1"),
        "inverse shape": replace(PLAIN, is_inverse=True),
        "padding": replace(signed, padding=Padding(-2000, -2000)),
        "padding range, monochrome 1": replace(
            PLAIN, photometric_interpretation="MONOCHROME1", padding=Padding(65000, 65535)
        ),
        "modality table": replace(PLAIN, modality_lut=DOWN),
        "modality table, signed": replace(signed, modality_lut=BENT),
    }


def cases() -> list[dict[str, Any]]:
    """Every header with every window, and with tables; some inverted."""
    made = []
    looks: list[Window | Lut] = [*EVERY_FUNCTION, DOWN, BENT, FULL]
    for name, description in headers().items():
        for number, by in enumerate(looks):
            made.append(_case(name, description, by, inverted=number % 2 == 1))
    return made


def _case(name: str, description: ImageDescription, by: Window | Lut, *, inverted: bool) -> dict[str, Any]:
    greys = _greys(description, by, inverted)
    places = np.linspace(0, (1 << 16) - 1, 40).astype(int)
    return {
        "name": name,
        "stream": _told(description),
        "by": _by(by),
        "inverted": inverted,
        "samples": [[int(place), int(greys[place])] for place in places],
        "crc32": zlib.crc32(greys.tobytes()),
    }


def _greys(description: ImageDescription, by: Window | Lut, inverted: bool) -> np.ndarray[Any, Any]:
    """The grey of each number of 16 bits, those below zero after those above."""
    stored = np.arange(1 << 16, dtype=np.uint16).view(description.dtype()).reshape(SIDE, SIDE)
    values = to_modality_values(stored, description, 0)
    if isinstance(by, Window):
        own = replace(description, windows=((NamedWindow(by),),), voi_luts=((),))
    else:
        own = replace(description, windows=((),), voi_luts=((NamedLut(by),),))
    frame = FrameValues(own, 0, grey_level(values.values, values.padding_mask, None))
    return show(frame, 0, Look(None, inverted), (slice(None), slice(None))).reshape(-1)


def _told(description: ImageDescription) -> dict[str, Any]:
    rescale, padding = description.rescale_of(0), description.padding
    modality: dict[str, Any] | None = None if rescale == Rescale() else asdict(rescale)
    if description.modality_lut is not None:
        modality = {"lut": _lut(description.modality_lut)}
    return {
        "codec": "htj2k",
        "levels": [{"columns": SIDE, "rows": SIDE, "bytes": 1}],
        "rows": SIDE,
        "columns": SIDE,
        "samples": 1,
        "signed": description.is_signed,
        "bits": description.bits_stored,
        "modality": modality,
        "padding": None if padding is None else [padding.low, padding.high],
        "inverse": header_rules.is_inverse(description.photometric_interpretation, description.is_inverse),
        "look": None,
        "windows": [],
        "luts": [],
        "overlay": None,
    }


def _by(by: Window | Lut) -> dict[str, Any]:
    return {"window": asdict(by)} if isinstance(by, Window) else {"lut": _lut(by)}


def _lut(lut: Lut) -> dict[str, Any]:
    entries = lut.entries.astype(lut.entries.dtype.newbyteorder("<"))
    return {
        "first": lut.first,
        "bits": lut.bits,
        "number": entries.dtype.name,
        "entries": base64.b64encode(entries.tobytes()).decode(),
    }


def written() -> str:
    """The file's text. Each look is written once, and named by the cases that use it."""
    made = cases()
    looks: list[dict[str, Any]] = []
    for case in made:
        if case["by"] not in looks:
            looks.append(case["by"])
        case["by"] = looks.index(case["by"])
    streams = {case["name"]: case.pop("stream") for case in made}
    return json.dumps({"looks": looks, "streams": streams, "cases": made}, separators=(",", ":")) + "\n"


if __name__ == "__main__":
    FILE.write_text(written())
