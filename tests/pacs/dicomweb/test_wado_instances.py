"""WADO-RS study, series and instance: the bytes that came in are the bytes that go out (promise P2)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pacs.access import opened, standing
from pacs.catalog.models import Instance
from pacs.dicomweb import retrieve, retrieve_body
from pacs.storage.blobs import blob_store
from pacs.storage.keys import BlobKey
from tests import builders
from tests.pacs.dicomweb.retrieving import AS_KEPT, get, key_of, parts_of, path_of
from tests.viewer.client import scope
from tests.viewer.kept import keep

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    standing.forget()
    opened.forget()


def test_an_instance_is_what_was_received() -> None:
    file = builders.ct_slice()
    (instance,) = keep(file)
    for accept in ("", "*/*", AS_KEPT, 'multipart/related; type="application/dicom"'):
        answer = get(path_of(instance), accept=accept)
        (part,) = parts_of(answer)
        assert part.content == file
        assert part.content_type == "application/dicom; transfer-syntax=1.2.840.10008.1.2.1"
        assert part.location == f"http://127.0.0.1:8000{path_of(instance)}"
        assert answer.headers["content-type"].startswith(
            'multipart/related; type="application/dicom"; boundary='
        )
    alone = get(path_of(instance), accept="application/dicom")
    assert (alone.status, alone.body) == (200, file)
    assert alone.headers["content-type"].startswith("application/dicom")


def test_a_study_and_a_series_are_all_that_is_in_them_in_order() -> None:
    shared: dict[str, Any] = {"StudyInstanceUID": "1.2.3"}
    files = builders.ct_series(5, SeriesInstanceUID="1.2.3.4", **shared)
    keep(*reversed(files))
    report = builders.report(SeriesInstanceUID="1.2.3.5", **shared)
    keep(report, builders.ct_slice())
    assert [part.content for part in parts_of(get("/dicom-web/studies/1.2.3/series/1.2.3.4"))] == files
    whole = get("/dicom-web/studies/1.2.3", accept=AS_KEPT)
    assert sorted(part.content for part in parts_of(whole)) == sorted([*files, report])
    assert int(whole.headers["content-length"]) == len(whole.body)
    assert get("/dicom-web/studies/1.2.3", accept=AS_KEPT, if_none_match=whole.headers["etag"]).status == 304
    rest = get(
        "/dicom-web/studies/1.2.3", accept=AS_KEPT, range="bytes=1000-", if_range=whole.headers["etag"]
    )
    assert (rest.status, rest.body) == (206, whole.body[1000:])
    keep(builders.ct_slice(**shared))
    assert get("/dicom-web/studies/1.2.3", accept=AS_KEPT, if_none_match=whole.headers["etag"]).status == 200


def test_several_objects_do_not_fit_into_one_part() -> None:
    keep(*builders.ct_series(2, StudyInstanceUID="1.2.3"))
    answer = get("/dicom-web/studies/1.2.3", accept="application/dicom")
    assert answer.problem() == (406, "not_acceptable")
    (wish, *_) = answer.json()["error"]["fields"]["acceptable"]
    assert get("/dicom-web/studies/1.2.3", accept=wish).status == 200


def test_what_lies_elsewhere_or_is_not_open_is_not_found() -> None:
    (instance,) = keep(builders.ct_slice(ReferringPhysicianName="Someone^Else"))
    study, series = instance.series.study.study_instance_uid, instance.series.series_instance_uid
    for path in ("/dicom-web/studies/9.9", "/dicom-web/studies/x", f"/dicom-web/studies/9.9/series/{series}"):
        assert get(path).problem() == (404, "not_found"), path
    for path in (
        path_of(instance),
        f"/dicom-web/studies/{study}",
        f"/dicom-web/studies/{study}/series/{series}",
    ):
        assert get(path, authorization=key_of("charlie")).problem() == (404, "not_found"), path
        assert get(path, authorization="").problem() == (401, "not_signed_in"), path


def test_p22_a_study_is_sent_in_pieces_and_nothing_is_read_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    keep(*builders.ct_series(4, StudyInstanceUID="1.2.3", rows=1024, columns=1024))
    read: list[int] = []
    store = blob_store()

    class Counting:
        def read_range(self, key: Any, offset: int, length: int) -> bytes:
            read.append(length)
            return store.read_range(key, offset, length)

    monkeypatch.setattr(retrieve_body, "blob_store", Counting)
    sent: list[tuple[int, int]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(3600)
        return {}

    async def send(message: Any) -> None:
        sent.append((len(message.get("body", b"")), len(read)))

    asked = scope("/dicom-web/studies/1.2.3", authorization=key_of())
    asyncio.run(retrieve.app(asked, receive, send))
    assert max(size for size, _ in sent) <= retrieve_body.CHUNK_BYTES + 1024
    assert sum(size for size, _ in sent) > 8 << 20
    assert [reads for size, reads in sent if size > 1024] == list(range(1, len(read) + 1))


async def run_until(path: str, key: str, most_chunks: int) -> tuple[int, bool]:
    """How many pieces were sent to a client that leaves after so many, and whether the answer was whole."""
    left, chunks, is_whole = asyncio.Event(), 0, False

    async def receive() -> dict[str, Any]:
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        nonlocal chunks, is_whole
        chunks += bool(message.get("body"))
        is_whole = is_whole or (message["type"] == "http.response.body" and not message.get("more_body"))
        if chunks >= most_chunks:
            left.set()
        await asyncio.sleep(0)

    await retrieve.app(scope(path, authorization=key, accept=AS_KEPT), receive, send)
    return chunks, is_whole


def test_nothing_is_read_for_whoever_has_left() -> None:
    keep(*builders.ct_series(9, StudyInstanceUID="1.2.3", rows=1024, columns=1024))
    key = key_of()
    assert asyncio.run(run_until("/dicom-web/studies/1.2.3", key, 1000))[1]
    chunks, is_whole = asyncio.run(run_until("/dicom-web/studies/1.2.3", key, 2))
    assert chunks <= 4
    assert not is_whole


def test_an_answer_that_cannot_be_finished_breaks_off(monkeypatch: pytest.MonkeyPatch) -> None:
    files = builders.ct_series(3, StudyInstanceUID="1.2.3", rows=1024, columns=1024)
    first, *_ = keep(*files)
    blob_store().delete(BlobKey(Instance.objects.get(instance_number=2).blob))
    with pytest.raises(retrieve.BrokenOff):
        asyncio.run(run_until("/dicom-web/studies/1.2.3", key_of(), 1000))
    assert get(path_of(first)).status == 200
