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
from viewer.api.uri_query import parse_content_type, parse_uri_picture
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
            "region": "0.25,0,0.75,1.0", "imageQuality": "33", "imageAnnotation": "technique",
            "annotation": "patient",
        },
        "image/png",
    )  # fmt: skip
    assert (asked.frame_index, asked.viewport, asked.quality) == (2, (8192, 100), 33)
    assert asked.look.window == Window(-40.5, 400)
    assert asked.region == Region(0.25, 0, 0.5, 1, is_relative=True)
    assert (asked.media_type, asked.annotation) == ("image/png", ("patient", "technique"))
    assert parse_uri_picture({"rows": "10", "columns": "20"}, "").viewport == (20, 10)
    assert parse_uri_picture({}, "").viewport is None


@pytest.mark.parametrize(
    "query",
    [
        {"frameNumber": "0"}, {"frameNumber": "x"}, {"rows": "0"}, {"columns": "8193"}, {"rows": "-5"},
        {"windowCenter": "40"}, {"windowWidth": "40"}, {"windowCenter": "1,2", "windowWidth": "3"},
        {"windowCenter": "40", "windowWidth": "0"}, {"region": "0,0,1"}, {"region": "0,0,1.1,1"},
        {"region": "0.5,0,0.5,1"}, {"region": "-0.1,0,1,1"}, {"imageQuality": "101"},
        {"annotation": "patient,"}, {"imageAnnotation": "2"},
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
        # 9.4.2.4: one value
        "&contentType=application/dicom&transferSyntax=1.2.840.10008.1.2,1.2.840.10008.1.2.1",
        # 9.5.1.2.6: no windowing of a file
        "&contentType=application/dicom&windowCenter=40&windowWidth=400",
        "&contentType=application/dicom&windowWidth=400",
        # 8.3.3.1: a file or pictures, and 9.1.2.2.1: media types without these parameters
        "&contentType=application/dicom,image/jpeg",
        "&contentType=application/dicom;transfer-syntax=1.2.840.10008.1.2",
        "&contentType=text/html;charset=utf-8",
        # 9.5.2.1: more than there are
        "&frameNumber=2",
        "&frameNumber=1,1",
        "&charset=iso-8859-5",
    ):
        assert get(instance, refused.replace(";", "%3B")).problem() == (400, "bad_request"), refused
    assert get(instance, "&contentType=text/html").problem() == (406, "not_acceptable")
    unsupported = get(instance, "&contentType=application/dicom&transferSyntax=1.2.840.10008.1.2.4.100")
    assert unsupported.problem() == (406, "not_acceptable")
    instance.series.series_instance_uid = "1.2.3"
    assert get(instance).problem() == (404, "not_found")
    instance.series.series_instance_uid = ""
    assert get(instance).problem() == (400, "bad_request")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("cold")
def test_what_is_taken_anyway() -> None:
    """The habits of clients, and what the standard has two sayings for."""
    (instance,) = keep(builders.image(pattern(32, 64)))
    assert get(instance, "&frameNumber=1").status == 200
    assert get(instance, "&charset=utf-8,iso-8859-1%3Bq=0.5").status == 200
    assert get(instance, "&anonymize=no").status == 200
    assert get(instance, "&somethingOfTheirOwn=").status == 200
    as_it_came = get(instance, "&contentType=application/dicom&transferSyntax=*")
    assert as_it_came.status == 200
    assert as_it_came.body[128:132] == b"DICM"
    # 8.7.8.1: where nothing of contentType can be had, Accept says what else is taken
    fallen_back = get(instance, "&contentType=text/html", accept="image/png")
    assert (fallen_back.status, fallen_back.headers["content-type"]) == (200, "image/png")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("cold")
@pytest.mark.parametrize(
    "name",
    [
        "contentType", "charset", "anonymize", "transferSyntax", "frameNumber", "imageAnnotation", "annotation",
        "imageQuality", "rows", "columns", "region", "windowCenter", "windowWidth", "presentationUID",
        "presentationSeriesUID",
    ],
)  # fmt: skip
def test_a_parameter_that_is_known_has_a_value(name: str) -> None:
    (instance,) = keep(builders.image(pattern(8, 8)))
    answer = get(instance, f"&{name}=")
    assert answer.problem() == (400, "bad_request")
    assert answer.json()["error"]["fields"]["parameter"] == name


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("cold")
def test_annotations_by_either_name_and_a_warning_for_those_that_are_not_known() -> None:
    (instance,) = keep(builders.image(np.zeros((200, 300), "<u2"), PatientName="Doe^Jane"))
    window = "&windowCenter=500&windowWidth=1001&contentType=image/png"
    plain = get(instance, window)
    assert "warning" not in plain.headers
    for name in ("annotation", "imageAnnotation"):
        told = get(instance, f"{window}&{name}=patient,scale")
        assert told.headers["warning"].endswith(
            "/dicom-web: The following annotation values are not supported: scale"
        )
        assert told.headers["warning"].startswith("299 http")
        assert not np.array_equal(told.pixels(), plain.pixels())
    assert np.array_equal(get(instance, f"{window}&annotation=scale").pixels(), plain.pixels())


def test_media_types_are_taken_from_content_type_first() -> None:
    offered = ("image/jpeg", "image/png")
    assert parse_content_type({"contentType": "image/png"}, "image/jpeg", offered) == "image/png"
    assert parse_content_type({"contentType": "text/html"}, "image/jpeg", offered) == "image/jpeg"
    assert parse_content_type({"contentType": "text/html"}, "", offered) == "text/html"
    assert parse_content_type({}, "image/jpeg", offered) == "image/jpeg"
    assert parse_content_type({"contentType": "application/dicom"}, "*/*", offered) == "application/dicom"
