"""What the digest says of an image is what its picture is made by: one set of rules, asked from two sides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset, dcmread

from pacs.catalog.display import read_display
from pacs.catalog.elements import elements_of
from tests import builders
from tests.viewer.imaging.files import describe
from tests.viewer.imaging.test_describe import item
from viewer.api.params import parse_window
from viewer.imaging import header_rules
from viewer.imaging.errors import CannotShow
from viewer.imaging.types import ImageDescription
from viewer.rendering.formats import format_of

RAMP = np.arange(24).reshape(4, 6).astype("<u2")
FLOATS: dict[str, Any] = {
    "BitsAllocated": 32, "PixelData": None, "BitsStored": None, "HighBit": None, "PixelRepresentation": None,
}  # fmt: skip
ODD: list[dict[str, Any]] = [
    {"WindowCenter": 5, "WindowWidth": 7, "VOILUTFunction": "LOG"},
    {"WindowCenter": 5, "WindowWidth": 0.5},
    {"WindowCenter": [1, 2], "WindowWidth": [0.5, 4], "WindowCenterWidthExplanation": ["A", "B"]},
    {"WindowCenter": 5, "WindowWidth": 0.5, "VOILUTFunction": "SIGMOID"},
    {"WindowCenter": 0.5, "WindowWidth": 1, **FLOATS},
    {"WindowCenter": 0.5, "WindowWidth": 0.25, **FLOATS},
    {"PixelSpacing": [1, 200]},
    {"PixelSpacing": [1, 200], "PixelAspectRatio": [1, 2]},
    {"PixelAspectRatio": [4, 3]},
    {"ImagerPixelSpacing": [0.2, 0.1]},
    {"PhotometricInterpretation": None},
    {"PhotometricInterpretation": "MONOCHROME1"},
    {"PresentationLUTShape": "INVERSE"},
]


def both(file: bytes, header: Dataset) -> tuple[dict[str, Any], ImageDescription]:
    told = describe(file)
    of_the_file = {"Rows": told.rows, "Columns": told.columns, "BitsAllocated": told.bits_allocated}
    return format_of({**read_display(elements_of(header)), **of_the_file}, "OT"), told


def assert_agreement(kind: dict[str, Any], told: ImageDescription) -> None:
    assert kind["aspect"] == pytest.approx(told.pixel_aspect, abs=1e-6)
    assert kind["colour"] is not told.is_monochrome
    assert kind["photometric"] == told.photometric_interpretation
    assert kind["inverse"] == header_rules.is_inverse(told.photometric_interpretation, told.is_inverse)
    window = told.window_of(0)
    first = kind["windows"][0] if kind["windows"] else None
    assert (first is None) == (window is None)
    if first is not None and window is not None:
        assert (first["center"], first["width"], first["function"]) == (
            window.center,
            window.width,
            window.function,
        )


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: " ".join(map(str, odd.items()))[:60])
def test_odd_headers_are_told_as_they_are_shown(odd: dict[str, Any], tmp_path: Path) -> None:
    file = builders.image(RAMP, **odd)
    if "BitsStored" in odd:
        file += builders.element(0x7FE00008, b"OF", bytes(96))
    path = tmp_path / "odd.dcm"
    path.write_bytes(file)
    kind, told = both(file, dcmread(path, stop_before_pixels=True))
    assert_agreement(kind, told)
    for window in kind["windows"]:  # each can be asked for
        parse_window(f"{window['center']},{window['width']},{window['function']}")


def test_frames_with_measures_and_windows_of_their_own(tmp_path: Path) -> None:
    frames = [
        item(
            PixelMeasuresSequence=[item(PixelSpacing=[side, 2 * side])],
            FrameVOILUTSequence=[item(WindowCenter=side, WindowWidth=20, VOILUTFunction="LINEAR_EXACT")],
        )
        for side in (1, 2, 3)
    ]
    file = builders.multiframe(
        3, PerFrameFunctionalGroupsSequence=frames, WindowCenter=8, WindowWidth=9, PixelAspectRatio=[3, 1]
    )
    path = tmp_path / "frames.dcm"
    path.write_bytes(file)
    kind, told = both(file, dcmread(path, stop_before_pixels=True))
    assert_agreement(kind, told)
    assert (kind["aspect"], kind["pixel_spacing_mm"]) == (0.5, None)


def test_every_file_of_the_corpus_is_told_as_it_is_shown(shared_data: Path) -> None:
    seen = 0
    for path in sorted(shared_data.rglob("*.dcm")):
        if path.stat().st_size > 8 << 20:
            continue
        try:
            told = describe(path.read_bytes())
            header = dcmread(path, stop_before_pixels=True, force=True)
        except (CannotShow, OSError):
            continue
        of_the_file = {"Rows": told.rows, "Columns": told.columns, "BitsAllocated": told.bits_allocated}
        assert_agreement(format_of({**read_display(elements_of(header)), **of_the_file}, "OT"), told)
        seen += 1
    assert seen > 50
