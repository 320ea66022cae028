"""WADO-RS metadata: the kept headers, joined."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any
from xml.etree import ElementTree

import imagecodecs
import pytest

from pacs.access import opened, standing
from pacs.access.models import AuditEvent
from pacs.dicomweb import wado_metadata
from tests import builders
from tests.pacs.catalog.kept import register
from tests.pacs.dicomweb.retrieving import get, key_of, parts_of, path_of
from tests.viewer.kept import keep

pytestmark = pytest.mark.django_db(transaction=True)
XML = 'multipart/related; type="application/dicom+xml"'
NATIVE = "{http://dicom.nema.org/PS3.19/models/NativeDICOM}"


@pytest.fixture(autouse=True)
def nothing_was_opened_yet() -> None:
    standing.forget()
    opened.forget()


@pytest.fixture
def kept() -> None:
    for number in (3, 1, 2):
        register(
            StudyInstanceUID="1.2.3",
            SeriesInstanceUID="1.2.3.4",
            SOPInstanceUID=f"1.2.3.4.{number}",
            InstanceNumber=number,
            PatientName="山田^太郎",
        )
    register(StudyInstanceUID="1.2.3", SeriesInstanceUID="1.2.3.5", SOPInstanceUID="1.2.3.5.1", Modality="SR")


def ask(path: str, **headers: str) -> tuple[int, str, Any]:
    answer = get(f"/dicom-web/{path}/metadata", **headers)
    return answer.status, answer.headers["content-type"], answer.json()


def uids(headers: list[dict[str, Any]]) -> list[str]:
    return [header["00080018"]["Value"][0] for header in headers]


@pytest.mark.parametrize("at_once", [1, 2, 3, 128])
def test_the_headers_come_in_their_order(kept: None, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wado_metadata, "AT_ONCE", at_once)
    status, media_type, headers = ask("studies/1.2.3/series/1.2.3.4")
    assert (status, media_type) == (200, "application/dicom+json")
    assert uids(headers) == ["1.2.3.4.1", "1.2.3.4.2", "1.2.3.4.3"]
    assert headers[0]["00100010"] == {"vr": "PN", "Value": [{"Alphabetic": "山田^太郎"}]}
    assert len(ask("studies/1.2.3")[2]) == 4
    assert uids(ask("studies/1.2.3/series/1.2.3.4/instances/1.2.3.4.2")[2]) == ["1.2.3.4.2"]


@pytest.mark.parametrize(
    ("accept", "told"),
    [
        ("", "application/dicom+json"),
        ("*/*", "application/dicom+json"),
        ("application/json", "application/json"),
        ("application/*", "application/dicom+json"),
        ("application/dicom+json;q=0.5, application/json", "application/json"),
        (f"{XML}, application/json;q=0.1", XML),
        ("multipart/related; type=application/dicom+xml", XML),
        ("multipart/related", XML),
    ],
)
def test_the_form_is_that_which_is_liked_best(kept: None, accept: str, told: str) -> None:
    answer = get("/dicom-web/studies/1.2.3/metadata", accept=accept)
    assert answer.headers["content-type"].partition("; boundary")[0] == told


def test_no_form_is_told_with_those_that_there_are(kept: None) -> None:
    one = "/dicom-web/studies/1.2.3/series/1.2.3.5/instances/1.2.3.5.1/metadata"
    for path in ("/dicom-web/studies/1.2.3/metadata", one):
        answer = get(path, accept="text/html, application/dicom")
        assert answer.problem() == (406, "not_acceptable")
        for wish in answer.json()["error"]["fields"]["acceptable"]:
            assert get(path, accept=wish).status == 200
    assert get("/dicom-web/studies/1.2.3/metadata", accept="application/dicom+xml").status == 406
    assert get(one, accept="application/dicom+xml").body.startswith(b"<?xml")


def test_xml_says_the_same(kept: None) -> None:
    parts = parts_of(get("/dicom-web/studies/1.2.3/series/1.2.3.4/metadata", accept=XML))
    assert {part.content_type for part in parts} == {"application/dicom+xml"}
    documents = [ElementTree.fromstring(part.content) for part in parts]  # noqa: S314  # our own
    numbers = [
        one.findtext(f"{NATIVE}DicomAttribute[@keyword='InstanceNumber']/{NATIVE}Value") for one in documents
    ]
    assert numbers == ["1", "2", "3"]
    assert parts[0].location.endswith("/instances/1.2.3.4.1/metadata")


def test_it_is_squeezed_for_whoever_unpacks(kept: None, monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/dicom-web/studies/1.2.3/metadata"
    plain = get(path)
    assert "content-encoding" not in plain.headers
    for encoding, unpack in (("gzip", gzip.decompress), ("br", imagecodecs.brotli_decode)):
        squeezed = get(path, accept_encoding=f"deflate, {encoding};q=0.5")
        assert squeezed.headers["content-encoding"] == encoding
        assert bytes(unpack(squeezed.body)) == plain.body
        assert squeezed.headers["etag"] != plain.headers["etag"]
        assert "Accept-Encoding" in squeezed.headers["vary"]
    assert get(path, accept_encoding="gzip, br").headers["content-encoding"] == "br"
    for name in ("AT_ONCE", "MOST_FOR_BROTLI"):  # what is long is squeezed while it is sent
        monkeypatch.setattr(wado_metadata, name, 1)
    long = get(path, accept_encoding="br, gzip")
    assert (long.headers["content-encoding"], zlib.decompress(long.body, 31)) == ("gzip", plain.body)
    assert "content-encoding" not in get(path, accept_encoding="gzip;q=0, identity").headers


def test_what_the_client_has_is_not_sent_again(kept: None) -> None:
    path = "/dicom-web/studies/1.2.3/metadata"
    first = get(path)
    again = get(path, if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert get(path, accept="application/json", if_none_match=first.headers["etag"]).status == 200
    register(StudyInstanceUID="1.2.3", SeriesInstanceUID="1.2.3.4", SOPInstanceUID="1.2.3.4.9")
    assert get(path, if_none_match=first.headers["etag"]).status == 200


def test_addresses_of_what_is_left_out_are_whole() -> None:
    (instance,) = keep(builders.ct_slice(EncapsulatedDocument=bytes(5000)))
    answer = get(path_of(instance, "/metadata"), host="127.0.0.1:8000")
    for tag in ("00420011", "7FE00010"):
        address = answer.json()[0][tag]["BulkDataURI"]
        assert address == f"http://127.0.0.1:8000{path_of(instance)}/bulkdata/{tag}"
    document = get(path_of(instance, "/metadata"), accept="application/dicom+xml").body
    xml = ElementTree.fromstring(document)  # noqa: S314  # our own
    found = xml.find(f"{NATIVE}DicomAttribute[@tag='7FE00010']/{NATIVE}BulkData")
    assert found is not None
    assert found.get("uri", "").endswith("/bulkdata/7FE00010")


def test_a_value_that_looks_like_an_address_is_left_alone() -> None:
    text = '"BulkDataURI":"bulkdata/00420011"'
    register(StudyInstanceUID="1.2.3", PatientComments=text, ImageComments="BulkDataURI")
    (header,) = get("/dicom-web/studies/1.2.3/metadata").json()
    assert header["00104000"]["Value"] == [text]


def test_what_lies_elsewhere_or_is_not_open_is_not_found(kept: None) -> None:
    for path in (
        "studies/9.9",
        "studies/x",
        "studies/9.9/series/1.2.3.4",
        "studies/1.2.3/series/1.2.3.5/instances/1.2.3.4.1",
    ):
        status, media_type, answer = ask(path)
        assert (status, media_type, answer["error"]["code"]) == (404, "application/json", "not_found"), path


def test_p17_that_headers_are_read_is_written_down_once(kept: None) -> None:
    alices, pauls = key_of("alice"), key_of("paul")
    for key in (alices, alices, pauls):
        ask("studies/1.2.3", authorization=key)
    events = AuditEvent.objects.order_by("pk").filter(action__in=("study opened", "refused"))
    assert [(event.action, event.actor_label, event.study_instance_uid) for event in events] == [
        ("study opened", "alice", "1.2.3"),
        ("refused", "paul", "1.2.3"),
    ]


def test_json_is_one_list_of_nothing_where_all_went_in_the_meantime(
    kept: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wado_metadata, "kept_headers", lambda few: {})
    assert json.loads(get("/dicom-web/studies/1.2.3/metadata").body) == []
