"""WADO-URI (PS3.18 9): the same pictures and files as of WADO-RS, by its own parameters."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from pacs.catalog.models import Instance
from pacs.errors import BadRequest
from tests import builders, people
from tests.viewer.api.test_viewport import pattern
from tests.viewer.client import Response, ask
from tests.viewer.kept import keep
from viewer.api import door
from viewer.api.wado_uri import parse_uri_picture
from viewer.imaging.types import Window
from viewer.rendering.region import Region


def get(instance: Instance, more: str = "", at: str = "/wado", **headers: str) -> Response:
    series = instance.series
    path = (
        f"{at}?requestType=WADO&studyUID={series.study.study_instance_uid}"
        f"&seriesUID={series.series_instance_uid}&objectUID={instance.sop_instance_uid}{more}"
    )
    return asyncio.run(
        ask(door.app, path, authorization=f"Bearer {people.key_of(people.alice())}", **headers)
    )


def test_what_the_parameters_say() -> None:
    asked = parse_uri_picture(
        {
            "frameNumber": "3", "rows": "100", "windowCenter": "-40.5", "windowWidth": "4e2",
            "region": "0.25,0,0.75,1.0", "imageQuality": "33", "contentType": "image/png", "charset": "UTF-8",
        },
        "image/jpeg",
    )  # fmt: skip
    assert (asked.frame_index, asked.viewport, asked.quality) == (2, (8192, 100), 33)
    assert asked.look.window == Window(-40.5, 400)
    assert asked.region == Region(0.25, 0, 0.5, 1, is_relative=True)
    assert asked.media_type == "image/png"
    assert parse_uri_picture({"rows": "10", "columns": "20"}, "").viewport == (20, 10)
    assert parse_uri_picture({}, "").viewport is None


@pytest.mark.parametrize(
    "query",
    [
        {"frameNumber": "0"}, {"frameNumber": "x"}, {"rows": "0"}, {"columns": "8193"}, {"rows": "-5"},
        {"windowCenter": "40"}, {"windowWidth": "40"}, {"windowCenter": "1,2", "windowWidth": "3"},
        {"windowCenter": "40", "windowWidth": "0"}, {"region": "0,0,1"}, {"region": "0,0,1.1,1"},
        {"region": "0.5,0,0.5,1"}, {"region": "-0.1,0,1,1"}, {"imageQuality": "101"},
        {"annotation": "all"},
    ],
)  # fmt: skip
def test_what_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(BadRequest):
        parse_uri_picture(query, "")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("cold")
def test_pictures_and_files_by_uri() -> None:
    (instance,) = keep(builders.image(pattern(32, 64)))
    window = "&windowCenter=500&windowWidth=1001"
    whole = get(instance, f"{window}&contentType=image/png")
    assert (whole.status, whole.headers["content-type"]) == (200, "image/png")
    cut = get(instance, f"{window}&contentType=image/png&region=0.25,0.5,0.5,1.0").pixels()
    assert np.array_equal(cut, whole.pixels()[16:, 16:32])
    assert get(instance, "&rows=16", at="/dicom-web/wado").pixels().shape == (16, 32)
    assert get(instance).headers["content-type"] == "image/jpeg"
    file = get(instance, "&contentType=application/dicom")
    assert (file.status, file.headers["content-type"].partition(";")[0]) == (200, "application/dicom")
    assert file.body[128:132] == b"DICM"
    implicit = get(instance, "&contentType=application/dicom&transferSyntax=1.2.840.10008.1.2")
    assert b"1.2.840.10008.1.2\0" in implicit.body[:400]
    for refused in (
        "&anonymize=yes",
        "&contentType=application/dicom&transferSyntax=x",
        "&annotation=all",
    ):
        assert get(instance, refused).problem() == (400, "bad_request")
    assert get(instance, "&contentType=text/html").problem() == (406, "not_acceptable")
    assert get(instance, "&frameNumber=2").problem() == (404, "not_found")
    instance.series.series_instance_uid = "1.2.3"
    assert get(instance).problem() == (404, "not_found")
    instance.series.series_instance_uid = ""
    assert get(instance).problem() == (400, "bad_request")
