"""What may be asked of the pixel routes, and that everything else is a clear refusal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pacs.errors import BadRequest
from viewer.api import media
from viewer.api.media import OFFERED, NotAcceptable, choose, choose_thumbnail_type, takes_gzip
from viewer.api.params import (
    PRESETS,
    parse_look,
    parse_part,
    parse_picture_request,
    parse_pixel,
    parse_quality,
    parse_tile_look,
    parse_tile_request,
    parse_window,
)
from viewer.imaging.types import Window
from viewer.rendering.request import Look, etag

TILE = {"frame": "3", "z": "2", "x": "1", "y": "0"}


def test_frames_are_counted_from_one_outside_and_from_zero_inside() -> None:
    assert parse_tile_request(TILE, {}).frame_index == 2
    with pytest.raises(BadRequest) as refused:
        parse_tile_request({**TILE, "frame": "0"}, {})
    assert refused.value.fields["parameter"] == "frame"


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("40,400", Window(40, 400)),
        ("-600.5,1500,LINEAR", Window(-600.5, 1500)),
        ("0.5,1,linear-exact", Window(0.5, 1, "LINEAR_EXACT")),
        ("40,0.25,SIGMOID", Window(40, 0.25, "SIGMOID")),
        ("1e3,2E+2", Window(1000, 200)),
        ("+40,400.", Window(40, 400)),
    ],
)
def test_windows_that_are_understood(text: str, window: Window) -> None:
    assert parse_window(text) == window


@pytest.mark.parametrize(
    "text",
    ["", "40", "40,0", "40,0.5", "40,-1", "nan,400", "40,inf", "1_0,400", "40,400,cubic", "40,400,LINEAR,1",
     "40,0,SIGMOID", "0x10,4", "40;400", "1e99,400", "٤٠,400"],
)  # fmt: skip
def test_windows_that_are_refused(text: str) -> None:
    with pytest.raises(BadRequest) as refused:
        parse_window(text)
    assert refused.value.fields["parameter"] == "window"


def test_presets_are_those_of_the_app() -> None:
    """frontend/tests/contracts/presets.json, which the app's own are held to as well."""
    file = Path(__file__).parents[3] / "frontend/tests/contracts/presets.json"
    assert {name: {"center": one.center, "width": one.width} for name, one in PRESETS.items()} == json.loads(
        file.read_text(encoding="utf-8")
    )
    assert {one.function for one in PRESETS.values()} == {"LINEAR"}


def test_presets_are_the_ones_radiologists_know() -> None:
    assert parse_look({"preset": "lung"}).window == Window(-600, 1500)
    assert parse_look({"preset": "brain"}).window == Window(40, 80)
    assert set(PRESETS) == {"lung", "bone", "brain", "abdomen", "mediastinum"}
    with pytest.raises(BadRequest):
        parse_look({"preset": "liver"})


def test_a_window_goes_before_a_preset_and_none_means_the_files_own() -> None:
    assert parse_look({"preset": "lung", "window": "1,2"}).window == Window(1, 2)
    assert parse_look({}).window is None


@pytest.mark.parametrize("query", [{"size": "128"}, {"invert": "yes"}, {"size": ""}])
def test_other_parameters_that_are_refused(query: dict[str, str]) -> None:
    with pytest.raises(BadRequest):
        parse_tile_request(TILE, query)


def test_quality_within_bounds_only() -> None:
    assert parse_quality("100") == 100
    for text in ("0", "101", "high", "1.5"):
        with pytest.raises(BadRequest):
            parse_quality(text)


def test_a_thumbnail_is_small_unless_told_otherwise() -> None:
    assert parse_picture_request({}, {}, "", thumbnail=True).viewport == (256, 256)
    assert parse_picture_request({}, {"viewport": "64,64"}, "", thumbnail=True).viewport == (64, 64)
    assert parse_picture_request({}, {}, "", thumbnail=False).viewport is None


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("", "image/jpeg"),
        ("*/*", "image/jpeg"),
        ("image/*", "image/jpeg"),
        ("image/png", "image/png"),
        ("image/png;q=0.4, image/webp;q=0.6", "image/webp"),
        ("image/jpeg;q=0.1, */*;q=0.5", "image/webp"),
        ("text/html, image/PNG", "image/png"),
        ("image/jpeg;q=0, image/*", "image/webp"),
    ],
)
def test_the_format_a_client_likes_best(accept: str, given: str) -> None:
    assert choose(accept, OFFERED) == given


