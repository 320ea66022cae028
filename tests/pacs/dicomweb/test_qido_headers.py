"""Searches by what has no column, what is told of it, warnings, and counts."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pydicom import Dataset

from pacs.access import searches
from pacs.catalog import found
from tests.pacs.catalog.kept import register
from tests.pacs.dicomweb.test_qido import UID, ask, uids
from tests.people import alice, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_has_searched_yet() -> None:
    searches.forget()
    cache.clear()


@pytest.fixture
def alices() -> Client:
    return signed_in(alice())


def item(**attributes: Any) -> Dataset:
    made = Dataset()
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return made


@pytest.fixture
def world() -> None:
    """Two studies: one of two CT series, of which the second has its request; one MR of another person."""
    mine: dict[str, Any] = {
        "StudyInstanceUID": "1.2.3",
        "PatientID": "A",
        "PatientComments": "needs a chair",
        "PatientWeight": "70.5",
        "OtherPatientIDsSequence": [item(PatientID="OTHER-1"), item(PatientID="OTHER-2")],
    }
    request = [
        item(ScheduledProcedureStepID="SPS1", RequestedProcedureID="RP1"),
        item(ScheduledProcedureStepID="SPS2", RequestedProcedureID="RP2"),
    ]
    for number in (1, 2):
        register(
            **mine,
            SeriesInstanceUID="1.2.3.1",
            SOPInstanceUID=f"1.2.3.1.{number}",
            InstanceNumber=number,
            KVP="120" if number == 1 else "80",
            ImageType=["ORIGINAL", "PRIMARY", "AXIAL"],
            ProtocolName="Head",
            AcquisitionDateTime=f"2024010203040{number}.5+0100",
        )
    register(
        **mine,
        SeriesInstanceUID="1.2.3.2",
        SOPInstanceUID="1.2.3.2.1",
        RequestAttributesSequence=request,
        ProtocolName="Neck",
        TimezoneOffsetFromUTC="+0100",
    )
    register(
        StudyInstanceUID="1.2.4",
        SeriesInstanceUID="1.2.4.1",
        SOPInstanceUID="1.2.4.1.1",
        PatientID="B",
        PatientName="Roe^Richard",
        AnatomicRegionSequence=[
            item(CodeValue="12738006", CodingSchemeDesignator="SCT", CodeMeaning="Brain")
        ],
        Modality="MR",
        StudyDate="20230101",
        OperatorsName="Müller^Änne",
    )


FOUND = {
    "studies?PatientComments=needs*": ["1.2.3"],
    "studies?PatientComments=needs": [],
    "studies?00104000=*chair": ["1.2.3"],
    "studies?PatientWeight=70.50": ["1.2.3"],
    "studies?OtherPatientIDsSequence.PatientID=OTHER-2": ["1.2.3"],
    "studies?00101002.00100020=OTHER-2": ["1.2.3"],
    "studies?00101002.PatientID=OTHER-*&PatientID=A": ["1.2.3"],
    "studies?00101002.PatientID=OTHER-*&PatientID=B": [],
    "studies?PatientID=": ["1.2.3", "1.2.4"],
    'studies?PatientComments=""&emptyvaluematching=true': ["1.2.4"],
    'studies?PatientComments=""': [],
    'studies?PatientBirthDate=""&emptyvaluematching=true': ["1.2.3", "1.2.4"],
    'studies?PatientSex=""&emptyvaluematching=true&PatientID=B': ["1.2.4"],
    'studies?StudyDate=""&emptyvaluematching=true': [],
    "studies?ModalitiesInStudy=CT,MR": ["1.2.3", "1.2.4"],
    "studies?ModalitiesInStudy=CT,MR&multiplevaluematching=true": [],
    "studies?SOPClassesInStudy=1.2.840.10008.5.1.4.1.1.2": ["1.2.3", "1.2.4"],
    "studies?SOPClassesInStudy=1.2.3": [],
    "studies?NumberOfStudyRelatedInstances=3": ["1.2.3"],
    "studies?AnatomicRegionsInStudyCodeSequence.CodeValue=12738006": ["1.2.4"],
    "studies?00080063.00080100=12738006&00080063.00080104=Brain": ["1.2.4"],
    "studies?00080063.00080104=Liver": [],
    "series?ProtocolName=Neck": ["1.2.3.2"],
    "series?PatientComments=needs*&ProtocolName=Head": ["1.2.3.1"],
    "series?OperatorsName=muller*": ["1.2.4.1"],
    "series?OperatorsName=anne mul&fuzzymatching=true": ["1.2.4.1"],
    "series?RequestAttributesSequence.ScheduledProcedureStepID=SPS2": ["1.2.3.2"],
    "series?00400275.00400009=SPS1&00400275.00401001=RP1": ["1.2.3.2"],
    "series?00400275.00400009=SPS1&00400275.00401001=RP2": [],
    "series?00400275.00400009=SPS*&00400275.00401001=RP2": ["1.2.3.2"],
    "series?00400275.00400009=SPS1&00400275.00400007=x": [],
    'series?00400275.00400009=""&emptyvaluematching=true&StudyInstanceUID=1.2.3': [],
    "instances?RequestAttributesSequence.RequestedProcedureID=RP?": ["1.2.3.2.1"],
    "studies/1.2.3/series?RequestAttributesSequence.RequestedProcedureID=RP1": ["1.2.3.2"],
    "instances?KVP=120": ["1.2.3.1.1"],
    "instances?KVP=80.0&ImageType=AXIAL": ["1.2.3.1.2"],
    "instances?ImageType=AXIAL\\ORIGINAL&multiplevaluematching=true": ["1.2.3.1.1", "1.2.3.1.2"],
    "instances?AcquisitionDateTime=20240102020401-20240102020401": ["1.2.3.1.1"],
    "studies/1.2.3/instances?KVP=80": ["1.2.3.1.2"],
    "studies/1.2.3/series/1.2.3.1/instances?KVP=80": ["1.2.3.1.2"],
    "studies/1.2.3/instances?Modality=CT&KVP=*": None,
}


@pytest.mark.parametrize("search", FOUND)
def test_what_has_no_column_is_searched_by_in_the_headers(alices: Client, world: None, search: str) -> None:
    expected = FOUND[search]
    if expected is None:
        assert alices.get(f"/dicom-web/{search}").status_code == 400
        return
    path, _, query = search.partition("?")
    level = {"studies": "study", "series": "series", "instances": "instance"}[path.split("/")[-1]]
    assert uids(level, ask(alices, path, query)) == expected
    counted = alices.get(f"/dicom-web/{path}/count?{query}")
    assert (counted.status_code, counted.json()) == (200, {"count": len(expected)})


def test_what_was_sought_or_asked_for_is_told_of_its_level(alices: Client, world: None) -> None:
    (told,) = ask(
        alices, "studies", "PatientComments=needs*&includefield=PatientWeight,KVP,ProtocolName,Occupation"
    )
    assert told["00104000"] == {"vr": "LT", "Value": ["needs a chair"]}
    assert told["00101030"] == {"vr": "DS", "Value": [70.5]}
    assert told["00102180"] == {"vr": "SH"}, "asked for, and not there"
    assert "00180060" not in told, "of an instance"
    assert "00181030" not in told, "of a series"
    assert list(told) == sorted(told)
    (told,) = ask(
        alices, "series", "SeriesInstanceUID=1.2.3.2&includefield=00400275.00401001,PatientComments"
    )
    assert told["00400275"]["Value"] == [
        {"00401001": {"vr": "SH", "Value": ["RP1"]}},
        {"00401001": {"vr": "SH", "Value": ["RP2"]}},
    ]
    assert told["00104000"]["Value"] == ["needs a chair"]
    (told,) = ask(alices, "studies", "PatientID=B&includefield=00080063.00080104,AnatomicRegionSequence")
    assert told["00080063"]["Value"] == [{"00080104": {"vr": "LO", "Value": ["Brain"]}}]
    assert "00082218" not in told, "of an instance"
    (told,) = ask(alices, "studies", "PatientID=B&includefield=AnatomicRegionsInStudyCodeSequence")
    assert told["00080063"]["Value"][0]["00080100"]["Value"] == ["12738006"]
    (told,) = ask(alices, "studies", "00101002.00100020=OTHER-2")
    assert told["00101002"]["Value"] == [{"00100020": {"vr": "LO", "Value": ["OTHER-2"]}}]


def test_required_keys_of_requests_have_columns_and_are_told_of_every_series(
    alices: Client, world: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PS3.18 Tables 10.6.1-5 and 10.6.3-4: however many series there are, no header is read for them."""
    monkeypatch.setattr(found, "MOST_HEADERS", 0)
    items = [
        {"00400009": {"vr": "SH", "Value": [f"SPS{n}"]}, "00401001": {"vr": "SH", "Value": [f"RP{n}"]}}
        for n in (1, 2)
    ]
    by_key = ask(alices, "series", "RequestAttributesSequence.ScheduledProcedureStepID=SPS1")
    for told in (
        by_key[0],
        ask(alices, "studies/1.2.3/series")[1],
        ask(alices, "studies/1.2.3/instances")[2],
    ):
        assert told["00400275"] == {"vr": "SQ", "Value": items}
    assert "00400275" not in ask(alices, "studies/1.2.3/series")[0]
    assert "00400275" not in ask(alices, "studies/1.2.3/series/1.2.3.2/instances")[0]


