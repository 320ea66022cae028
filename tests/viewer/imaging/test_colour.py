"""Colours by the standard's own sums, and tables of colours, segmented or not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import builders
from tests.viewer.imaging.described import description
from tests.viewer.imaging.files import describe, first_frame
from viewer.imaging.colour import to_rgb
from viewer.imaging.errors import CannotShow
from viewer.imaging.tables import expand_segments
from viewer.imaging.types import Palette

BYTES = st.integers(0, 255)


def image(photometric: str, **facts: Any) -> Any:
    return description(
        **{"samples_per_pixel": 3, "photometric_interpretation": photometric, "bits_allocated": 8, **facts}
    )


@given(BYTES, BYTES, BYTES)
def test_full_range_ybr(y: int, cb: int, cr: int) -> None:
    """The inverse of PS3.3 C.7.6.3.1.2: Y = .2990R + .5870G + .1140B, Cb = -.1687R - .3313G + .5B + 128, ..."""
    matrix = np.array([[0.299, 0.587, 0.114], [-0.1687, -0.3313, 0.5], [0.5, -0.4187, -0.0813]])
    truth = np.clip(np.linalg.inv(matrix) @ (np.array([y, cb, cr]) - [0, 128, 128]), 0, 255)
    rgb = to_rgb(np.array([[[y, cb, cr]]], np.uint8), image("YBR_FULL"))
    assert np.abs(rgb[0, 0] - truth).max() <= 1


@given(BYTES, BYTES, BYTES)
def test_part_range_ybr(r: int, g: int, b: int) -> None:
    """PS3.3 C.7.6.3.1.2, YBR_PARTIAL_422: Y = .2568R + .5041G + .0979B + 16, from 16 to 235."""
    matrix = np.array([[0.2568, 0.5041, 0.0979], [-0.1482, -0.2910, 0.4392], [0.4392, -0.3678, -0.0714]])
    ybr = np.rint(matrix @ np.array([r, g, b]) + [16, 128, 128]).astype(np.uint8)
    rgb = to_rgb(ybr.reshape(1, 1, 3), image("YBR_PARTIAL_420"))
    assert np.abs(rgb[0, 0].astype(int) - [r, g, b]).max() <= 2


def test_what_a_decoder_has_undone_is_left_alone() -> None:
    pixels = np.arange(6, dtype=np.uint8).reshape(1, 2, 3)
    for photometric in ("RGB", "YBR_RCT", "YBR_ICT"):
        assert np.array_equal(to_rgb(pixels, image(photometric)), pixels)
    assert np.array_equal(to_rgb(pixels, image("YBR_FULL"), "RGB"), pixels)


@pytest.mark.parametrize(("bits", "dtype"), [(16, "<u2"), (12, "<u2"), (32, "<u4"), (4, "|u1")])
def test_colours_of_other_depths_end_at_the_same_white(bits: int, dtype: str) -> None:
    most = (1 << bits) - 1
    pixels = np.array([[[0, most // 2, most]]], dtype)
    allocated = pixels.dtype.itemsize * 8
    rgb = to_rgb(pixels, image("RGB", bits_allocated=allocated, bits_stored=bits))
    assert (rgb[0, 0, 0], rgb[0, 0, 2]) == (0, 255)
    assert abs(int(rgb[0, 0, 1]) - 127) <= 8


def test_a_palette_maps_what_is_outside_to_its_ends() -> None:
    """PS3.3 C.7.6.3.1.5."""
    palette = Palette(5, np.array([[1, 2, 3], [4, 5, 6]], np.uint8))
    one = description(photometric_interpretation="PALETTE COLOR", palette=palette, bits_allocated=8)
    rgb = to_rgb(np.array([[0, 5, 6, 200]], np.uint8), one)
    assert rgb[0].tolist() == [[1, 2, 3], [1, 2, 3], [4, 5, 6], [4, 5, 6]]


def test_a_space_that_nobody_knows_is_told() -> None:
    with pytest.raises(CannotShow) as refused:
        to_rgb(np.zeros((1, 1, 3), np.uint8), image("CMYK"))
    assert refused.value.reason == "unsupported_photometric"


def test_segments_are_expanded() -> None:
    """PS3.3 C.7.9.2: discrete, linear, and indirect ones that repeat earlier segments from the value reached."""
    discrete, linear = [0, 2, 10, 20], [1, 3, 50]
    pointer = [2, 1, 8, 0]  # one segment at byte 8: the linear one, from 50 to 50
    assert expand_segments(np.array([*discrete, *linear, *pointer]), 8).tolist() == [  # type: ignore[union-attr]
        10, 20, 30, 40, 50, 50, 50, 50,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        [1, 3, 50],  # a line that begins nowhere
        [7, 1, 1],  # no such kind
        [0, 1, 5, 2, 1, 6, 0],  # points at itself
        [0, 1, 5, 2, 1, 200, 0, 9],
    ],
)
def test_segments_that_make_no_table_end(words: list[int]) -> None:
    expanded = expand_segments(np.array(words), 256)
    assert expanded is None or len(expanded) < 256


def test_palettes_of_files() -> None:
    """16-bit entries keep their high byte; entries of 8 bits may come as bytes or in words (PS3.3 C.7.6.3.1.6)."""
    stored = np.array([[0, 1], [2, 255]], np.uint8)
    tables = {"wide": np.array([0, 0x8000, 0xFFFF], "<u2"), "narrow": np.array([0, 0x80, 0xFF, 0], "u1"),
              "narrow in words": np.array([0, 0x80, 0xFF], "<u2")}  # fmt: skip
    for name, table in tables.items():
        bits = 16 if name == "wide" else 8
        attributes: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR", "BitsAllocated": 8}
        for colour in ("Red", "Green", "Blue"):
            attributes[f"{colour}PaletteColorLookupTableDescriptor"] = [3, 0, bits]
            attributes[f"{colour}PaletteColorLookupTableData"] = table.tobytes()
        file = builders.image(stored, **attributes)
        rgb = to_rgb(first_frame(file), describe(file))
        assert rgb[..., 1].tolist() == [[0, 0x80], [0xFF, 0xFF]], name
