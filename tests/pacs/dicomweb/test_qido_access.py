"""Promise P13 for every kind of search: a row that may not be seen changes no result, count, Warning or time.

Time is shown by what is done, not by a clock: the same queries, as many headers read, and no query that the database
answers by reading more than the rows that are open.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pacs.access import opened, searches
from pacs.access.models import User
from pacs.catalog import found
from pacs.catalog.headers import read_header
from pacs.catalog.models import Patient, Study
from tests.pacs.catalog.kept import many_studies, register
from tests.people import PHYSICIAN, alice, bob, charlie, granted, pia, signed_in, tied

pytestmark = pytest.mark.django_db

SEARCHES = (
    "studies",
    "studies?limit=1",
    "studies?limit=1&offset=1",
    "studies?limit=0",
    "studies?after=1.2.3",
    "studies?after=9.2.3",
    "instances?limit=1&after=1.2.3.4.1",
    "instances?after=9.2.3.4.1",
    "studies?PatientName=doe*",
    "studies?PatientName=*o*",
    "studies?PatientName=ja do&fuzzymatching=true",
    "studies?PatientID=*",
    "studies?PatientID=H*",
    "studies?AccessionNumber=A*",
    "studies?AccessionNumber=A1",
    "studies?StudyDate=20240101-20241231",
    "studies?StudyDate=20240102&StudyTime=0304-0305",
    "studies?ModalitiesInStudy=CT",
    "studies?StudyInstanceUID=1.2.3,9.2.3",
    "studies?SOPClassesInStudy=1.2.840.10008.5.1.4.1.1.2",
    "studies?PatientComments=*",
    "studies?PatientComments=secret",
    "studies?includefield=all",
    "studies?includefield=NumberOfPatientRelatedStudies,NumberOfPatientRelatedInstances",
    "series",
    "series?limit=1",
    "series?Modality=CT",
    "series?PatientName=doe*&Modality=*",
    "series?ProtocolName=Head",
    "series?SeriesInstanceUID=1.2.3.4,9.2.3.4",
    "instances",
    "instances?limit=1",
    "instances?InstanceNumber=1",
    "instances?SOPInstanceUID=9.2.3.4.1",
    "instances?KVP=120&limit=1",
    "instances?includefield=all",
    "studies/1.2.3/series",
    "studies/1.2.3/instances?limit=1",
    "studies/1.2.3/series/1.2.3.4/instances",
    "studies/9.2.3/series",
    "studies/9.2.3/instances",
    "studies/9.2.3/series/9.2.3.4/instances",
)
COUNTED = tuple(
    f"{path}/count?{query}"
    for path, _, query in (one.partition("?") for one in SEARCHES)
    if "limit" not in query and "includefield" not in query
)


def kept(root: str, patient: str, **attributes: Any) -> Study:
    """A study of two instances, and of what may be searched by."""
    for number in (1, 2):
        register(
            StudyInstanceUID=root,
            SeriesInstanceUID=f"{root}.4",
            SOPInstanceUID=f"{root}.4.{number}",
            InstanceNumber=number,
            PatientID=patient,
            PatientComments="secret",
            ProtocolName="Head",
            KVP="120",
            **attributes,
        )
    return Study.objects.get(study_instance_uid=root)


OF_THE_APP = ("/api/studies", "/api/studies?search=do", "/api/studies?search=a1&modality=CT&limit=1")


@dataclass(frozen=True)
class Answered:
    """What an answer tells of itself, and what it took."""

    status: int
    body: Any
    warning: str | None
    headers: frozenset[str]
    queries: int
    headers_read: int


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Callable[[Client, str], Answered]:
    read: list[bytes] = []

    def counting(kept: bytes, needed: Any) -> Any:
        read.append(kept)
        return read_header(kept, needed)

    monkeypatch.setattr(found, "read_header", counting)

    def ask(client: Client, search: str) -> Answered:
        for memory in (searches, opened):
            memory.forget()
        cache.clear()
        read.clear()
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(search if search.startswith("/") else f"/dicom-web/{search}")
        body = async_to_sync(_whole)(answer) if answer.streaming else answer.content
        told = json.loads(body)
        if "error" in told:
            told["error"]["request_id"] = ""
        for query in queries.captured_queries:
            _require_narrow(query["sql"], search)
        return Answered(
            answer.status_code,
            told,
            answer.get("Warning"),
            frozenset(answer.headers),
            len(queries),
            len(read),
        )

    return ask


async def _whole(answer: Any) -> bytes:
    return b"".join([chunk async for chunk in answer.streaming_content])


def _require_narrow(sql: str, search: str) -> None:
    """No query reads rows by anything but what is open, or what the address names."""
    if connection.vendor != "sqlite" or "catalog_" not in sql or not sql.startswith("SELECT"):
        return
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        plan = [row[3] for row in cursor.fetchall()]
    wide = ("SCAN catalog_", "word_prefix", "study_newest", "accession", "name_key", "_arrival")
    assert [step for step in plan if any(one in step for one in wide)] == [], (search, sql)


def _as_patient() -> User:
    return tied(pia(), Patient.objects.get(patient_id="PIA"))


def _as_referrer() -> User:
    return bob()


def _as_granted() -> User:
    return granted(charlie(), Study.objects.get(study_instance_uid="1.2.3"))


@pytest.mark.parametrize("who", [_as_patient, _as_referrer, _as_granted])
def test_what_may_not_be_seen_changes_nothing(
    ask: Callable[[Client, str], Answered], who: Callable[[], User]
) -> None:
    kept("1.2.3", "PIA", ReferringPhysicianName=PHYSICIAN)
    client = signed_in(who())
    every = (*SEARCHES, *COUNTED, *OF_THE_APP)
    before = {search: ask(client, search) for search in every}
    kept("9.2.3", "HIDDEN", ReferringPhysicianName="Else^Someone")
    many_studies(300)
    after = {search: ask(client, search) for search in every}
    assert [search for search in every if before[search] != after[search]] == []
    assert len(before["studies"].body) == 1
    assert before["studies?limit=1"].warning is None
    assert before["studies/count?"].body == {"count": 1}
    assert before["studies?PatientComments=*"].headers_read > 0
    assert before["studies?includefield=all"].body[0]["00201200"]["Value"] == [1]
    assert before["studies/9.2.3/series"].status == 404


def test_whoever_sees_everything_is_told_of_it(ask: Callable[[Client, str], Answered]) -> None:
    kept("1.2.3", "PIA")
    kept("9.2.3", "HIDDEN")
    client = signed_in(alice())
    assert client.get("/dicom-web/studies?PatientComments=secret").json().__len__() == 2
    assert client.get("/dicom-web/instances/count?KVP=120").json() == {"count": 4}


def test_what_is_open_to_many_is_searched_all_the_same(
    ask: Callable[[Client, str], Answered], monkeypatch: pytest.MonkeyPatch
) -> None:
    """More studies than are named: the policy's own condition takes over, with the same answers."""
    kept("1.2.3", "PIA", ReferringPhysicianName=PHYSICIAN)
    kept("1.2.4", "PIA", ReferringPhysicianName=PHYSICIAN)
    kept("9.2.3", "HIDDEN")
    client = signed_in(bob())
    named = {search: client.get(f"/dicom-web/{search}").content for search in COUNTED}
    monkeypatch.setattr("pacs.access.permit.MOST_NAMED", 1)
    assert {
        search: client.get(f"/dicom-web/{search}").content for search in COUNTED if "9.2" not in search
    } == {search: body for search, body in named.items() if "9.2" not in search}
