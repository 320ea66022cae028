"""The well-known palettes (PS3.6 Annex B.1): the server's, and those by which the app's own are held to it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.viewer.imaging.palettes import FILE, written
from viewer.imaging.palettes import FILES, palette, to_palette


def test_the_examples_are_the_published_palettes() -> None:
    assert FILE.read_text() == written(), "run: python -m tests.viewer.imaging.palettes"


@pytest.mark.parametrize("name", FILES)
def test_a_palette_runs_from_black_to_white(name: str) -> None:
    colours = palette(name)
    assert (colours.shape, colours.dtype) == ((256, 3), np.uint8)
    assert colours[0].tolist() == [0, 0, 0]
    assert colours[255].tolist() == [255, 255, 255]
    assert not colours.flags.writeable


def test_hot_iron_is_that_of_the_standard() -> None:
    """PS3.6 B.1.1: red rises over the first half, green over the second, blue over the last quarter."""
    colours = palette("hot-iron").astype(int)
    assert colours[[1, 64, 127, 128, 129, 191, 192, 254]].tolist() == [
        [2, 0, 0],
        [128, 0, 0],
        [254, 0, 0],
        [255, 0, 0],
        [255, 2, 0],
        [255, 126, 0],
        [255, 128, 4],
        [255, 252, 252],
    ]


def test_pet_20_step_has_twenty_steps() -> None:
    changes = np.any(np.diff(palette("pet-20-step").astype(int), axis=0) != 0, axis=1)
    assert 18 <= changes.sum() <= 21


def test_greys_become_colours_one_by_one() -> None:
    greys = np.array([[0, 255], [128, 1]], np.uint8)
    assert np.array_equal(to_palette(greys, "hot-iron")[1, 0], palette("hot-iron")[128])


def test_another_name_is_none() -> None:
    with pytest.raises(KeyError):
        palette("rainbow")
