"""In which form results go out: what a client asks for, JSON, XML in parts, tables; and nothing found in each."""

from __future__ import annotations

import csv
import io
import json
from email import message_from_bytes
from typing import Any
from xml.etree import ElementTree

import pytest
from asgiref.sync import async_to_sync
from django.core.cache import cache
from django.test import Client

from pacs.access import searches
from pacs.catalog import found
from pacs.catalog.models import Study
from tests.pacs.catalog.kept import register, study
from tests.people import alice, signed_in

pytestmark = pytest.mark.django_db
NATIVE = "{http://dicom.nema.org/PS3.19/models/NativeDICOM}"
XML = 'multipart/related; type="application/dicom+xml"'


@pytest.fixture(autouse=True)
def nobody_has_searched_yet() -> None:
    searches.forget()
    cache.clear()


@pytest.fixture
def alices() -> Client:
    return signed_in(alice())


@pytest.fixture
def yamada() -> Study:
    return study(
        StudyInstanceUID="1.2.3",
        PatientName="Yamada^Tarou=山田^太郎",
        StudyDescription='<Head> & "neck", both',
        PatientComments="=1+1",
    )


ACCEPTS = {
    "": "application/dicom+json",
    "*/*": "application/dicom+json",
    "application/*": "application/dicom+json",
    "application/json": "application/json",
    "application/dicom+json": "application/dicom+json",
    "application/dicom+json, application/json;q=0.5": "application/dicom+json",
    "application/dicom+json;q=0.2, application/json;q=0.5": "application/json",
    "application/dicom+json;q=0, */*": "application/json",
    "text/html, application/xhtml+xml, */*;q=0.8": "application/dicom+json",
    "text/csv": "text/csv",
    "text/*;q=0.5, application/pdf": "text/csv",
    XML: "multipart/related",
    "multipart/related; type=application/dicom+xml": "multipart/related",
    "multipart/related; type=application/dicom+xml; q=0.9, application/dicom+json; q=0.1": "multipart/related",
    "application/dicom+xml": "multipart/related",
    "APPLICATION/DICOM+JSON": "application/dicom+json",
    "application/dicom+json; charset=utf-8": "application/dicom+json",
}
REFUSED = (
    "text/html",
    "application/dicom",
    "image/jpeg",
    "multipart/related; type=application/dicom",
    "application/dicom+json;q=0",
    "nonsense",
    ";;;,,,",
    "application/dicom+json; q=very",
)


@pytest.mark.parametrize("accept", ACCEPTS)
def test_the_media_type_is_the_one_liked_best(alices: Client, yamada: Study, accept: str) -> None:
    answer = alices.get("/dicom-web/studies", headers={"Accept": accept} if accept else {})
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"].partition(";")[0] == ACCEPTS[accept]
    assert "Accept" in answer["Vary"]
    asked = alices.get("/dicom-web/studies", {"accept": accept}, headers={"Accept": "image/png"})
    assert asked.status_code == (200 if accept else 406)


