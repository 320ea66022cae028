"""What is kept of a series' requests, and that whatever a header says does no harm."""

from __future__ import annotations

import json
import zlib
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from pydicom import Dataset

from pacs.catalog.models import SeriesRequest
from pacs.catalog.requests import MOST_REQUESTS, requests_of
from tests.pacs.catalog.kept import register


def kept(value: Any) -> bytes:
    return zlib.compress(json.dumps({"00400275": value}).encode())


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {"vr": "SQ"},
        {"vr": "SQ", "Value": None},
        {"vr": "SQ", "Value": "text"},
        {"vr": "SQ", "Value": [None]},
        {"vr": "SQ", "Value": [{"00400009": "text"}]},
        {"vr": "SQ", "Value": [{"00400009": {"Value": [None]}}]},
        {"vr": "SQ", "Value": [{"00400009": {"Value": [{"a": 1}]}}]},
    ],
    ids=str,
)
def test_what_is_no_request_is_none(value: Any) -> None:
    assert requests_of(kept(value)) == []


def test_what_is_no_header_has_no_requests() -> None:
    for made in (b"", b"text", zlib.compress(b'{"00400275"'), zlib.compress(b'"00400275"' + b"[" * 100_000)):
        assert requests_of(made) == []


def test_requests_are_cleaned_and_bounded() -> None:
    items = [{"00400009": {"vr": "SH", "Value": [f"S\0{n}" + "x" * 100]}} for n in range(50)]
    found = requests_of(kept({"vr": "SQ", "Value": items}))
    assert len(found) == MOST_REQUESTS
    assert found[0]["scheduled_procedure_step_id"].startswith("S 0x")
    assert {len(one["scheduled_procedure_step_id"]) for one in found} == {64}
    assert {one["requested_procedure_id"] for one in found} == {""}


@pytest.mark.django_db
def test_series_that_were_here_before_are_filled_from_their_headers() -> None:
    request = Dataset()
    request.ScheduledProcedureStepID, request.RequestedProcedureID = "SPS1", "RP1"
    for number in (1, 2):
        register(
            StudyInstanceUID="1.2.3",
            SeriesInstanceUID="1.2.3.4",
            InstanceNumber=number,
            RequestAttributesSequence=[request],
        )
    assert SeriesRequest.objects.count() == 1, "once for a series"
    SeriesRequest.objects.all().delete()
    import_module("pacs.catalog.migrations.0002_requests_and_time_zones").read_kept_headers(apps, None)
    (found,) = SeriesRequest.objects.all()
    assert (found.scheduled_procedure_step_id, found.requested_procedure_id) == ("SPS1", "RP1")
    assert found.series.series_instance_uid == "1.2.3.4"
