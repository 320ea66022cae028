"""Values, windows by values, and the looks that a file brings, as a client is told them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset

from tests import builders, people
from tests.viewer.client import Response, ask
from tests.viewer.kept import keep
from viewer.api import door

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cold")]

PT_SUV = Path(__file__).parents[4] / "shared/data/synthetic/pt-suv"


def kept(file: bytes, frame: int = 1) -> str:
    """The address of a frame of it, once it was taken in."""
    (instance,) = keep(file)
    return f"/view/instances/{instance.sop_instance_uid}/frames/{frame}"


def get(frame: str, rest: str) -> Response:
    bearer = f"Bearer {people.key_of(people.alice())}"
    return asyncio.run(ask(door.app, f"{frame}/{rest}", authorization=bearer))


def value(frame: str, column: int, row: int) -> Any:
    return get(frame, f"value?x={column}&y={row}").json()


def test_a_value_is_that_of_the_stored_pixel_and_says_where_it_is() -> None:
    file = kept(
        builders.ct_slice(
            16, 20, slope=2, intercept=-1000, ImagePositionPatient=[-10, 5, 70.25], PixelSpacing=[0.5, 0.25]
        )
    )
    assert value(file, 3, 2) == {
        "column": 3,
        "row": 2,
        "value": (2 * 20 + 3) * 2 - 1000,
        "colour": None,
        "padding": False,
        "suv": None,
        "position_mm": [-10 + 3 * 0.25, 5 + 2 * 0.5, 70.25],
        "unit": "HU",
    }


def test_a_value_is_exact_whatever_the_picture_does_to_it() -> None:
    """Inverted, MONOCHROME1, in a window that shows nothing of it: the value is the value."""
    stored = np.full((600, 700), 7, "<u2")
    stored[599, 698] = 65535
    file = kept(
        builders.image(stored, PhotometricInterpretation="MONOCHROME1", WindowCenter=1, WindowWidth=1)
    )
    assert [value(file, 698, 599)["value"], value(file, 697, 599)["value"]] == [65535, 7]


def test_a_value_of_decimal_scale_has_no_digits_that_are_not_known() -> None:
    file = kept(builders.image(np.full((4, 4), 3, "<u2"), RescaleSlope=0.1, RescaleIntercept=0))
    assert value(file, 0, 0)["value"] == 0.3


def test_padding_has_no_value_and_colours_are_three() -> None:
    stored = np.zeros((4, 4), "<u2")
    told = value(kept(builders.image(stored, PixelPaddingValue=0)), 1, 1)
    assert (told["padding"], told["value"]) == (True, None)
    told = value(kept(builders.colour()), 5, 3)
    assert (told["colour"], told["value"]) == ([3, 5, 0], None)


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("x=16&y=0", (404, "not_found")),
        ("x=0&y=16", (404, "not_found")),
        ("x=-1&y=0", (400, "bad_request")),
        ("", (400, "bad_request")),
    ],
)
def test_there_is_no_value_beside_the_picture(query: str, problem: tuple[int, str]) -> None:
    assert get(kept(builders.ct_slice()), f"value?{query}").problem() == problem
    assert get(kept(builders.ct_slice(), frame=2), "value?x=1&y=1").problem() == (404, "not_found")


@pytest.mark.skipif(not PT_SUV.is_dir(), reason="the shared data is not here")
def test_uptake_is_told_where_the_file_says_all_that_it_takes() -> None:
    told = value(kept((PT_SUV / "pt_016.dcm").read_bytes()), 32, 32)
    assert told["suv"] == pytest.approx(told["value"] * told["suv"] / told["value"])
    assert told["unit"] == "BQML"
    assert 0 < told["suv"] <= 5.01


def test_an_answer_about_pixels_is_kept_by_no_browser() -> None:
    assert get(kept(builders.ct_slice()), "value?x=1&y=1").headers["cache-control"] == "private, no-store"


def test_the_window_of_a_part_is_by_its_values_alone() -> None:
    stored = np.zeros((40, 40), "<u2")
    stored[:, 20:] = np.linspace(1000, 1199, 20).astype("<u2")
    file = kept(builders.image(stored, RescaleIntercept=-1000, RescaleSlope=1))
    assert get(file, "auto-window").json() == {"center": -400, "width": 1200, "function": "LINEAR"}
    right = get(file, "auto-window?part=20,0,40,40").json()
    assert right == {"center": 100, "width": 200, "function": "LINEAR"}
    # A part beyond the edge is what of it is there; none of it has no window.
    assert get(file, "auto-window?part=20,0,99,99").json() == right
    assert get(file, "auto-window?part=50,50,99,99").problem() == (404, "not_found")


def test_padding_and_colours_make_no_window() -> None:
    stored = np.array([[0, 0, 500], [0, 0, 700]], "<u2")
    told = get(kept(builders.image(stored, PixelPaddingValue=0)), "auto-window").json()
    assert told == {"center": 600.5, "width": 201, "function": "LINEAR"}
    assert get(kept(builders.colour()), "auto-window").problem() == (404, "not_found")


def test_all_looks_of_a_file_are_told_and_can_be_asked_for() -> None:
    table = Dataset()
    table.LUTDescriptor, table.LUTData, table.LUTExplanation = [16, 0, 8], list(range(0, 256, 17)), "STEEP"
    table["LUTDescriptor"].VR, table["LUTData"].VR = "US", "US"
    file = kept(
        builders.image(
            np.full((8, 8), 15, "<u2"),
            WindowCenter=[1, 2],
            WindowWidth=[10, 20],
            WindowCenterWidthExplanation=["A", "B"],
            VOILUTSequence=[table],
        )
    )
    assert get(file, "looks").json() == {
        "windows": [
            {"center": 1, "width": 10, "function": "LINEAR", "name": "A"},
            {"center": 2, "width": 20, "function": "LINEAR", "name": "B"},
        ],
        "voi_luts": [{"name": "STEEP", "first": 0, "last": 15}],
        "suv_factor": None,
    }


def tiles_of(frame: str, *queries: str) -> list[Response]:
    return [get(frame, f"tiles/0/0/0.jpg?{query}") for query in queries]


def test_a_tile_is_shown_by_the_table_asked_for() -> None:
    tables = []
    for grey in (50, 200):
        table = Dataset()
        table.LUTDescriptor, table.LUTData = [2, 0, 8], [grey, grey]
        table["LUTDescriptor"].VR, table["LUTData"].VR = "US", "US"
        tables.append(table)
    file = kept(
        builders.image(np.ones((8, 8), "<u2"), WindowCenter=1, WindowWidth=100, VOILUTSequence=tables)
    )
    one, other, none, own = tiles_of(file, "voi-lut=1", "voi-lut=2", "voi-lut=3", "")
    assert [round(float(tile.pixels().mean())) for tile in (one, other)] == [50, 200]
    # A table is chosen for a stack: a slice that has not so many is shown its own way, and says so.
    assert np.array_equal(none.pixels(), own.pixels())
    assert none.headers["lightbox-window"] == own.headers["lightbox-window"]
    assert one.headers["etag"] != other.headers["etag"]
    assert "lightbox-window" not in one.headers


def test_a_tile_is_coloured_by_a_palette_of_the_standard() -> None:
    file = kept(builders.image(np.full((64, 64), 128, "<u1"), PixelPaddingValue=7, RescaleSlope=1))
    grey, hot, inverted = tiles_of(
        file, "window=128,256", "window=128,256&palette=hot-iron", "window=128,256&palette=hot-iron&invert=1"
    )
    assert grey.pixels().ndim == 2
    # PS3.6 B.1.1: red is full from the middle on, green begins there, blue is still 0.
    assert np.abs(hot.pixels().reshape(-1, 3).mean(axis=0) - [255, 0, 0]).max() < 4
    assert np.abs(inverted.pixels().reshape(-1, 3).mean(axis=0) - [254, 0, 0]).max() < 4


def test_padding_and_colours_are_left_as_they_are_by_a_palette() -> None:
    padded = kept(builders.image(np.full((64, 64), 7, "<u2"), PixelPaddingValue=7))
    (tile,) = tiles_of(padded, "palette=hot-metal-blue&invert=1")
    assert tile.pixels().max() == 0
    plain, asked = tiles_of(kept(builders.colour()), "", "palette=pet")
    assert np.array_equal(plain.pixels(), asked.pixels())
