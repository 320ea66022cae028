"""A lossy JPEG with nothing beside its picture, or none where a browser would show something else."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.viewer.imaging.described import description
from viewer.imaging.bare_jpeg import bare_jpeg
from viewer.imaging.markers import jpeg_facts

SECRET = b"Jane Doe"
EIGHT: dict[str, Any] = {"bits_allocated": 8, "bits_stored": 8, "high_bit": 7}
COLOURS: dict[str, Any] = {**EIGHT, "samples_per_pixel": 3, "photometric_interpretation": "YBR_FULL_422"}


def picture() -> Image.Image:
    row, column = np.indices((48, 40))
    return Image.fromarray(np.stack([row * 5, column * 6, row + column], -1).astype(np.uint8))


def encoded(image: Image.Image, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90, comment=SECRET, **options)
    return buffer.getvalue()


def bare(data: bytes, colour_space: str = "YBR_FULL", **attributes: Any) -> bytes | None:
    facts = jpeg_facts(data)
    assert facts is not None
    return bare_jpeg(data, facts, colour_space, description(**{**COLOURS, **attributes}))


def pixels(data: bytes | None) -> Any:
    assert data is not None
    return np.asarray(Image.open(io.BytesIO(data)))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"progressive": True},
        {"subsampling": 0},
        {"restart_marker_rows": 1},
        {"optimize": True},
        {"exif": b"Exif\0\0" + SECRET},
    ],
    ids=str,
)
def test_the_picture_is_the_same_and_nothing_else_is_there(options: dict[str, Any]) -> None:
    data = encoded(picture(), **options)
    assert SECRET in data
    made = bare(data + b"\0 and what " + SECRET + b" wrote behind the end")
    assert np.array_equal(pixels(made), pixels(data))
    assert SECRET not in (made or b"")
    assert b"JFIF" not in (made or b"")


def test_a_grey_one_needs_no_word_of_colours() -> None:
    data = encoded(picture().convert("L"))
    grey = {"samples_per_pixel": 1, "photometric_interpretation": "MONOCHROME2"}
    made = bare(data, "MONOCHROME2", **grey)
    assert np.array_equal(pixels(made), pixels(data))
    assert b"Adobe" not in (made or b"")
    palette = {"samples_per_pixel": 1, "photometric_interpretation": "PALETTE COLOR"}
    assert bare(data, "PALETTE COLOR", **palette) is None


@pytest.mark.parametrize(
    ("changed", "attributes"),
    [
        ({}, {"bits_stored": 7}),
        ({}, {"bits_allocated": 16, "bits_stored": 12}),
        ({}, {"is_signed": True}),
        ({b"\xff\xc0": b"\xff\xc9"}, {}),  # arithmetic coding
        ({b"\xff\xdb": b"\xff\xdf"}, {}),  # a hierarchical one
        ({b"\x00\x30\x00\x28": b"\x00\x00\x00\x28"}, {}),  # its rows are told behind its scan
    ],
)
def test_what_browsers_would_show_otherwise_or_not_at_all(
    changed: dict[bytes, bytes], attributes: dict[str, Any]
) -> None:
    data = encoded(picture())
    for old, new in changed.items():
        assert old in data
        data = data.replace(old, new, 1)
    assert bare(data, **attributes) is None


def test_one_without_its_end_and_any_damaged_one_is_refused_or_bounded() -> None:
    data = encoded(picture())
    assert bare(data[:-2]) is None
    generator = np.random.default_rng(7)
    for _ in range(300):
        damaged = bytearray(data)
        for place in generator.integers(2, len(data), 3):
            damaged[place] = generator.integers(0, 256)
        facts = jpeg_facts(bytes(damaged))
        if facts is not None:
            made = bare_jpeg(bytes(damaged), facts, "YBR_FULL", description(**COLOURS))
            assert made is None or len(made) <= len(data) + 16
