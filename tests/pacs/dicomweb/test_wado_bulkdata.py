"""WADO-RS bulkdata: every address in our metadata resolves, to the bytes that were left out."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
)

from pacs.access import opened, standing
from pacs.catalog.models import Instance
from pacs.catalog.plain_values import BINARY
from tests import builders
from tests.pacs.dicomweb.retrieving import get, key_of, parts_of, path_of
from tests.pacs.storage.test_transcode import corpus
from tests.viewer.kept import keep

pytestmark = pytest.mark.django_db(transaction=True)
LARGE = bytes(range(256)) * 20
OCTETS = "application/octet-stream"
ALL = 'multipart/related; type="*/*"; transfer-syntax=*'


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    standing.forget()
    opened.forget()


def addresses(dataset: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for element in dataset.values():
        if "BulkDataURI" in element:
            yield element["vr"], element["BulkDataURI"].removeprefix("http://127.0.0.1:8000")
        for item in element.get("Value") or () if element["vr"] == "SQ" else ():
            yield from addresses(item)


def addresses_of(instance: Instance, **headers: str) -> list[tuple[str, str]]:
    (header,) = get(path_of(instance, "/metadata"), **headers).json()
    return list(addresses(header))


def nested(**attributes: Any) -> Dataset:
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


SYNTAXES = (
    builders.LITTLE_ENDIAN,
    ImplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_values_are_found_at_any_depth_and_in_any_encoding(syntax: str) -> None:
    words = np.arange(3000, dtype=">u2" if syntax == ExplicitVRBigEndian else "<u2").tobytes()
    waveform = nested(WaveformBitsAllocated=16)
    waveform.add_new("WaveformData", "OW", words)
    inner = nested(WaveformSequence=[nested(WaveformBitsAllocated=8), waveform])
    file = builders.ct_slice(
        transfer_syntax=syntax,
        EncapsulatedDocument=LARGE,
        ReferencedStudySequence=[nested(), nested(), nested()],  # items before, at the same depth
        ReferencedSeriesSequence=[nested(), inner],
    )
    (instance,) = keep(file)
    found = {address.partition("/bulkdata/")[2]: address for _, address in addresses_of(instance)}
    assert set(found) == {"00420011", "00081115/2/54000100/2/54001010", "7FE00010"}
    assert get(found["00420011"], accept=OCTETS).body == LARGE
    wave = get(found["00081115/2/54000100/2/54001010"], accept=OCTETS)
    assert np.array_equal(np.frombuffer(wave.body, "<u2"), np.arange(3000))
    (part,) = parts_of(get(found["00420011"], accept=f'multipart/related; type="{OCTETS}"'))
    assert (part.content, part.location) == (LARGE, f"http://127.0.0.1:8000{found['00420011']}")


def test_ranges_and_conditions() -> None:
    (instance,) = keep(builders.ct_slice(EncapsulatedDocument=LARGE))
    path = path_of(instance, "/bulkdata/00420011")
    whole = get(path)
    assert (whole.status, whole.body, whole.headers["accept-ranges"]) == (200, LARGE, "bytes")
    assert get(path, if_none_match=whole.headers["etag"]).status == 304
    part = get(path, range="bytes=100-199", if_range=whole.headers["etag"])
    assert (part.status, part.body) == (206, LARGE[100:200])
    many = get(path, range="bytes=0-0,-2")
    assert [one.content for one in parts_of(many)] == [LARGE[:1], LARGE[-2:]]
    (within,) = parts_of(get(path, accept=f'multipart/related; type="{OCTETS}"', range="bytes=100-199"))
    assert within.content == LARGE[100:200]  # in an envelope, the range of the value
    assert get(path, method="HEAD").headers["content-length"] == str(len(LARGE))


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (b"%PDF-1.7 ...", "application/pdf"),
        (b'<?xml version="1.0"?><ClinicalDocument/>', "text/xml"),
        (b"solid lightbox", "model/stl"),
        (b"<html><script>alert(1)</script>", OCTETS),
        (b'<?xml version="1.0"?><html xmlns="x"/>', OCTETS),
        (b"MZ\x90\0", OCTETS),
    ],
)
def test_p12_a_document_is_what_its_bytes_say(document: bytes, told: str) -> None:
    file = builders.part10(
        SOPClassUID="1.2.840.10008.5.1.4.1.1.104.1",
        Modality="DOC",
        EncapsulatedDocument=document.ljust(6000, b" "),
        MIMETypeOfEncapsulatedDocument="application/pdf",
    )
    (instance,) = keep(file)
    answer = get(path_of(instance, "/bulkdata/00420011"))
    assert answer.headers["content-type"].partition(";")[0] == told
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_pixels_are_one_value_or_a_part_for_each_frame() -> None:
    native, big = keep(builders.multiframe(3), builders.multiframe(3, transfer_syntax=ExplicitVRBigEndian))
    expected = np.arange(1, 4, dtype="<u2").repeat(64).tobytes()
    path = path_of(native, "/bulkdata/7FE00010")
    assert get(path).body == expected
    assert get(path, range="bytes=130-131").body == expected[130:132]
    assert [part.content for part in parts_of(get(path, accept=ALL))] == [expected]
    frames = parts_of(get(path_of(big, "/bulkdata/7FE00010")))
    assert b"".join(part.content for part in frames) == expected
    assert frames[2].location.endswith(path_of(big, "/frames/3"))


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("00420012", 404),
        ("00081115/3/54000100/2/54001010", 404),
        ("00081115/0/54000100", 400),
        ("0042001", 400),
        ("00420011/1", 400),
        ("x", 400),
        ("../../metadata", 400),
    ],
)
def test_values_that_are_not_there(place: str, said: int) -> None:
    (instance,) = keep(builders.ct_slice())
    assert get(path_of(instance, f"/bulkdata/{place}")).status == said


def test_all_of_a_study_comes_in_parts_that_the_metadata_name() -> None:
    shared: dict[str, Any] = {"StudyInstanceUID": "1.2.3"}
    grey = np.arange(64, dtype="<u2").reshape(8, 8)
    stream = bytes(imagecodecs.jpeg2k_encode(grey, level=0, codecformat="j2k"))
    document, native, compressed, report = keep(
        builders.ct_slice(EncapsulatedDocument=LARGE, **shared),
        builders.multiframe(2, **shared),
        builders.encapsulated([stream, stream], JPEG2000Lossless, **shared),
        builders.report(**shared),
    )
    address = "http://127.0.0.1:8000"
    for what, accept in (("bulkdata", ""), ("pixeldata", "*/*"), ("bulkdata", ALL), ("pixeldata", ALL)):
        answer = get(f"/dicom-web/studies/1.2.3/{what}", accept=accept)
        assert answer.status == 200
        parts = {part.location.removeprefix(address): part for part in parts_of(answer)}
        expected = [
            path_of(document, "/bulkdata/7FE00010"),
            path_of(native, "/bulkdata/7FE00010"),
            *(path_of(compressed, f"/frames/{number}") for number in (1, 2)),
        ]
        if what == "bulkdata":
            expected.append(path_of(document, "/bulkdata/00420011"))
            assert parts[expected[-1]].content == LARGE
        assert set(parts) == set(expected)
        for location, part in parts.items():
            alone = get(location, accept=accept or ALL.partition(";")[0])
            assert part.content in alone.body
        first = parts[expected[2]]
        assert first.content.rstrip(b"\0") == (stream if accept == ALL else grey.tobytes()).rstrip(b"\0")
        tag = answer.headers["etag"]
        assert get(f"/dicom-web/studies/1.2.3/{what}", accept=accept, if_none_match=tag).status == 304
    # An object asked for as octets is its bulkdata (PS3.18 B.10).
    octets = f'multipart/related; type="{OCTETS}"'
    values = get(path_of(document), accept=octets)
    assert values.body == get(path_of(document, "/bulkdata"), accept=octets).body
    assert len(parts_of(values)) == 2
    assert get(path_of(report, "/pixeldata")).problem() == (404, "not_found")
    # What has no value that is left out has no such resource, and no empty answer in parts (Table 10.4.3-1).
    assert get(path_of(report, "/bulkdata")).problem() == (404, "not_found")
    assert parts_of(get(path_of(compressed, "/pixeldata"), accept='multipart/related; type="image/jls"'))
    for accept in ("text/html", OCTETS, 'multipart/related; type="video/mp4"'):
        refused = get("/dicom-web/studies/1.2.3/pixeldata", accept=accept)
        assert refused.problem() == (406, "not_acceptable"), accept


def test_a_large_value_is_neither_read_whole_nor_before_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    (instance,) = keep(builders.ct_slice(EncapsulatedDocument=bytes(5 << 20)))
    answer = get(path_of(instance, "/bulkdata/00420011"), range="bytes=4000000-4000009")
    assert (answer.status, len(answer.body)) == (206, 10)


def test_every_address_in_the_metadata_of_the_corpus_resolves(shared_data: Path) -> None:
    """The files that have values to leave out: documents, waveforms, private and other large values, every layout."""
    groups = (
        "synthetic/doc",
        "synthetic/ecg",
        "synthetic/video",
        "synthetic/seg",
        "synthetic/colour",
        "pydicom/",
    )
    rows = [row for row in corpus(shared_data) if row["part10"] == "y" and row["path"].startswith(groups)]
    key, count = key_of(), 0
    for row in rows:
        try:
            (instance,) = keep((shared_data / row["path"]).read_bytes())
        except AssertionError:
            continue  # refused, with a reason; test_corpus knows them
        for vr, address in addresses_of(instance, authorization=key):
            assert vr in BINARY, f"{row['path']} {vr!r}"
            answer = get(address, authorization=key, accept=ALL)
            assert answer.status == 200, f"{row['path']} {address} {answer.body!r}"
            assert b"".join(part.content for part in parts_of(answer)), f"{row['path']} {vr}"
            count += 1
    assert count > 80


def test_what_is_left_out_of_a_header_is_what_pydicom_reads(shared_data: Path) -> None:
    file = (shared_data / "synthetic/ecg").glob("*.dcm").__next__()
    (instance,) = keep(file.read_bytes())
    dataset = pydicom.dcmread(BytesIO(file.read_bytes()))
    path = path_of(instance, "/bulkdata/54000100/1/54001010")
    assert get(path, accept=OCTETS).body == dataset.WaveformSequence[0].WaveformData


def test_a_video_is_had_as_it_is_and_frame_by_frame_not_at_all(shared_data: Path) -> None:
    (instance,) = keep((shared_data / "synthetic/video/h264_102.dcm").read_bytes())
    path = path_of(instance, "/bulkdata/7FE00010")
    whole = get(path)  # as a player in a page asks
    assert whole.headers["content-type"].startswith("video/mp4")
    part = get(path, range="bytes=0-")
    assert (part.status, part.body) == (206, whole.body)
    refused = get(path_of(instance, "/frames/1"), accept=ALL)
    assert refused.problem() == (406, "not_acceptable")
    assert "bulkdata/7FE00010" in refused.json()["error"]["message"]