@pytest.mark.parametrize(
    "accept", ["application/dicom", "image/jp2", "image/jpeg;q=0", "video/mp4, text/plain"]
)
def test_a_client_that_takes_none_is_told(accept: str) -> None:
    with pytest.raises(NotAcceptable):
        choose(accept, OFFERED)


def test_the_accept_parameter_goes_before_the_header() -> None:
    asked = parse_picture_request({}, {"accept": "image/png"}, "image/jpeg", thumbnail=False)
    assert asked.media_type == "image/png"


def test_thumbnails_are_webp_for_who_names_it_and_jpeg_for_everyone_else() -> None:
    assert choose_thumbnail_type("image/avif,image/webp,*/*;q=0.8") == "image/webp"
    assert choose_thumbnail_type("image/webp;q=0") == "image/jpeg"
    assert choose_thumbnail_type("application/json") == "image/jpeg"


def test_gzip_only_for_who_takes_it() -> None:
    assert takes_gzip("gzip, deflate, br")
    assert not takes_gzip("br")
    assert not takes_gzip("gzip;q=0, *")


def test_etags_differ_when_anything_asked_differs() -> None:
    queries: list[dict[str, str]] = [
        {},
        {"window": "40,400"},
        {"window": "40,401"},
        {"invert": "1"},
        {"size": "512"},
    ]
    tags = {etag("blob", parse_tile_request(TILE, query)) for query in queries}
    tags |= {
        etag("blob", parse_tile_request({**TILE, "x": "0"}, {})),
        etag("other", parse_tile_request(TILE, {})),
    }
    assert len(tags) == len(queries) + 2


def test_of_an_accept_header_only_its_beginning_is_kept() -> None:
    media._choose.cache_clear()
    for number in range(3):
        wish = f"image/png,{' ' * (1 << 20)}{number}"
        assert media.choose(wish, OFFERED) == "image/png"
    assert media._choose.cache_info().currsize == 1


def test_a_tile_may_be_shown_by_a_table_of_the_file_and_in_a_palette() -> None:
    look = parse_tile_look({"voi-lut": "2", "palette": "hot-iron", "invert": "1"})
    assert look == Look(None, True, voi_lut_index=1, palette="hot-iron")
    assert parse_tile_look({"window": "1,2", "palette": "pet"}) == Look(Window(1, 2), palette="pet")
    plain = {"voi-lut": "2", "palette": "hot-iron"}
    assert parse_look(plain) == Look(), "PS3.18 knows no such parameters: /rendered leaves them alone"


@pytest.mark.parametrize(
    "query",
    [
        {"voi-lut": "0"},
        {"voi-lut": "-1"},
        {"voi-lut": "first"},
        {"voi-lut": "1", "window": "40,400"},
        {"voi-lut": "1", "preset": "lung"},
        {"palette": "rainbow"},
        {"palette": "../pet"},
        {"palette": ""},
    ],
)
def test_other_tables_and_palettes_are_refused(query: dict[str, str]) -> None:
    with pytest.raises(BadRequest) as refused:
        parse_tile_look(query)
    assert refused.value.fields["parameter"] in query


def test_a_pixel_is_named_by_column_and_row() -> None:
    assert parse_pixel({"x": "3", "y": "0"}) == (3, 0)
    for query in ({}, {"x": "3"}, {"x": "3", "y": "-1"}, {"x": "3", "y": "1.5"}, {"x": "1" * 6, "y": "0"}):
        with pytest.raises(BadRequest):
            parse_pixel(query)


def test_a_part_is_named_by_its_corners() -> None:
    assert parse_part({}) == (slice(None), slice(None))
    assert parse_part({"part": "1,2,30,40"}) == (slice(2, 40), slice(1, 30))
    for part in ("", "1,2,3", "1,2,1,4", "1,4,3,4", "-1,0,3,4", "1,2,3,4,5", "a,b,c,d", "1,2,3,999999"):
        with pytest.raises(BadRequest):
            parse_part({"part": part})
