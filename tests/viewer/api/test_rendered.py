"""WADO-RS /rendered and /thumbnail (PS3.18 10.4.1.1.3): what the frame looks like, in the size and format asked for."""

from __future__ import annotations

import asyncio
import io
import threading
from itertools import islice
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pacs.catalog.models import Instance
from tests import builders, people
from tests.viewer.client import Response, ask
from tests.viewer.kept import keep
from viewer.api import door

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cold")]


def get(instance: Instance, resource: str = "rendered", **headers: str) -> Response:
    series = instance.series
    path = (
        f"/dicom-web/studies/{series.study.study_instance_uid}/series/{series.series_instance_uid}"
        f"/instances/{instance.sop_instance_uid}/{resource}"
    )
    return asyncio.run(
        ask(door.app, path, authorization=f"Bearer {people.key_of(people.alice())}", **headers)
    )


def opened(answer: Response, mode: str) -> np.ndarray[Any, Any]:
    return np.asarray(Image.open(io.BytesIO(answer.body)).convert(mode))


def ramp(rows: int = 32, columns: int = 64) -> np.ndarray[Any, Any]:
    return np.tile(np.linspace(0, 1000, columns).astype("<u2"), (rows, 1))


def test_monochrome2_is_bright_where_values_are_high_and_monochrome1_where_they_are_low() -> None:
    for photometric, rises in (("MONOCHROME2", True), ("MONOCHROME1", False)):
        (instance,) = keep(builders.image(ramp(), PhotometricInterpretation=photometric))
        row = get(instance, "rendered?window=500,1000", accept="image/png").pixels()[5].astype(int)
        dark, bright = (row[0], row[-1]) if rises else (row[-1], row[0])
        assert (dark < 15, bright > 240) == (True, True)


def test_colour_stays_colour() -> None:
    (instance,) = keep(builders.colour(rows=16, columns=32))
    pixels = get(instance, accept="image/png").pixels()
    assert pixels.shape == (16, 32, 3)
    assert np.array_equal(pixels[7, 20], [7, 20, 0])


@pytest.mark.parametrize(("spacing", "shape"), [([2, 1], (64, 64)), ([1, 2], (32, 128)), ([1, 1], (32, 64))])
def test_pixels_come_out_square(spacing: list[float], shape: tuple[int, int]) -> None:
    (instance,) = keep(builders.image(ramp(), PixelSpacing=spacing))
    assert get(instance, accept="image/png").pixels().shape == shape


@pytest.mark.parametrize(
    ("viewport", "shape"), [("32,32", (16, 32)), ("1000,64", (64, 128)), ("20,5", (5, 10)), ("1,1", (1, 1))]
)
def test_it_fits_the_viewport_and_keeps_its_shape(viewport: str, shape: tuple[int, int]) -> None:
    (instance,) = keep(builders.image(ramp()))
    assert get(instance, f"rendered?viewport={viewport}", accept="image/png").pixels().shape == shape


def test_a_thumbnail_is_small() -> None:
    (instance,) = keep(builders.image(ramp(512, 1024)))
    assert get(instance, "thumbnail").pixels().shape == (128, 256)


def test_quality_is_honoured() -> None:
    noise = np.random.default_rng(0).integers(0, 1000, (64, 64)).astype("<u2")
    (instance,) = keep(builders.image(noise))
    sizes = [
        len(get(instance, f"rendered?window=500,1000&quality={quality}").body) for quality in (10, 60, 100)
    ]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[2] / 3


@pytest.mark.parametrize("accept", ["image/jpeg", "image/png", "image/webp", "image/gif"])
def test_formats_by_accept(accept: str) -> None:
    (instance,) = keep(builders.image(ramp()))
    answer = get(
        instance, "rendered?viewport=512,512", accept=f"application/json;q=0.1, {accept};q=0.5, */*;q=0"
    )
    assert answer.headers["content-type"] == accept
    assert "Accept" in answer.headers["vary"]
    assert answer.pixels().shape[:2] == (256, 512)


