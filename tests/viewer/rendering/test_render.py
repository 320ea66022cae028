"""The recipe: averaged before windowed, padding black, tiles that fit together."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pacs.errors import NotFound
from tests import builders
from tests.viewer.kept import keep
from viewer.imaging.types import Window
from viewer.rendering.frame_values import FrameValues, address_frame, frame_values
from viewer.rendering.render import MOST_PIXELS, fitted_size, look_at, render_tile, show
from viewer.rendering.request import Look, TileRequest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cold")]
WHOLE = (slice(None), slice(None))
ABDOMEN = Look(Window(40, 400))


def frame_of(stored: np.ndarray[Any, Any], **attributes: Any) -> FrameValues:
    (instance,) = keep(builders.image(stored, **attributes))
    return frame_values(address_frame(instance, 0))


def test_values_are_averaged_before_they_are_windowed() -> None:
    # -1000 and 1000 HU average to 0, grey 102 at 40/400; windowed first they would average to 128.
    board = np.where(np.indices((64, 64)).sum(axis=0) % 2, 2024, 24).astype("<u2")
    frame = frame_of(board, RescaleIntercept=-1024, RescaleSlope=1)
    assert set(np.unique(show(frame, 3, ABDOMEN, WHOLE))) <= {101, 102, 103}


def test_padding_is_black_inverted_or_not_and_does_not_bleed_into_averages() -> None:
    stored = np.full((32, 32), 1064, "<u2")
    stored[:, :11] = 0
    frame = frame_of(stored, RescaleIntercept=-1024, RescaleSlope=1, PixelPaddingValue=0)
    for look in (ABDOMEN, Look(Window(40, 400), invert=True)):
        for halvings in (0, 1, 2):
            shown = show(frame, halvings, look, WHOLE).astype(int)
            edge = 11 // 2**halvings
            assert (shown[:, :edge] == 0).all()
            assert (np.abs(shown[:, edge + 1 :] - 128) <= 1).all()


def test_tiles_of_each_level_put_together_are_that_level() -> None:
    stored = (np.indices((300, 700)).sum(axis=0) % 4096).astype("<u2")
    frame = frame_of(stored)
    look = Look(Window(2048, 4096))
    for z, (rows, columns) in enumerate(((75, 175), (150, 350), (300, 700))):
        whole = show(frame, 2 - z, look, WHOLE)
        assert whole.shape == (rows, columns)
        lines = []
        for y in range(-(-rows // 256)):
            line = [tile_pixels(frame, TileRequest(0, 256, z, x, y, look)) for x in range(-(-columns // 256))]
            lines.append(np.concatenate(line, axis=1))
        together = np.concatenate(lines, axis=0)
        assert together.shape == whole.shape
        assert np.abs(together.astype(int) - whole).mean() < 3  # JPEG


def tile_pixels(frame: FrameValues, asked: TileRequest) -> np.ndarray[Any, Any]:
    return np.asarray(Image.open(io.BytesIO(render_tile(frame, asked))))


@pytest.mark.parametrize(("z", "x", "y"), [(3, 0, 0), (0, 1, 0), (0, 0, 1), (2, 3, 0), (2, 0, 2)])
def test_outside_the_pyramid_is_nothing(z: int, x: int, y: int) -> None:
    frame = frame_of(np.zeros((300, 700), "<u2"))
    with pytest.raises(NotFound):
        render_tile(frame, TileRequest(0, 256, z, x, y))


def test_levels_cost_no_more_than_the_cache_was_told() -> None:
    frame = frame_of(np.zeros((513, 1027), "<u2"), PixelPaddingValue=0)
    told = frame.size_bytes
    levels = [frame.level(halvings).size_bytes for halvings in range(4)]
    assert sum(levels) <= told * 1.02
    assert frame.size_bytes == told


def test_without_a_window_the_files_own_or_all_values_are_shown() -> None:
    stored = np.linspace(0, 1000, 64 * 64).reshape(64, 64).astype("<u2")
    whole = show(frame_of(stored), 0, Look(), WHOLE)
    assert (whole.min(), whole.max()) == (0, 255)
    windowed = show(frame_of(stored, WindowCenter=500, WindowWidth=10), 0, Look(), WHOLE)
    assert (windowed == 0).mean() > 0.45
    assert (windowed == 255).mean() > 0.45


def test_a_picture_is_fitted_with_square_pixels() -> None:
    tall = frame_of(np.zeros((100, 100), "<u2"), PixelSpacing=[3, 1])
    assert fitted_size(tall, None) == (100, 300)
    assert look_at(tall, Look(), 60).shape == (60, 20)


@pytest.mark.parametrize(
    ("shape", "viewport", "size"),
    [
        ((64, 64), (8192, 8192), (1024, 1024)),
        ((64, 128), (8192, 8192), (1024, 512)),
        ((2000, 1500), (8192, 8192), (1500, 2000)),
    ],
)
def test_a_picture_is_enlarged_within_bounds(
    shape: tuple[int, int], viewport: tuple[int, int] | None, size: tuple[int, int]
) -> None:
    assert fitted_size(frame_of(np.zeros(shape, "<u1")), viewport) == size


def test_no_picture_has_more_pixels_than_are_made() -> None:
    width, height = fitted_size(frame_of(np.zeros((5100, 5100), "<u1")), None)
    assert MOST_PIXELS * 0.99 < width * height < MOST_PIXELS * 1.01