def test_the_time_zone_is_told_where_it_is_known(alices: Client, world: None) -> None:
    zones = [one.get("00080201") for one in ask(alices, "studies")]
    assert zones == [{"vr": "SH", "Value": ["+0100"]}, None]
    assert ask(alices, "studies/1.2.3/series")[0]["00080201"]["Value"] == ["+0100"]


def test_all_of_a_level_is_told_of_all_its_objects(alices: Client, world: None) -> None:
    told = ask(alices, "studies", "includefield=all&PatientID=A")[0]
    assert told["00104000"]["Value"] == ["needs a chair"]
    assert told["00080062"]["Value"] == ["1.2.840.10008.5.1.4.1.1.2"]
    assert [told[f"0020120{n}"]["Value"] for n in (0, 2, 4)] == [[1], [2], [3]]
    assert "00180060" not in told
    told = ask(alices, "series", "includefield=all&ProtocolName=Head")[0]
    assert told["00181030"]["Value"] == ["Head"]
    assert "00180060" not in told


def test_private_attributes_are_told_with_their_creator(alices: Client) -> None:
    dataset = item(PatientID="P")
    block = dataset.private_block(0x0023, "AcmeCompany", create=True)
    block.add_new(0x01, "SH", "001239")
    block.add_new(0x02, "LO", "kept")
    import zlib

    from pacs.catalog.header_json import header_json
    from pacs.catalog.models import InstanceMetadata

    made = register(StudyInstanceUID="1.2.3")
    InstanceMetadata.objects.filter(pk=made.instance.pk).update(
        dicom_json=zlib.compress(header_json(dataset))
    )
    query = "00230010=AcmeCompany&00231001=001239&includefield=00231002&includefield=00231003"
    (told,) = ask(alices, "studies", query)
    assert told["00230010"] == {"vr": "LO", "Value": ["AcmeCompany"]}
    assert told["00231001"]["Value"] == ["001239"]
    assert told["00231002"]["Value"] == ["kept"]
    assert "00231003" not in told
    assert ask(alices, "studies", "00230010=Other&00231001=001239") == []


