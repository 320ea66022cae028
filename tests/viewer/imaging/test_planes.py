"""Where frames lie: PS3.3 C.7.6.2.1.1, and frame by frame C.7.6.16.2."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests import builders
from tests.viewer.imaging.files import describe
from tests.viewer.imaging.test_describe import item
from viewer.imaging.types import Plane

TILTED = [0.0, 1.0, 0.0, 0.0, 0.0, -1.0]  # sagittal: columns to the back, rows to the feet


def test_a_pixel_is_where_the_standard_puts_it() -> None:
    """PS3.3 C.7.6.2.1.1: rows are apart by the first spacing, columns by the second."""
    file = builders.ct_slice(
        ImagePositionPatient=[10, -20, 30], ImageOrientationPatient=TILTED, PixelSpacing=[2, 0.5]
    )
    plane = describe(file).plane_of(0)
    assert plane is not None
    assert plane.position_mm(column=0, row=0) == (10, -20, 30)
    assert plane.position_mm(column=4, row=3) == (10, -20 + 4 * 0.5, 30 - 3 * 2)


@pytest.mark.parametrize(
    "attributes",
    [
        {"ImagePositionPatient": None},
        {"ImageOrientationPatient": None},
        {"PixelSpacing": None},
        {"PixelSpacing": None, "ImagerPixelSpacing": [0.1, 0.1]},
        {"PixelSpacing": [0, 1]},
        {"ImageOrientationPatient": [1, 0, 0, 1, 0, 0]},
        {"ImageOrientationPatient": [0, 0, 0, 0, 0, 0]},
        {"ImageOrientationPatient": [1, 0, 0, 0, 1]},
        {"ImagePositionPatient": [1, 2]},
    ],
)
def test_half_a_plane_is_none(attributes: dict[str, Any]) -> None:
    assert describe(builders.ct_slice(**attributes)).plane_of(0) is None


def test_frames_of_an_enhanced_object_lie_where_they_say() -> None:
    shared = item(
        PlaneOrientationSequence=[item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])],
        PixelMeasuresSequence=[item(PixelSpacing=[1, 1])],
    )
    frames = [item(PlanePositionSequence=[item(ImagePositionPatient=[0, 0, z])]) for z in (5, 7)]
    file = builders.multiframe(
        3, SharedFunctionalGroupsSequence=[shared], PerFrameFunctionalGroupsSequence=[*frames, item()]
    )
    told = describe(file)
    planes = [told.plane_of(index) for index in range(3)]
    assert [None if plane is None else plane.origin_mm for plane in planes] == [(0, 0, 5), (0, 0, 7), None]


def test_an_oblique_plane_agrees_with_the_matrix_of_the_standard() -> None:
    turn, tip = math.radians(20), math.radians(35)
    right = (math.cos(turn), math.sin(turn), 0.0)
    down = (-math.sin(turn) * math.cos(tip), math.cos(turn) * math.cos(tip), math.sin(tip))
    plane = Plane((1, 2, 3), right, down, (0.7, 0.4))
    matrix = np.array([[x * 0.4, y * 0.7, 0, at] for x, y, at in zip(right, down, (1, 2, 3), strict=True)])
    assert np.allclose(plane.position_mm(7, 11), matrix @ [7, 11, 0, 1])
