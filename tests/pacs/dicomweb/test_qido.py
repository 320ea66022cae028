"""QIDO-RS: what can be searched by, what is told, to whom, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from pacs.access import opened, searches
from pacs.access.models import AuditEvent
from pacs.catalog.models import Study
from pacs.dicomweb import qido_query
from tests.pacs.catalog.kept import register, study
from tests.people import alice, bearer, charlie, pia, signed_in, tied

pytestmark = pytest.mark.django_db
MANY_FIELDS = ",".join(f"{tag:08X}" for tag in range(0x00110010, 0x00110210))
UID = {"study": "0020000D", "series": "0020000E", "instance": "00080018"}


@pytest.fixture(autouse=True)
def nobody_has_searched_yet() -> None:
    searches.forget()
    cache.clear()


@pytest.fixture
def alices() -> Client:
    return signed_in(alice())


@pytest.fixture
def two_series() -> Study:
    """A study of a CT series of two slices and an SR series of one document."""
    shared = {
        "StudyInstanceUID": "1.2.3",
        "StudyDescription": "Head",
        "PatientName": "Yamada^Tarou=山田^太郎",
    }
    for number in (2, 1):
        register(
            **shared,
            SeriesInstanceUID="1.2.3.4",
            SOPInstanceUID=f"1.2.3.4.{number}",
            InstanceNumber=number,
            SeriesNumber=7,
            SeriesDescription="Axial",
            ImageComments=f"slice {number}",
        )
    register(**shared, SeriesInstanceUID="1.2.3.5", SOPInstanceUID="1.2.3.5.1", Modality="SR", SeriesNumber=9)
    return Study.objects.get()


def ask(client: Client, path: str, query: dict[str, Any] | str = "", **headers: str) -> list[dict[str, Any]]:
    address = f"/dicom-web/{path}" + (f"?{query}" if isinstance(query, str) and query else "")
    answer = client.get(address, query if isinstance(query, dict) else None, headers=headers)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/dicom+json"
    return list(answer.json())


def uids(level: str, results: list[dict[str, Any]]) -> list[str]:
    return [result[UID[level]]["Value"][0] for result in results]


def test_a_study_is_told_with_all_that_the_standard_wants(alices: Client, two_series: Study) -> None:
    (told,) = ask(alices, "studies")
    assert told == {
        "00080020": {"vr": "DA", "Value": ["20240102"]},
        "00080030": {"vr": "TM", "Value": ["030405"]},
        "00080050": {"vr": "SH", "Value": ["A1"]},
        "00080056": {"vr": "CS", "Value": ["ONLINE"]},
        "00080061": {"vr": "CS", "Value": ["CT", "SR"]},
        "00080080": {"vr": "LO"},
        "00080090": {"vr": "PN"},
        "00081030": {"vr": "LO", "Value": ["Head"]},
        "00081190": {"vr": "UR", "Value": ["http://testserver/dicom-web/studies/1.2.3"]},
        "00100010": {"vr": "PN", "Value": [{"Alphabetic": "Yamada^Tarou", "Ideographic": "山田^太郎"}]},
        "00100020": {"vr": "LO", "Value": ["1234"]},
        "00100021": {"vr": "LO"},
        "00100030": {"vr": "DA"},
        "00100040": {"vr": "CS"},
        "00101010": {"vr": "AS"},
        "0020000D": {"vr": "UI", "Value": ["1.2.3"]},
        "00200010": {"vr": "SH"},
        "00201206": {"vr": "IS", "Value": [2]},
        "00201208": {"vr": "IS", "Value": [3]},
    }
    assert list(told) == sorted(told)


def test_series_and_instances_tell_what_their_address_does_not(alices: Client, two_series: Study) -> None:
    first, second = ask(alices, "studies/1.2.3/series")
    assert (first["0020000E"]["Value"], second["0020000E"]["Value"]) == (["1.2.3.4"], ["1.2.3.5"])
    assert (first["00080060"]["Value"], first["00200011"]["Value"]) == (["CT"], [7])
    assert first["00201209"]["Value"] == [2]
    assert first["00081190"]["Value"] == ["http://testserver/dicom-web/studies/1.2.3/series/1.2.3.4"]
    assert first["0020000D"]["Value"] == ["1.2.3"]
    assert "00100010" not in first
    assert ask(alices, "series")[0]["00100020"]["Value"] == ["1234"]

    slices = ask(alices, "studies/1.2.3/series/1.2.3.4/instances")
    assert uids("instance", slices) == ["1.2.3.4.1", "1.2.3.4.2"]
    assert slices[0]["00200013"]["Value"] == [1]
    assert slices[0]["00080016"]["Value"] == ["1.2.840.10008.5.1.4.1.1.2"]
    assert slices[0]["00081190"]["Value"][0].endswith("/studies/1.2.3/series/1.2.3.4/instances/1.2.3.4.1")
    assert "00080060" not in slices[0]
    assert ask(alices, "studies/1.2.3/instances")[2]["00080060"]["Value"] == ["SR"]
    assert ask(alices, "instances")[0]["00081030"]["Value"] == ["Head"]


def test_keys_are_named_by_keyword_or_tag(alices: Client, two_series: Study) -> None:
    study(PatientID="other")
    for query in ("PatientID=1234", "00100020=1234", "PatientName=yamada*", "0020000d=1.2.3"):
        assert uids("study", ask(alices, "studies", query)) == ["1.2.3"], query
    assert uids("series", ask(alices, "series", "Modality=SR")) == ["1.2.3.5"]
    assert uids("series", ask(alices, "studies/1.2.3/series", "SeriesNumber=7")) == ["1.2.3.4"]
    assert uids("instance", ask(alices, "instances", "InstanceNumber=2&PatientID=1234")) == ["1.2.3.4.2"]
    for several in (
        "SOPInstanceUID=1.2.3.4.2,1.2.3.5.1",
        "SOPInstanceUID=1.2.3.4.2&SOPInstanceUID=1.2.3.5.1",
    ):
        assert uids("instance", ask(alices, "instances", several)) == ["1.2.3.4.2", "1.2.3.5.1"]


def test_nothing_found_is_an_empty_list(alices: Client, two_series: Study) -> None:
    assert ask(alices, "studies", "PatientID=nobody") == []
    assert ask(alices, "studies/1.2.3/series", "Modality=XA") == []


def test_dates_and_times_are_written_as_the_standard_writes_them(alices: Client) -> None:
    study(StudyDate="08000102", StudyTime="")
    study(StudyDate="20240102", StudyTime="030405.5", PatientID="other")
    told = [(one["00080020"]["Value"], one["00080030"].get("Value")) for one in ask(alices, "studies")]
    assert told == [(["20240102"], ["030405.500000"]), (["08000102"], None)]


def test_every_study_has_modalities_with_a_value(alices: Client) -> None:
    study(Modality="")
    assert ask(alices, "studies")[0]["00080061"]["Value"] == ["OT"]


def test_fields_are_included_from_columns_and_kept_headers(alices: Client, two_series: Study) -> None:
    path = "studies/1.2.3/series/1.2.3.4/instances"
    assert "00204000" not in ask(alices, path)[0]
    for included in ("ImageComments", "00204000", "PatientID,ImageComments"):
        told = ask(alices, path, {"includefield": included})[0]
        assert told["00204000"] == {"vr": "LT", "Value": ["slice 1"]}, included
        assert ("00100020" in told) is ("PatientID" in included)
    everything = ask(alices, path, "includefield=all")[0]
    assert everything["00204000"]["Value"] == ["slice 1"]
    assert everything["00100010"]["Value"] == [{"Alphabetic": "Yamada^Tarou", "Ideographic": "山田^太郎"}]
    assert everything["00081190"]["vr"] == "UR"
    assert ask(alices, "studies/1.2.3/series", "includefield=PatientID")[0]["00100020"]["Value"] == ["1234"]
    assert "00080060" not in ask(alices, "studies", "includefield=all&includefield=Modality")[0]
    # A key without a value asks for the attribute (PS3.4 C.2.2.2.3).
    assert ask(alices, path, "ImageComments=")[0]["00204000"]["Value"] == ["slice 1"]
    assert ask(alices, "studies/1.2.3/series", "PatientID=")[0]["00100020"]["Value"] == ["1234"]


def test_results_are_told_in_pages(alices: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [study(StudyDate=f"2024010{day}", PatientID=str(day)).study_instance_uid for day in range(1, 6)]
    newest_first = made[::-1]
    assert uids("study", ask(alices, "studies", "limit=2")) == newest_first[:2]
    assert uids("study", ask(alices, "studies", "limit=2&offset=2")) == newest_first[2:4]
    assert uids("study", ask(alices, "studies", "offset=4")) == newest_first[4:]
    assert ask(alices, "studies", "offset=5") == []
    assert ask(alices, "studies", "limit=0") == []
    monkeypatch.setattr(qido_query, "MOST_RESULTS", 3)
    told = {
        "": (3, 2),
        "?limit=2": (2, 3),
        "?limit=2&offset=2": (2, 1),
        "?limit=0": (0, 5),
        "?offset=1": (3, 1),
        "?limit=2&offset=3": (2, 0),
        "?offset=2": (3, 0),
        "?offset=5": (0, 0),
        "?limit=2&PatientID=1": (1, 0),
    }
    for query, (count, remaining) in told.items():
        answer = alices.get(f"/dicom-web/studies{query}")
        more = (
            f"299 http://testserver/dicom-web: There are {remaining} additional results that can be requested"
        )
        assert (len(answer.json()), answer.get("Warning")) == (count, more if remaining else None), query


def test_pages_stay_whole_while_studies_arrive(alices: Client) -> None:
    made = [study(StudyDate=f"2024010{day}", PatientID=str(day)).study_instance_uid for day in range(1, 6)]
    first = alices.get("/dicom-web/studies?limit=2")
    assert uids("study", first.json()) == made[:2:-1]
    study(StudyDate="20250101")
    link = first["Link"]
    assert link == f'<http://testserver/dicom-web/studies?limit=2&after={made[3]}>; rel="next"'
    second = alices.get(link.partition(">")[0].removeprefix("<http://testserver"))
    assert uids("study", second.json()) == [made[2], made[1]]
    assert "There are 1 additional" in second["Warning"]
    last = alices.get(second["Link"].partition(">")[0].removeprefix("<http://testserver"))
    assert uids("study", last.json()) == [made[0]]
    assert "Link" not in last


def test_every_order_goes_on_where_it_ended(alices: Client) -> None:
    """With numbers that are missing or the same."""
    for number, given in enumerate((3, "", 1, "", 1, 2)):
        register(
            StudyInstanceUID=f"1.2.{number % 2}",
            SeriesInstanceUID=f"1.2.{number % 2}.{number // 4}",
            SOPInstanceUID=f"1.2.9.{number}",
            SeriesNumber=given,
            InstanceNumber=given,
        )
    for level, path in (("series", "series"), ("instance", "instances"), ("study", "studies")):
        whole = uids(level, ask(alices, path))
        paged: list[str] = []
        address = f"/dicom-web/{path}?limit=1"
        while address:
            answer = alices.get(address)
            paged += uids(level, answer.json())
            address = answer.get("Link", "").partition(">")[0].removeprefix("<http://testserver")
        assert paged == whole
        assert len(whole) == len(set(whole)) > 1


def test_fuzzy_matching_is_by_the_beginnings_of_words(alices: Client, two_series: Study) -> None:
    study(PatientID="5678", PatientName="Tanaka^Yuki", StudyDescription="Yamada protocol")
    assert ask(alices, "studies", "PatientName=tar yam") == []
    assert uids("study", ask(alices, "studies", "PatientName=tar yam&fuzzymatching=true")) == ["1.2.3"]
    assert uids("study", ask(alices, "studies", "PatientName=yam&fuzzymatching=true")) == ["1.2.3"]
    assert ask(alices, "studies", "PatientName=amada&fuzzymatching=true") == []


@pytest.mark.parametrize(
    ("path", "query", "parameter", "reason"),
    [
        ("studies", "PatientNam=x", "PatientNam", "no attribute"),
        ("studies", "12345678=x", "12345678", "no attribute"),
        ("studies", "<script>=x", "script", "no attribute"),
        ("studies", "KVP=120", "KVP", "no attribute of a study"),
        ("studies", "patientname=x", "patientname", "Did you mean PatientName?"),
        ("studies", "NumberOfStudyRelatedSeries=two", "NumberOfStudyRelatedSeries", "whole number"),
        ("studies", "NumberOfPatientRelatedStudies=2", "NumberOfPatientRelatedStudies", "not supported"),
        ("studies", "ModalitiesInStudy=,", "ModalitiesInStudy", "empty"),
        ("studies", "PatientID=1&00100020=1", "PatientID", "more than once"),
        ("studies", "OtherPatientIDsSequence=x", "OtherPatientIDsSequence", "a sequence"),
        ("studies", "OtherPatientIDsSequence.Nonsense=x", "OtherPatientIDsSequence.Nonsense", "no attribute"),
        ("studies", "Nonsense.PatientID=x", "Nonsense.PatientID", "no attribute"),
        ("studies", "includefield=x.y.z", "x.y.z", "no attribute"),
        ("studies", "PatientID.PatientName=x", "PatientID.PatientName", "no attribute"),
        ("studies", "PatientWeight=heavy", "PatientWeight", "not a number"),
        ("studies", "TimezoneOffsetFromUTC=Berlin", "TimezoneOffsetFromUTC", "offset"),
        ("instances", "AcquisitionDateTime=now", "AcquisitionDateTime", "not a date and time"),
        ("instances", "PixelData=x", "PixelData", "not matched"),
        ("instances", "7FE00010=x", "PixelData", "not matched"),
        ("studies", "Modality=CT", "Modality", "no attribute of a study"),
        ("series", "SOPInstanceUID=1.2", "SOPInstanceUID", "no attribute of a series"),
        ("studies", "StudyDate=2024", "StudyDate", "not a date"),
        ("studies", "StudyDate=20240230", "StudyDate", "not a date"),
        ("studies", "StudyDate=20240101-20240102-20240103", "StudyDate", "not a date"),
        ("studies", "StudyDate=-", "StudyDate", "not a date"),
        ("studies", "StudyTime=noon", "StudyTime", "not a time"),
        ("studies", "StudyInstanceUID=abc", "StudyInstanceUID", "not a UID"),
        ("studies", "PatientName=^^", "PatientName", "no letter"),
        ("studies", "PatientID=a%00b", "PatientID", "control character"),
        ("studies", "PatientID=" + "a" * 2000, "PatientID", "too long"),
        ("studies", "PatientID=1&PatientID=2", "PatientID", "more than once"),
        ("series", "SeriesNumber=one", "SeriesNumber", "whole number"),
        ("studies", "limit=-1", "limit", "not a number"),
        ("studies", "offset=x", "offset", "not a number"),
        ("studies", "after=x", "after", "not a DICOM UID"),
        ("studies", "after=9.9.9", "after", "no such result"),
        ("studies", "fuzzymatching=perhaps", "fuzzymatching", "neither"),
        ("studies", "limit=1&limit=2", "limit", "more than once"),
        ("studies", "includefield=Nonsense", "Nonsense", "no attribute"),
        ("studies", f"includefield={MANY_FIELDS}", "includefield", "At most"),
        ("studies", "emptyvaluematching=perhaps", "emptyvaluematching", "neither"),
        ("studies/1.2.3/series", "StudyInstanceUID=9.9", "StudyInstanceUID", "names another"),
    ],
)
def test_what_cannot_be_understood_is_said(
    alices: Client, two_series: Study, path: str, query: str, parameter: str, reason: str
) -> None:
    answer = alices.get(f"/dicom-web/{path}?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/json")
    error = answer.json()["error"]
    assert error["code"] == "bad_request"
    assert error["fields"]["parameter"] == parameter
    assert reason in error["fields"]["reason"]


def test_p13_what_is_not_open_is_neither_found_nor_told_from_what_is_not_there(two_series: Study) -> None:
    own = study(PatientID="PIA")
    pias = signed_in(tied(pia(), own.patient))
    assert uids("study", ask(pias, "studies")) == [own.study_instance_uid]
    assert len(ask(pias, "series")) == len(ask(pias, "instances")) == 1
    assert ask(signed_in(charlie()), "instances") == []
    for path in ("studies/1.2.3/series", "studies/1.2.3/instances", "studies/1.2.3/series/1.2.3.4/instances"):
        hidden, unknown = (pias.get(f"/dicom-web/{one}") for one in (path, path.replace("1.2.3", "9.9.9")))
        assert hidden.status_code == unknown.status_code == 404
        assert hidden.json()["error"]["code"] == unknown.json()["error"]["code"] == "not_found"
    own_address = f"/dicom-web/studies/{own.study_instance_uid}/series/1.2.3.4/instances"
    assert pias.get(own_address).status_code == 404
    assert Client().get("/dicom-web/studies").status_code == 401


def test_a_series_is_found_in_its_own_study_only(alices: Client, two_series: Study) -> None:
    other = study().study_instance_uid
    assert alices.get(f"/dicom-web/studies/{other}/series/1.2.3.4/instances").status_code == 404


def test_a_page_is_read_in_as_many_queries_as_a_row(
    alices: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(10):
        register(StudyInstanceUID="1.2.3", SeriesInstanceUID="1.2.3.4", InstanceNumber=number)
    path = "studies/1.2.3/series/1.2.3.4/instances"
    ask(alices, path, "includefield=all")  # that the study is opened is written down once
    # Session, account, device, second factor, role, groups, institutions; the series named, page, headers.
    with django_assert_max_num_queries(10):
        assert len(ask(alices, path, "includefield=all")) == 10


def test_p17_searches_are_written_down_by_key_and_never_by_value(two_series: Study) -> None:
    client, headers = Client(), bearer(alice())
    for query in (
        "PatientName=yamada",
        "PatientName=yamada",
        "PatientName=yamada&offset=2",
        "PatientName=doe",
    ):
        ask(client, "studies", query, **headers)
    ask(client, "studies/1.2.3/series", **headers)
    events = AuditEvent.objects.filter(action__endswith="searched").order_by("pk")
    assert [(event.action, event.details) for event in events] == [
        ("studies searched", {"by": "PatientName"}),
        ("studies searched", {"by": "PatientName"}),
        ("series searched", {"by": "StudyInstanceUID"}),
    ]


def test_p17_instances_with_their_headers_are_their_studies_opened(two_series: Study) -> None:
    opened.forget()
    register(StudyInstanceUID="1.2.4")
    client, headers = Client(), bearer(alice())
    ask(client, "studies", "includefield=all", **headers)
    ask(client, "studies/1.2.3/instances", **headers)
    events = AuditEvent.objects.filter(action="study opened").order_by("pk")
    assert not events
    ask(client, "studies/1.2.3/instances", "includefield=ImageComments", **headers)
    assert [event.study_instance_uid for event in events.all()] == ["1.2.3"]
    ask(client, "instances", "includefield=all", **headers)
    assert [event.study_instance_uid for event in events.all()] == ["1.2.3", "1.2.4"]