def test_pages_of_what_the_headers_give_are_exact(alices: Client, world: None) -> None:
    for limit, offset, expected, remaining in (
        (1, 0, ["1.2.3.1.1"], 2),
        (2, 1, ["1.2.3.1.2", "1.2.3.2.1"], 0),
        (0, 0, [], 3),
    ):
        answer = alices.get(f"/dicom-web/instances?PatientComments=needs*&limit={limit}&offset={offset}")
        assert [one[UID["instance"]]["Value"][0] for one in answer.json()] == expected
        assert (f"There are {remaining} additional" in answer.get("Warning", "")) is bool(remaining)


def test_a_search_that_would_read_too_many_headers_is_refused(
    alices: Client, world: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(found, "MOST_HEADERS", 2)
    answer = alices.get("/dicom-web/studies?PatientComments=x")
    assert (answer.status_code, answer.json()["error"]["fields"]["most_headers"]) == (413, 2)
    assert alices.get("/dicom-web/studies?PatientComments=x&PatientID=A").status_code == 200
    assert alices.get("/dicom-web/studies/count?PatientComments=x").status_code == 413


def test_only_so_many_read_headers_at_once(
    alices: Client, world: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(found, "LONGEST_WAIT_S", 0.01)
    with found._as_reader(), found._as_reader():
        answer = alices.get("/dicom-web/studies?PatientComments=x")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert alices.get("/dicom-web/studies?PatientComments=x").status_code == 200


def test_a_parameter_that_is_no_attribute_is_ignored_with_a_warning(alices: Client, world: None) -> None:
    answer = alices.get("/dicom-web/studies?_=123&orderby=-StudyDate&limit=1")
    assert len(answer.json()) == 1
    assert answer["Warning"] == (
        "299 http://testserver/dicom-web: The parameter _ is not supported and was ignored., "
        "299 http://testserver/dicom-web: The parameter orderby is not supported and was ignored., "
        "299 http://testserver/dicom-web: There are 1 additional results that can be requested"
    )
    zone = alices.get("/dicom-web/studies?TimezoneOffsetFromUTC=%2B0100&SpecificCharacterSet=ISO_IR 192")
    assert len(zone.json()) == 2
    assert "time zone" in zone["Warning"]