def test_a_plus_sign_in_the_address_is_one(alices: Client, yamada: Study) -> None:
    answer = alices.get("/dicom-web/studies?accept=application/dicom+json", headers={"Accept": "text/html"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/dicom+json")


@pytest.mark.parametrize("accept", REFUSED)
def test_what_cannot_be_given_is_refused_with_what_can(alices: Client, yamada: Study, accept: str) -> None:
    answer = alices.get("/dicom-web/studies", headers={"Accept": accept})
    assert (answer.status_code, answer["Content-Type"]) == (406, "application/json")
    error = answer.json()["error"]
    assert error["code"] == "not_acceptable"
    assert "application/dicom+json" in error["fields"]["acceptable"]
    assert error["request_id"]


def parts_of(answer: Any) -> list[ElementTree.Element]:
    message = message_from_bytes(f"Content-Type: {answer['Content-Type']}\r\n\r\n".encode() + answer.content)
    parts: Any = message.get_payload()
    assert {part.get_content_type() for part in parts} == {"application/dicom+xml"}
    return [ElementTree.fromstring(part.get_payload(decode=True)) for part in parts]  # noqa: S314  # our own


def value_of(part: ElementTree.Element, keyword: str) -> str | None:
    return part.findtext(f"{NATIVE}DicomAttribute[@keyword='{keyword}']/{NATIVE}Value")


def test_xml_has_a_part_for_each_result(alices: Client, yamada: Study) -> None:
    study(StudyInstanceUID="1.2.4", StudyDate="20230101", PatientID="other")
    first, second = parts_of(alices.get("/dicom-web/studies", headers={"Accept": XML}))
    assert (value_of(first, "StudyInstanceUID"), value_of(second, "StudyInstanceUID")) == ("1.2.3", "1.2.4")
    assert value_of(first, "StudyDescription") == '<Head> & "neck", both'
    assert value_of(first, "NumberOfStudyRelatedInstances") == "1"
    name = first.find(f"{NATIVE}DicomAttribute[@tag='00100010']/{NATIVE}PersonName")
    assert name is not None
    assert name.findtext(f"{NATIVE}Alphabetic/{NATIVE}FamilyName") == "Yamada"
    assert name.findtext(f"{NATIVE}Ideographic/{NATIVE}GivenName") == "太郎"
    assert name.find(f"{NATIVE}Phonetic") is None
    assert first.find(f"{NATIVE}DicomAttribute[@keyword='PatientSex']") is not None
    assert value_of(first, "PatientSex") is None


def test_xml_tells_sequences_private_elements_and_what_xml_has_no_letter_for(alices: Client) -> None:
    from pydicom import Dataset

    item = Dataset()
    item.PatientID = "other\x0b"
    register(StudyInstanceUID="1.2.3", OtherPatientIDsSequence=[item])
    (part,) = parts_of(
        alices.get("/dicom-web/studies?includefield=OtherPatientIDsSequence", headers={"Accept": XML})
    )
    inner = part.find(
        f"{NATIVE}DicomAttribute[@tag='00101002']/{NATIVE}Item[@number='1']/{NATIVE}DicomAttribute"
    )
    assert inner is not None
    assert (inner.get("keyword"), inner.findtext(f"{NATIVE}Value")) == ("PatientID", "other\ufffd")


def test_a_table_has_a_column_for_each_attribute(alices: Client, yamada: Study) -> None:
    query = "includefield=PatientComments&StudyInstanceUID=1.2.3"
    answer = alices.get(f"/dicom-web/studies?{query}", headers={"Accept": "text/csv"})
    (line,) = csv.DictReader(io.StringIO(answer.content.decode()))
    assert line["StudyInstanceUID"] == "1.2.3"
    assert line["PatientName"] == "Yamada^Tarou=山田^太郎"
    assert line["StudyDescription"] == '<Head> & "neck", both'
    assert line["PatientComments"] == "'=1+1", "text from a file is no formula"
    assert line["ModalitiesInStudy"] == "CT"
    assert line["PatientSex"] == ""


def test_nothing_found_is_told_in_each_form(alices: Client, yamada: Study) -> None:
    for accept, status, body in (
        ("application/dicom+json", 200, b"[]"),
        (XML, 204, b""),
        ("text/csv", 200, None),
    ):
        answer = alices.get("/dicom-web/studies?PatientID=nobody", headers={"Accept": accept})
        assert answer.status_code == status
        assert body is None or answer.content == body
        assert body is not None or answer.content.count(b"\r\n") == 1


def whole(answer: Any) -> bytes:
    """The body of a streamed answer."""

    async def read() -> list[bytes]:
        return [chunk async for chunk in answer.streaming_content]

    return b"".join(async_to_sync(read)())


def test_many_results_are_streamed_and_whole(alices: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [f"1.2.3.{number}" for number in range(7)]
    for number, uid in enumerate(made):
        register(
            StudyInstanceUID="1.2.3", SeriesInstanceUID="1.2.3", SOPInstanceUID=uid, InstanceNumber=number
        )
    for name in ("pacs.catalog.found", "pacs.dicomweb.qido", "pacs.dicomweb.qido_rows"):
        monkeypatch.setattr(f"{name}.ROWS_AT_ONCE", 3)
    answer: Any = alices.get("/dicom-web/instances?includefield=all")
    assert answer.streaming
    told = json.loads(whole(answer))
    assert [one["00080018"]["Value"][0] for one in told] == made
    assert [one["00200013"]["Value"][0] for one in told] == list(range(7))
    table: Any = alices.get("/dicom-web/instances", headers={"Accept": "text/csv"})
    assert whole(table).count(b"\r\n") == 8
    assert found.ROWS_AT_ONCE == 3
