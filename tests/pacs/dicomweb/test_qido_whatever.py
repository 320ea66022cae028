"""Whatever is asked is answered or refused: no query is a fault of ours."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pacs.catalog.attributes import ATTRIBUTES
from pacs.catalog.headers import read_header
from pacs.catalog.levels import SERIES_TAGS, STUDY_TAGS
from pacs.catalog.models import InstanceMetadata
from tests.pacs.catalog.kept import register
from tests.people import alice, signed_in

pytestmark = pytest.mark.django_db
PATHS = (
    "studies",
    "series",
    "instances",
    "studies/1.2.3/series",
    "studies/1.2.3/instances",
    "studies/1.2.3/series/1.2.3.4/instances",
    "studies/count",
    "instances/count",
)
NAMES = (
    *(one.keyword for one in ATTRIBUTES),
    *sorted(STUDY_TAGS | SERIES_TAGS)[::7],
    *(
        "KVP",
        "ImageType",
        "AcquisitionDateTime",
        "PixelData",
        "FrameIncrementPointer",
        "00230010",
        "00231001",
    ),
    *("RequestAttributesSequence.ScheduledProcedureStepID", "00101002.00100020", "00400275", "0008001"),
    *(
        "SOPClassesInStudy",
        "RetrieveURL",
        "TimezoneOffsetFromUTC",
        "SpecificCharacterSet",
        "x.y.z",
        "_",
        "",
        ".",
    ),
    *(
        "fuzzymatching",
        "limit",
        "offset",
        "after",
        "includefield",
        "emptyvaluematching",
        "multiplevaluematching",
    ),
)
VALUES = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="0123456789.-+:*?\\,=^\" '%&;[]()|\0\n", max_size=30),
    st.sampled_from(
        (
            "",
            "*",
            "true",
            "false",
            "all",
            "20240101-",
            "-1200",
            "1.2.3",
            "1.2.3,1.2.4",
            "=^",
            '""',
            "-1",
            "9" * 30,
        )
    ),
    st.sampled_from(
        ("*a" * 400, "a^*" * 300, "1," * 9000, "\\" * 500, "山田^太郎=やまだ", "\U0001f600*", "ß?ſ")
    ),
)


@pytest.fixture
def alices() -> Client:
    register(
        StudyInstanceUID="1.2.3",
        SeriesInstanceUID="1.2.3.4",
        SOPInstanceUID="1.2.3.4.5",
        KVP="120",
        ImageType=["ORIGINAL", "PRIMARY"],
    )
    assert read_header(bytes(InstanceMetadata.objects.get().dicom_json))
    return signed_in(alice())


@settings(
    max_examples=250,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    path=st.sampled_from(PATHS),
    query=st.lists(st.tuples(st.sampled_from(NAMES) | st.text(max_size=12), VALUES), max_size=5),
    accept=st.sampled_from(("", "application/dicom+json", "application/dicom+xml", "text/csv", "image/png")),
)
def test_whatever_is_asked_is_answered(
    alices: Client, path: str, query: list[tuple[str, str]], accept: str
) -> None:
    cache.clear()
    address = f"/dicom-web/{path}?{urlencode(query, errors='replace')}"
    answer: Any = alices.get(address, headers={"Accept": accept} if accept else {})
    assert answer.status_code in (200, 204, 400, 406), (address, answer.content)
    if answer.status_code == 400:
        assert answer.json()["error"]["fields"]["reason"]