@pytest.mark.parametrize("resource", ["rendered", "rendered?viewport=513,64"])
def test_webp_is_for_small_pictures_only(resource: str) -> None:
    (instance,) = keep(builders.image(ramp()))
    assert get(instance, resource, accept="image/webp").problem() == (406, "not_acceptable")
    assert get(instance, resource, accept="image/webp, image/*").headers["content-type"] == "image/jpeg"
    assert get(instance, "thumbnail", accept="image/webp").headers["content-type"] == "image/webp"


def test_a_small_frame_is_not_made_a_huge_picture() -> None:
    (instance,) = keep(builders.image(ramp()))
    answer = get(instance, "rendered?viewport=8192,8192", accept="image/png")
    assert answer.pixels().shape == (512, 1024)


def test_large_pictures_are_made_two_at_once_for_each_and_no_tile_waits_for_them() -> None:
    (instance,) = keep(builders.image(np.zeros((1200, 1200), "<u2")))
    series, hold = instance.series, threading.Event()
    path = (
        f"/dicom-web/studies/{series.study.study_instance_uid}/series/{series.series_instance_uid}"
        f"/instances/{instance.sop_instance_uid}/rendered"
    )
    alice, bob = (f"Bearer {people.key_of(who())}" for who in (people.alice, people.bob))
    tile = f"/view/instances/{instance.sop_instance_uid}/frames/1/tiles/0/0/0.jpg"

    async def storm() -> tuple[list[Response], Response]:
        large = [asyncio.ensure_future(ask(door.app, path, authorization=alice)) for _ in range(4)]
        large.append(asyncio.ensure_future(ask(door.app, path, authorization=bob)))
        for refused in islice(asyncio.as_completed(large), 2):
            await refused
        beside = await ask(door.app, tile, authorization=alice)
        hold.set()
        return await asyncio.gather(*large), beside

    async def guarded() -> tuple[list[Response], Response]:
        occupied = asyncio.ensure_future(door._large.run("somebody", lambda: hold.wait(10)))
        answers = await storm()
        await occupied
        return answers

    large, beside = asyncio.run(guarded())
    assert beside.status == 200
    assert sorted(one.status for one in large) == [200, 200, 200, 503, 503]
    assert large[-1].status == 200  # the other's
    assert all("retry-after" in one.headers for one in large if one.status == 503)


def test_no_common_format_is_not_acceptable() -> None:
    (instance,) = keep(builders.image(ramp()))
    assert get(instance, accept="application/dicom+json").problem() == (406, "not_acceptable")


def test_frames_are_numbered_and_the_path_must_be_true() -> None:
    (instance,) = keep(builders.multiframe(3))
    for number in (1, 2, 3):
        answer = get(instance, f"frames/{number}/rendered?window=2,3,linear-exact", accept="image/png")
        # PS3.3 C.11.2.1.3.2: (n - 2) / 3 + 0.5 of 255 greys
        assert abs(int(answer.pixels()[0, 0]) - 255 * ((number - 2) / 3 + 0.5)) <= 1
    assert get(instance, "frames/4/rendered").problem() == (404, "not_found")
    instance.series.series_instance_uid = "1.2.3"
    assert get(instance).problem() == (404, "not_found")


def test_gif_holds_each_grey_and_colours_nearly() -> None:
    grey, colour = keep(builders.image(ramp()), builders.colour(rows=16, columns=32))
    window = "rendered?window=500,1001"
    as_png = get(grey, window, accept="image/png").pixels()
    assert np.array_equal(opened(get(grey, window, accept="image/gif"), "L"), as_png)
    true = get(colour, accept="image/png").pixels().astype(int)
    shown = opened(get(colour, accept="image/gif"), "RGB").astype(int)
    assert np.abs(shown - true).mean() < 3
