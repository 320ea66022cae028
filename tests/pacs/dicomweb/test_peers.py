"""Programs of others: Orthanc as a client of ours stores, searches and retrieves; DCMTK and GDCM read what we send."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.uid import JPEG2000Lossless

from bench.servers import Running, orthanc
from pacs.access import opened, standing
from pacs.catalog.models import Instance
from pacs.storage.transcode_image import (
    DEFLATED,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    JPEG_2000_LOSSLESS,
    JPEG_LOSSLESS,
    JPEG_LOSSLESS_SV1,
    JPEG_LS,
    RLE,
)
from tests import builders
from tests.pacs.dicomweb.retrieving import get, path_of
from tests.people import key_of, tess
from tests.running import running_application
from tests.viewer.kept import keep

pytestmark = pytest.mark.django_db(transaction=True)
# What makes a native file of each, by a codec that is not ours.
READERS = {
    EXPLICIT_LITTLE: ["dcmconv", "+te"],
    IMPLICIT_LITTLE: ["dcmconv", "+te"],
    DEFLATED: ["dcmconv", "+te"],
    RLE: ["dcmdrle", "+te"],
    JPEG_LOSSLESS: ["dcmdjpeg", "+te"],
    JPEG_LOSSLESS_SV1: ["dcmdjpeg", "+te"],
    JPEG_LS: ["dcmdjpls", "+te"],
    JPEG_2000_LOSSLESS: ["gdcmconv", "--raw"],
}


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    standing.forget()
    opened.forget()


@pytest.fixture
def peer() -> Iterator[Running]:
    with orthanc() as running:
        if running is None:
            pytest.skip("needs Orthanc with its DICOMweb plug-in")
        yield running


def tell(peer: Running, method: str, path: str, body: Any) -> Any:
    """What Orthanc answers over its own API."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{peer.port}{path}", data=data, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        text = answer.read()
    return json.loads(text) if text.strip() else None


def study_files() -> list[bytes]:
    """A study of slices, plain and compressed, and a report."""
    shared: dict[str, Any] = {"StudyInstanceUID": builders.new_uid(), "PatientID": "ORTHANC"}
    grey = np.arange(64, dtype="<u2").reshape(8, 8)
    stream = bytes(imagecodecs.jpeg2k_encode(grey, level=0, codecformat="j2k"))
    compressed = builders.encapsulated([stream], JPEG2000Lossless, **shared)
    return [*builders.ct_series(3, **shared), compressed, builders.report(**shared)]


def test_orthanc_stores_searches_and_retrieves(peer: Running) -> None:
    files = study_files()
    study = pydicom.dcmread(pydicom.filebase.DicomBytesIO(files[0])).StudyInstanceUID
    for file in files:
        own = tell(peer, "POST", "/instances", file)["ParentStudy"]
    with running_application() as address:
        ours = {
            "Url": f"{address}/dicom-web/",
            "HttpHeaders": {"Authorization": f"Bearer {key_of(tess())}"},
        }
        tell(peer, "PUT", "/dicom-web/servers/ours", ours)
        tell(peer, "POST", "/dicom-web/servers/ours/stow", {"Resources": [own], "Synchronous": True})
        assert Instance.objects.filter(series__study__study_instance_uid=study).count() == len(files)

        wanted = {"Uri": "/studies", "Arguments": {"PatientID": "ORTHANC"}}
        (found,) = tell(peer, "POST", "/dicom-web/servers/ours/qido", wanted)
        assert found["0020000D"]["Value"] == study

        instances = [one["ID"] for one in tell_get(peer, f"/studies/{own}/instances")]
        assert len(instances) == len(files)
        request = urllib.request.Request(f"http://127.0.0.1:{peer.port}/studies/{own}", method="DELETE")
        urllib.request.urlopen(request, timeout=60)
        resources = {"Resources": [{"Study": study}], "Synchronous": True}
        tell(peer, "POST", "/dicom-web/servers/ours/retrieve", resources)
        back = [one["ID"] for one in tell_get(peer, f"/studies/{own}/instances")]
        assert sorted(back) == sorted(instances)


def tell_get(peer: Running, path: str) -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{peer.port}{path}", timeout=60) as answer:
        return json.loads(answer.read())


@pytest.mark.parametrize("syntax", READERS)
def test_others_read_what_we_send(syntax: str, tmp_path: Path) -> None:
    program, *options = READERS[syntax]
    if shutil.which(program) is None:
        pytest.skip(f"needs {program}")
    grey = np.arange(3 * 40 * 30).reshape(3, 40, 30)
    kinds = (
        builders.image((grey % 4096).astype("<u2"), NumberOfFrames=3, BitsStored=12, HighBit=11),
        # One frame: no secondary capture holds several of signed values (PS3.3 A.8.4), and GDCM writes no other.
        builders.image((grey[0] - 600).astype("<i2"), PixelRepresentation=1),
        builders.colour(40, 30),
    )
    for number, instance in enumerate(keep(*kinds)):
        answer = get(path_of(instance), accept=f"application/dicom; transfer-syntax={syntax}")
        assert answer.status == 200
        sent, read = tmp_path / f"{number}.dcm", tmp_path / f"{number}-read.dcm"
        sent.write_bytes(answer.body)
        told = subprocess.run([program, *options, sent, read], capture_output=True, text=True)
        assert told.returncode == 0, told.stderr
        before = pydicom.dcmread(pydicom.filebase.DicomBytesIO(kinds[number]))
        after = pydicom.dcmread(read)
        assert after.PixelData == before.PixelData, f"{program}, image {number}"
        assert after.PhotometricInterpretation == before.PhotometricInterpretation
