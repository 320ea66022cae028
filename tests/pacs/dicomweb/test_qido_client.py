"""A client that others wrote (dicomweb-client) searches over HTTP in the whole application."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from dicomweb_client.session_utils import create_session
from dicomweb_client.web import DICOMwebClient

from tests.pacs.catalog.kept import register, study
from tests.people import alice, key_of
from tests.running import running_application

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client() -> Iterator[DICOMwebClient]:
    """Alice's, at a server of its own."""
    with running_application() as base:
        session = create_session()
        session.headers["Authorization"] = f"Bearer {key_of(alice())}"
        yield DICOMwebClient(f"{base}/dicom-web", session=session)


def values(found: list[dict[str, Any]], tag: str) -> list[Any]:
    return [one[tag]["Value"][0] for one in found]


def test_it_finds_pages_and_reads_headers(client: DICOMwebClient) -> None:
    for number in range(1, 4):
        register(
            StudyInstanceUID="1.2.3",
            SeriesInstanceUID="1.2.3.4",
            SOPInstanceUID=f"1.2.3.4.{number}",
            InstanceNumber=number,
            PatientName="Dvořák^Antonín",
        )
    study(StudyInstanceUID="1.2.4", PatientID="other", Modality="MR", StudyDate="20230101")

    assert values(client.search_for_studies(), "0020000D") == ["1.2.3", "1.2.4"]
    assert client.search_for_studies(search_filters={"PatientName": "dvorak*"})[0]["00201208"]["Value"] == [3]
    assert values(client.search_for_studies(search_filters={"ModalitiesInStudy": "MR"}), "0020000D") == [
        "1.2.4"
    ]
    assert values(client.search_for_studies(search_filters={"StudyDate": "20240101-"}), "0020000D") == [
        "1.2.3"
    ]
    assert client.search_for_studies(search_filters={"PatientID": "nobody"}) == []
    assert len(client.search_for_studies(limit=1, get_remaining=True)) == 2
    assert values(client.search_for_series("1.2.3"), "00080060") == ["CT"]
    slices = client.search_for_instances("1.2.3", "1.2.3.4", fields=["PatientName"], limit=2, offset=1)
    assert values(slices, "00080018") == ["1.2.3.4.2", "1.2.3.4.3"]
    assert values(slices, "00100010") == [{"Alphabetic": "Dvořák^Antonín"}] * 2
    assert values(client.retrieve_series_metadata("1.2.3", "1.2.3.4"), "00200013") == [1, 2, 3]
    assert client.retrieve_instance_metadata("1.2.3", "1.2.3.4", "1.2.3.4.2")["00200013"]["Value"] == [2]
