"""The ICC profiles that are made here, against the definitions of their spaces, by a reader of others (LittleCMS)."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import ImageCms

from viewer.imaging.colour_spaces import (
    BadProfile,
    ColourSpace,
    checked_profile,
    converted,
    profile_of_space,
)

Array = np.ndarray[Any, Any]
NAMED = (ColourSpace.SRGB, ColourSpace.ADOBE_RGB, ColourSpace.ROMM_RGB)
D65, D50 = (0.3127, 0.3290), (0.3457, 0.3585)
# x and y of red, green, blue and white (IEC 61966-2-1, Adobe RGB (1998) 4.2, ISO 22028-2).
PRIMARIES = {
    ColourSpace.SRGB: ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06), D65),
    ColourSpace.ADOBE_RGB: ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06), D65),
    ColourSpace.ROMM_RGB: ((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001), D50),
}
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
# Colours that all three spaces hold.
COLOURS = np.array(
    [[0, 0, 0], [255, 255, 255], [128, 128, 128], [200, 120, 90], [90, 160, 110], [70, 90, 180], [20, 30, 10]]
)


def xyz(point: tuple[float, float]) -> Array:
    return np.array([point[0] / point[1], 1.0, (1 - point[0] - point[1]) / point[1]])


def to_d50(space: ColourSpace) -> Array:
    """From linear RGB to XYZ of D50, by the primaries."""
    *primaries, white = PRIMARIES[space]
    corners = np.stack([xyz(one) for one in primaries], axis=1)
    matrix = corners * np.linalg.solve(corners, xyz(white))
    cones = np.diag((BRADFORD @ xyz(D50)) / (BRADFORD @ xyz(white)))
    adapted: Array = np.linalg.inv(BRADFORD) @ cones @ BRADFORD @ matrix
    return adapted


def linear(space: ColourSpace, coded: Array) -> Array:
    if space is ColourSpace.SRGB:
        return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    if space is ColourSpace.ADOBE_RGB:
        return coded ** (563 / 256)
    return np.where(coded < 16 * 2**-9, coded / 16, coded**1.8)


def coded(space: ColourSpace, light: Array) -> Array:
    light = np.clip(light, 0, 1)
    if space is ColourSpace.SRGB:
        return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    if space is ColourSpace.ADOBE_RGB:
        return light ** (256 / 563)
    return np.where(light < 2**-9, light * 16, light ** (1 / 1.8))


def expected(colours: Array, source: ColourSpace, target: ColourSpace) -> Array:
    """The same colours in another space, by the definitions alone."""
    light = linear(source, colours / 255) @ to_d50(source).T @ np.linalg.inv(to_d50(target)).T
    told: Array = np.rint(coded(target, light) * 255)
    return told


@pytest.mark.parametrize("target", NAMED)
@pytest.mark.parametrize("source", NAMED)
def test_colours_are_the_same_colours_in_each_space(source: ColourSpace, target: ColourSpace) -> None:
    picture = expected(COLOURS, ColourSpace.SRGB, source).astype(np.uint8)[None]
    shown = converted(picture, profile_of_space(source), target.value)[0].astype(int)
    assert np.abs(shown - expected(picture[0], source, target)).max() <= 1


def test_srgb_is_that_of_others() -> None:
    others = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = np.random.default_rng(1).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    assert np.abs(converted(picture, others, "srgb").astype(int) - picture).max() <= 1


@pytest.mark.parametrize(
    ("space", "name"),
    list(zip(NAMED, ("sRGB", "Compatible with Adobe RGB (1998)", "ROMM RGB"), strict=True)),
)
def test_what_is_made_is_a_profile(space: ColourSpace, name: str) -> None:
    data = profile_of_space(space)
    assert checked_profile(data + b"\0") == data
    profile = ImageCms.ImageCmsProfile(io.BytesIO(data)).profile
    assert (profile.profile_description, profile.version) == (name, 4.3)
    assert (profile.xcolor_space.strip(), profile.connection_space.strip()) == ("RGB", "XYZ")
    assert profile.is_matrix_shaper
    assert profile.header_model == "\0\0\0\0"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 200,
        profile_of_space(ColourSpace.SRGB)[:-1],
        profile_of_space(ColourSpace.SRGB).replace(b"RGB XYZ ", b"CMYKXYZ "),
        profile_of_space(ColourSpace.SRGB).replace(b"acsp", b"acsq"),
        bytes(5 << 20),
    ],
)
def test_p7_what_is_no_profile_of_rgb_is_refused(data: bytes) -> None:
    with pytest.raises(BadProfile):
        checked_profile(data)


def test_p7_a_profile_with_nothing_in_it_is_refused() -> None:
    whole = profile_of_space(ColourSpace.SRGB)
    hollow = whole[:128] + b"\xff" * (len(whole) - 128)
    with pytest.raises(BadProfile):
        converted(np.zeros((2, 2, 3), np.uint8), hollow, "srgb")
