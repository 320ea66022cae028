"""Whatever is asked, and of whatever file: an answer below 500, with its reason (promise P7)."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from pacs.access import opened, standing
from pacs.ingest.arrival import arrival_from_import
from pacs.ingest.pipeline import ingest
from pacs.ingest.receipts import Stored
from pacs.storage.staging import stage_bytes
from pacs.storage.transcode_encode import CODERS
from tests import builders
from tests.pacs.dicomweb.retrieving import get, key_of, path_of
from tests.viewer.kept import keep

pytestmark = pytest.mark.django_db(transaction=True)
REQUESTS = 600
NAMES = (
    "*/*",
    "application/dicom",
    "application/octet-stream",
    "image/*",
    "image/jls",
    "image/jpeg",
    "video/mp4",
    "multipart/related",
    'multipart/related; type="application/dicom"',
    "multipart/related;type=image/jp2",
    "application/dicom+json",
    'multipart/related; type="application/dicom+xml"',
    "",
    "nonsense",
    "a/b",
)
PARAMETERS = (
    "",
    ";q=0",
    ";q=1.0",
    ";q=0.5",
    ";q=x",
    ";transfer-syntax=*",
    ';transfer-syntax="*"',
    ";;",
    ';x="',
    *(f";transfer-syntax={syntax}" for syntax in (*CODERS, "1.2.840.10008.1.2.1", "1.2.3", "x" * 200)),
)
RANGES = (
    "",
    "bytes=0-",
    "bytes=5-2",
    "bytes=-9999999999999999999",
    "bytes=0-0,-1",
    "bytes=99999999999-",
    "bytes",
    "bytes=" + "0-1," * 200,
    "items=1-2",
)
TAGS = ("", "*", '"x"', 'W/"x", "y"', '"' * 50)
PLACES = (
    "",
    "/metadata",
    "/frames/1",
    "/frames/2,1",
    "/frames/0",
    "/frames/99",
    "/frames/١",
    "/frames/1%2C2",
    "/bulkdata/7FE00010",
    "/bulkdata/00420011",
    "/bulkdata/00081115/1/00081115/1/00081115",
    "/bulkdata/" + "0/" * 300,
)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    standing.forget()
    opened.forget()


def test_no_request_is_answered_with_a_fault() -> None:
    chance, key = random.Random(4), key_of()
    instances = keep(
        builders.ct_slice(EncapsulatedDocument=bytes(6000)),
        builders.multiframe(2, transfer_syntax="1.2.840.10008.1.2.2"),
        builders.colour(),
        builders.report(),
    )
    statuses = set()
    for _ in range(REQUESTS):
        accept = ", ".join(
            chance.choice(NAMES) + chance.choice(PARAMETERS) for _ in range(chance.randint(1, 3))
        )
        answer = get(
            path_of(chance.choice(instances), chance.choice(PLACES)),
            method=chance.choice(("GET", "HEAD")),
            authorization=key,
            accept=accept,
            range=chance.choice(RANGES),
            if_range=chance.choice(TAGS),
            if_none_match=chance.choice(TAGS),
            accept_encoding=chance.choice(("", "gzip", "br;q=x", "*", "gzip;q=0, *")),
        )
        assert answer.status < 500, accept
        statuses.add(answer.status)
    assert {200, 206, 304, 400, 404, 406, 416} <= statuses


def test_no_kept_file_of_the_hostile_corpus_makes_a_fault(shared_data: Path) -> None:
    key, asked = key_of(), 0
    wishes = ("1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.80", "*")
    for file in sorted((shared_data / "malformed-pwnlab").rglob("*.dcm")):
        receipt = ingest(arrival_from_import(stage_bytes(file.read_bytes())))
        if not isinstance(receipt, Stored):
            continue
        path = (
            f"/dicom-web/studies/{receipt.study_instance_uid}/series/{receipt.series_instance_uid}"
            f"/instances/{receipt.sop_instance_uid}"
        )
        for syntax in wishes:
            answer = get(path, authorization=key, accept=f"application/dicom; transfer-syntax={syntax}")
            assert answer.status in (200, 406), f"{file.name} {answer.body[:200]!r}"
        for place in ("/frames/1", "/metadata", "/bulkdata/7FE00010"):
            answer = get(path + place, authorization=key)
            assert answer.status in (200, 404, 406), f"{file.name} {place} {answer.body[:200]!r}"
        asked += 1
    assert asked > 10
