"""viewport (PS3.18 8.3.5.1.3): how it is written, and which pixels then come, of /rendered as a client asks for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pacs.errors import BadRequest
from tests import builders
from tests.viewer.api.test_rendered import get, ramp
from tests.viewer.kept import keep
from viewer.api.viewport import parse_viewport
from viewer.rendering.region import WHOLE, Region

ROUNDED = 0.51  # a grey is a whole number, the truth has two decimals
EXACTLY = "window=500,1001"  # a ramp of 0 to 1000 comes out with a grey of its own for each column


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("640,480", WHOLE),
        ("640,480,10,20", Region(10, 20)),
        ("640,480,10,20,30,40", Region(10, 20, 30, 40)),
        ("640,480,,,30,40", Region(0, 0, 30, 40)),
        ("640,480,10,,,", Region(10, 0)),
        ("640,480,-10,-20,30,40", Region(10, 20, 30, 40)),
        ("640,480,0,0,-30,40", Region(0, 0, 30, 40, turns_left_right=True)),
        ("640,480,0,0,30,-40", Region(0, 0, 30, 40, turns_top_bottom=True)),
        ("640,480,1.5,.5,-2.25,-4.", Region(1.5, 0.5, 2.25, 4, turns_left_right=True, turns_top_bottom=True)),
        ("640,480,0,0,", WHOLE),
        ("640,480,0,0,1", Region(0, 0, 1)),
        ("640,480,5", Region(5, 0)),
        ("640,480,,,,7", Region(0, 0, None, 7)),
        ("640", None),
        ("640,480,0,0,1,1,1", None),
        ("0,1", None),
        ("1,0", None),
        ("8193,1", None),
        ("-1,5", None),
        ("a,b", None),
        ("6.5,5", None),
        (",", None),
        ("640,480,x,0", None),
        ("640,480,1e3,0", None),
        ("640,480,nan,inf", None),
        ("640,480,0,0,0,4", None),
        ("640,480,0,0,4,-0.5", None),
        ("640,480,0,0,\u0661,4", None),
        ("", None),
    ],
)
def test_how_a_viewport_is_written(text: str, region: Region | None) -> None:
    if region is None:
        with pytest.raises(BadRequest):
            parse_viewport(text)
    else:
        assert parse_viewport(text) == ((640, 480), region)


def shown(rows: int, columns: int, query: str) -> np.ndarray[Any, Any]:
    (instance,) = keep(builders.image(pattern(rows, columns)))
    return get(instance, f"rendered?{EXACTLY}&{query}", accept="image/png").pixels()


def pattern(rows: int, columns: int) -> np.ndarray[Any, Any]:
    """Nothing in it is like its mirror image."""
    return (np.arange(rows)[:, None] * 7 + np.arange(columns)[None, :] * 3).astype("<u2")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("cold")
@pytest.mark.parametrize(
    ("viewport", "cut"),
    [
        ("64,32", np.s_[:, :]),
        ("54,22,10,10", np.s_[10:, 10:]),
        ("20,8,10,10,20,8", np.s_[10:18, 10:30]),
        ("20,8,10,10,-20,8", np.s_[10:18, 29:9:-1]),
        ("20,8,10,10,20,-8", np.s_[17:9:-1, 10:30]),
        ("20,8,10,10,-20,-8", np.s_[17:9:-1, 29:9:-1]),
        ("64,32,0,0,-64,32", np.s_[:, ::-1]),
        ("64,32,,,,-32", np.s_[::-1, :]),
        ("14,32,50,0,1000,1000", np.s_[:, 50:]),  # what reaches beyond the frame is cut off
        ("1,1,63,31,1,1", np.s_[31:, 63:]),
    ],
)
def test_a_region_is_cut_out_and_turned_over(viewport: str, cut: tuple[slice, slice]) -> None:
    whole = shown(32, 64, "")
    assert np.array_equal(shown(32, 64, f"viewport={viewport}"), whole[cut])


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("cold")
@pytest.mark.parametrize(
    ("viewport", "shape"),
    [("100,100,0,0,20,10", (50, 100)), ("10,10,0,0,20,10", (5, 10)), ("40,100,0,0,10,20", (80, 40))],
)
def test_a_region_is_scaled_and_keeps_its_shape(viewport: str, shape: tuple[int, int]) -> None:
    assert shown(32, 64, f"viewport={viewport}").shape == shape


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("cold")
def test_what_is_made_smaller_is_averaged_within_the_region_only() -> None:
    values = np.zeros((64, 64), "<u2")
    values[16:32, 16:48] = 1000
    (instance,) = keep(builders.image(values))
    picture = get(instance, f"rendered?{EXACTLY}&viewport=8,4,16,16,32,16", accept="image/png").pixels()
    assert picture.shape == (4, 8)
    assert (picture == 255).all()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("cold")
def test_pixels_of_a_region_come_out_square() -> None:
    (instance,) = keep(builders.image(ramp(), PixelSpacing=[2, 1]))
    answer = get(instance, "rendered?viewport=500,500,0,0,20,10", accept="image/png")
    assert answer.pixels().shape == (500, 500)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("cold")
@pytest.mark.parametrize("viewport", ["9,9,64,0", "9,9,0,32,1,1", "9,9,63.5,0", "9,9,1000,1000,5,5"])
def test_a_region_outside_the_frame_is_refused(viewport: str) -> None:
    (instance,) = keep(builders.image(ramp()))
    assert get(instance, f"rendered?viewport={viewport}").problem() == (400, "bad_request")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("cold")
def test_golden_greys_whole_cut_out_and_turned_over(shared_data: Path) -> None:
    """Against truths that were computed where the files were made, each asked for as the one pixel of a region."""
    folder = shared_data / "synthetic"
    told = json.loads((folder / "EXPECTED.json").read_text(encoding="utf-8"))
    wrong, seen = [], 0
    for name in ("u8_monochrome1", "u8_monochrome2", "u10in16_monochrome1"):
        path = f"pixel-matrix/{name}.dcm"
        (instance,) = keep((folder / path).read_bytes())
        whole = get(instance, accept="image/png").pixels().astype(int)
        rows, columns = whole.shape
        turned = f"rendered?viewport={columns},{rows},0,0,-{columns},-{rows}"
        over = get(instance, turned, accept="image/png").pixels().astype(int)
        for place, truth in told[path]["expected_gray_LINEAR(row,col)"].items():
            row, column = (int(number) for number in place.split(","))
            pixel = get(instance, f"rendered?viewport=1,1,{column},{row},1,1", accept="image/png").pixels()
            greys = (whole[row, column], over[rows - 1 - row, columns - 1 - column], int(pixel[0, 0]))
            seen += 1
            wrong += [(path, place, greys, truth) for grey in greys if abs(grey - truth) > ROUNDED]
    assert wrong == []
    assert seen == 12
