"""A study as a zip is a file-set that others read: their bytes are those that came in (promise P2)."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pydicom import dcmread

from pacs.access import opened, standing
from pacs.access.models import AuditEvent
from pacs.catalog.models import Study
from pacs.dicomweb import retrieve
from tests import builders, people
from tests.pacs.dicomweb.retrieving import get, key_of, path_of
from tests.viewer.client import Response, ask
from tests.viewer.kept import keep

pytestmark = pytest.mark.django_db(transaction=True)
STUDY = "/dicom-web/studies/1.2.3"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    standing.forget()
    opened.forget()


def kept() -> list[bytes]:
    shared: dict[str, Any] = {"StudyInstanceUID": "1.2.3", "PatientName": "Müller^Änne"}
    files = [*builders.ct_series(3, SeriesInstanceUID="1.2.3.4", **shared), builders.report(**shared)]
    keep(*files)
    return files


def unzipped(body: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(body)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_study_is_a_file_set_of_the_files_that_came_in() -> None:
    files = kept()
    answer = get(STUDY, accept="application/zip")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.headers["content-disposition"] == 'attachment; filename="images.zip"'
    found = unzipped(answer.body)
    images = {name: data for name, data in found.items() if name.startswith("DICOM/")}
    assert sorted(images.values()) == sorted(files)
    assert list(found)[:3] == ["README.TXT", "SHA256SUMS", "DICOMDIR"]
    lines = [line.split("  ") for line in found["SHA256SUMS"].decode().splitlines()]
    sums = {name: digest for digest, name in lines}
    assert sums == {name: hashlib.sha256(data).hexdigest() for name, data in images.items()}
    directory = dcmread(BytesIO(found["DICOMDIR"]))
    told = [item for item in directory.DirectoryRecordSequence if "ReferencedFileID" in item]
    assert {"/".join(item.ReferencedFileID) for item in told} == set(images)
    for item in told:
        file = dcmread(BytesIO(images["/".join(item.ReferencedFileID)]))
        assert item.ReferencedSOPInstanceUIDInFile == file.SOPInstanceUID
    assert [str(item.PatientName) for item in directory.DirectoryRecordSequence if "PatientName" in item] == [
        "Müller^Änne"
    ]


def test_a_series_and_an_instance_can_be_saved_alone_and_by_a_link() -> None:
    kept()
    assert len(unzipped(get(f"{STUDY}/series/1.2.3.4", accept="application/zip").body)) == 3 + 3
    (instance,) = keep(builders.ct_slice())
    by_link = get(f"{path_of(instance)}?accept=application/zip", accept="text/html,*/*;q=0.8")
    assert len(unzipped(by_link.body)) == 3 + 1


def test_the_same_objects_make_the_same_zip() -> None:
    kept()
    first, second = (get(STUDY, accept="application/zip") for _ in range(2))
    assert first.body == second.body
    assert get(STUDY, accept="application/zip", if_none_match=first.headers["etag"]).status == 304


def test_browsers_are_told_how_long_it_will_be() -> None:
    """The length is exact for studies of every shape, and a HEAD has it without anything being handed out."""
    kept()
    one = builders.new_uid()
    keep(*builders.ct_series(12, StudyInstanceUID=one), builders.colour(StudyInstanceUID=one))
    (single,) = keep(builders.multiframe(frames=20, PatientName="山田^太郎"))
    for path in (STUDY, f"{STUDY}/series/1.2.3.4", f"/dicom-web/studies/{one}", path_of(single)):
        answer = get(path, accept="application/zip")
        assert int(answer.headers["content-length"]) == len(answer.body)
        assert answer.headers["accept-ranges"] == "none"
        assert len(get(path, accept="application/zip", range="bytes=0-9").body) == len(answer.body)
    exported = AuditEvent.objects.filter(action="objects exported").count()
    head = get(STUDY, "HEAD", accept="application/zip")
    assert int(head.headers["content-length"]) == len(get(STUDY, accept="application/zip").body)
    assert AuditEvent.objects.filter(action="objects exported").count() == exported + 1


def test_who_took_them_away_is_written_down_and_nobody_else_can() -> None:
    kept()
    for user, problem in (("charlie", (404, "not_found")), ("", (401, "not_signed_in"))):
        key = key_of(user) if user else ""
        assert get(STUDY, accept="application/zip", authorization=key).problem() == problem
    assert not AuditEvent.objects.filter(action="objects exported").exists()
    assert get(STUDY, accept="application/zip").status == 200
    (event,) = AuditEvent.objects.filter(action="objects exported")
    assert (event.study_instance_uid, event.details["objects"]) == ("1.2.3", 4)


def by_a_link(method: str = "GET", **terms: Any) -> Response:
    """The study as a zip, asked for by the guest of a new link to it."""
    link = people.link_to(Study.objects.get(study_instance_uid="1.2.3"), **terms)
    cookie = f"{settings.SESSION_COOKIE_NAME}={people.guest_session_key(link)}"
    return asyncio.run(ask(retrieve.app, f"{STUDY}?accept=application/zip", method, cookie=cookie))


def test_a_guest_saves_what_the_link_shows_where_it_lets_them() -> None:
    files = kept()
    told = by_a_link("HEAD", may_download=True)
    whole = by_a_link(may_download=True)
    assert int(told.headers["content-length"]) == len(whole.body)
    images = [data for name, data in unzipped(whole.body).items() if name.startswith("DICOM/")]
    assert sorted(images) == sorted(files)
    part = by_a_link(may_download=True, instances=[str(dcmread(BytesIO(files[1])).SOPInstanceUID)])
    assert [data for name, data in unzipped(part.body).items() if name.startswith("DICOM/")] == [files[1]]
    last = AuditEvent.objects.filter(action="objects exported").last()
    assert last is not None
    assert (last.actor_kind, last.details["objects"]) == ("link", 1)


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_a_guest_saves_nothing_where_the_link_only_shows(method: str) -> None:
    kept()
    refused = by_a_link(method)
    assert refused.status == 403
    assert not refused.body.startswith(b"PK")
    assert not AuditEvent.objects.filter(action="objects exported").exists()
    assert AuditEvent.objects.filter(action="refused", details__act="download").exists()


def test_dcmtk_reads_the_directory_it_unpacks(tmp_path: Path) -> None:
    dump = shutil.which("dcmdump")
    if dump is None:
        pytest.skip("DCMTK is not installed")
    kept()
    with zipfile.ZipFile(BytesIO(get(STUDY, accept="application/zip").body)) as archive:
        archive.extractall(tmp_path)
    files = [str(path) for path in (tmp_path / "DICOM").rglob("IM*")]
    told = subprocess.run(
        [dump, "+P", "PatientName", *files, str(tmp_path / "DICOMDIR")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stderr == ""
    assert told.stdout.count("(0010,0010)") == len(files) + 1
