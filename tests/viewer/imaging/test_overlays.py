"""Overlay planes are drawn where they lie, on the frames they belong to, and cut where they leave the image."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.viewer.imaging.described import description
from viewer.imaging.native import read_embedded_overlays
from viewer.imaging.overlays import burn
from viewer.imaging.types import Overlay


def plane(drawn: np.ndarray[Any, Any], top: int = 0, left: int = 0, **facts: Any) -> Overlay:
    bits = np.packbits(drawn.reshape(-1).astype(np.uint8), bitorder="little").tobytes()
    usual = {"first_frame": None, "number_of_frames": 1, "bits": bits}
    return Overlay(drawn.shape[-2], drawn.shape[-1], top, left, **{**usual, **facts})


def burnt(*overlays: Overlay, frame_index: int = 0) -> list[list[int]]:
    picture: list[list[int]] = (burn(np.zeros((3, 4), np.uint8), overlays, frame_index) // 255).tolist()
    return picture


@pytest.mark.parametrize(
    ("top", "left", "seen"),
    [
        (0, 0, [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0]]),
        (1, 2, [[0, 0, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]]),
        (-1, -1, [[1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]),
        (2, 3, [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]]),
        (3, 0, [[0, 0, 0, 0]] * 3),
        (-2, 0, [[0, 0, 0, 0]] * 3),
        (30000, -30000, [[0, 0, 0, 0]] * 3),
    ],
)
def test_a_plane_may_lie_partly_or_wholly_outside(top: int, left: int, seen: list[list[int]]) -> None:
    """PS3.3 C.9.2.1.2: the origin may be outside the image."""
    assert burnt(plane(np.ones((2, 2)), top, left)) == seen


def test_the_lowest_bit_is_the_first_pixel() -> None:
    """PS3.5 8.1.2."""
    drawn = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1]])
    assert burnt(plane(drawn)) == drawn.tolist()


def test_planes_of_several_frames_lie_over_theirs() -> None:
    """PS3.3 C.9.2.1.4: from the Image Frame Origin on. A frame's bits may begin within a byte."""
    drawn = np.zeros((2, 3, 4))
    drawn[0, 0, 0] = drawn[1, 2, 3] = 1
    both = plane(drawn, first_frame=1, number_of_frames=2)
    nothing = np.zeros((3, 4)).tolist()
    assert [burnt(both, frame_index=n) for n in range(4)] == [nothing, *drawn.tolist(), nothing]


def test_a_plane_without_all_its_bits_is_not_drawn() -> None:
    short = Overlay(3, 4, 0, 0, None, 1, b"\xff")
    assert burnt(short, plane(np.ones((1, 1)))) == [[1, 0, 0, 0], [0] * 4, [0] * 4]


def test_the_picture_itself_is_left_alone() -> None:
    picture = np.zeros((3, 4), np.uint8)
    burn(picture, [plane(np.ones((3, 4)))], 0)
    assert not picture.any()


def test_a_plane_may_stand_in_the_unused_bits_of_the_pixels() -> None:
    """Retired, PS3.5 8.1.2: 12 bits stored, the plane in bit 13."""
    words = np.arange(24, dtype="<u2").reshape(4, 6)
    words[2, 3] |= 1 << 13
    embedded = Overlay(4, 6, 0, 0, None, 1, b"", bit_position=13)
    image = description(bits_stored=12, overlays=(embedded,))
    drawn = read_embedded_overlays(image, words.tobytes(), 0)
    assert drawn is not None
    assert np.argwhere(drawn).tolist() == [[2, 3]]
    assert read_embedded_overlays(description(bits_stored=12), words.tobytes(), 0) is None
