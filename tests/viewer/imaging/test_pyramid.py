"""Levels and tiles: sizes at the edges, and averages that are those of the pixels beneath."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.imaging.pyramid import Pyramid, averaged
from viewer.imaging.types import Window
from viewer.imaging.voi import apply_window


@pytest.mark.parametrize(
    ("rows", "columns", "sizes"),
    [
        (1, 1, [(1, 1)]),
        (256, 256, [(256, 256)]),
        (257, 1, [(129, 1), (257, 1)]),
        (512, 512, [(256, 256), (512, 512)]),
        (300, 700, [(75, 175), (150, 350), (300, 700)]),
        (1, 1025, [(1, 129), (1, 257), (1, 513), (1, 1025)]),
    ],
)
def test_the_first_level_fits_in_one_tile_and_the_last_is_the_image(
    rows: int, columns: int, sizes: list[tuple[int, int]]
) -> None:
    pyramid = Pyramid(rows, columns, 256)
    assert [pyramid.size_of(z) for z in range(pyramid.levels)] == sizes


@given(st.integers(1, 90), st.integers(1, 90), st.integers(8, 40), st.sampled_from(["<i2", "<u2", "<f4", "|u1"]),
       st.booleans())  # fmt: skip
def test_pixels_of_a_level_are_the_means_of_what_lies_beneath(
    rows: int, columns: int, size: int, dtype: str, has_colours: bool
) -> None:
    shape = (rows, columns, 3) if has_colours else (rows, columns)
    chance = np.random.default_rng(rows * 91 + columns)
    low, high = (0, 255) if dtype == "|u1" else (0, 65535) if dtype == "<u2" else (-32768, 32767)
    pixels = chance.integers(low, high, shape, endpoint=True).astype(dtype)
    pyramid = Pyramid(rows, columns, size)
    for z in range(pyramid.levels):
        step = pyramid.step(z)
        level = averaged(pixels, step)
        assert level.shape[:2] == pyramid.size_of(z)
        assert level.dtype == pixels.dtype
        for row, column in ((0, 0), (level.shape[0] - 1, level.shape[1] - 1), (level.shape[0] // 2, 0)):
            beneath = pixels[row * step : (row + 1) * step, column * step : (column + 1) * step]
            mean = beneath.astype(np.float64).mean(axis=(0, 1))
            tolerance = 0.5 if pixels.dtype.kind in "iu" else 1e-2
            assert np.abs(level[row, column] - mean).max() <= tolerance


def test_values_are_averaged_and_greys_are_not() -> None:
    # -1000 and 1000 average to 0: grey 102 in a window of 40/400. Windowed first they would average to 128.
    board = np.where(np.indices((8, 8)).sum(axis=0) % 2, 1000, -1000).astype(np.int16)
    tile = averaged(board, 2)
    assert np.unique(tile).tolist() == [0]
    assert abs(int(apply_window(tile, Window(40, 400))[0, 0]) - 102) <= 1


def test_means_are_rounded_to_the_nearest_below_zero_too() -> None:
    pixels = np.array([[-3, -3, 3, 3], [-2, -3, 3, 2]], np.int16)
    assert averaged(pixels, 2).tolist() == [[-3, 3]]


def test_what_is_left_out_counts_for_nothing() -> None:
    pixels = np.array([[-2000, 10, -2000, -2000], [-2000, 13, -2000, -2000], [1, 2, 3, 4]], np.int16)
    assert averaged(pixels, 2, pixels == -2000).tolist() == [[12, 0], [2, 4]]
    real = averaged(pixels.astype(np.float32), 2, pixels == -2000)
    assert real.tolist() == [[11.5, 0], [1.5, 3.5]]


def test_the_largest_numbers_do_not_overflow() -> None:
    for dtype in ("<u2", "<u4", "<i4"):
        most = np.iinfo(dtype).max
        pixels = np.full((512, 512), most, dtype)
        assert np.unique(averaged(pixels, 256)).tolist() == [most]
