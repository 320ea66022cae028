"""A DICOMDIR is read by programs that are not ours: DCMTK, and pydicom's own walk of the records."""

from __future__ import annotations

import json
import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.uid import (
    BasicTextSRStorage,
    CTImageStorage,
    EncapsulatedPDFStorage,
    ExplicitVRLittleEndian,
    KeyObjectSelectionDocumentStorage,
    RTDoseStorage,
    SegmentationStorage,
    generate_uid,
)

from pacs.catalog.header_json import header_json
from pacs.media.dicomdir import JsonDataset, Listed, dicomdir
from pacs.media.records import record_type
from tests import builders

ITEM_HEAD_BYTES = 8


def listed(data: bytes, *place: str) -> Listed:
    dataset = dcmread(BytesIO(data), force=True)
    return Listed(
        ("DICOM", "PT000000", *place),
        json.loads(header_json(dataset)),
        str(dataset.SOPClassUID),
        str(dataset.SOPInstanceUID),
        ExplicitVRLittleEndian,
    )


def made() -> list[Listed]:
    """A CT of two slices and a report beside it, of one study; another study of one slice."""
    study: dict[str, Any] = {"StudyInstanceUID": builders.new_uid(), "PatientName": "Yamada^Tarou=山田^太郎"}
    series: dict[str, Any] = {**study, "SeriesInstanceUID": builders.new_uid()}
    return [
        listed(builders.ct_slice(InstanceNumber=1, **series), "ST000000", "SE000000", "IM000000"),
        listed(builders.ct_slice(InstanceNumber=2, **series), "ST000000", "SE000000", "IM000001"),
        listed(builders.report(**study), "ST000000", "SE000001", "IM000000"),
        listed(builders.ct_slice(), "ST000001", "SE000002", "IM000000"),
    ]


def walk(directory: Any, offset: int, places: dict[int, Any]) -> list[tuple[str, Any]]:
    """Every record reached from here by the offsets alone, with what lies below it."""
    found = []
    while offset:
        record = places[offset]
        below = walk(directory, record.OffsetOfReferencedLowerLevelDirectoryEntity, places)
        found.append((record.DirectoryRecordType, below or "\\".join(record.ReferencedFileID)))
        offset = record.OffsetOfTheNextDirectoryRecord
    return found


def test_records_point_to_each_other_by_their_places_in_the_file() -> None:
    directory = dcmread(BytesIO(dicomdir(made(), generate_uid())))
    places = {item.seq_item_tell: item for item in directory.DirectoryRecordSequence}
    first = directory.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity
    assert walk(directory, first, places) == [
        (
            "PATIENT",
            [
                (
                    "STUDY",
                    [
                        (
                            "SERIES",
                            [
                                ("IMAGE", r"DICOM\PT000000\ST000000\SE000000\IM000000"),
                                ("IMAGE", r"DICOM\PT000000\ST000000\SE000000\IM000001"),
                            ],
                        ),
                        ("SERIES", [("SR DOCUMENT", r"DICOM\PT000000\ST000000\SE000001\IM000000")]),
                    ],
                ),
                ("STUDY", [("SERIES", [("IMAGE", r"DICOM\PT000000\ST000001\SE000002\IM000000")])]),
            ],
        )
    ]
    assert directory.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity == first
    patient = places[first]
    assert str(patient.PatientName) == "Yamada^Tarou=山田^太郎"
    assert patient.PatientID == "1234"


def test_dcmtk_reads_it_and_finds_every_file(tmp_path: Path) -> None:
    dump = shutil.which("dcmdump")
    if dump is None:
        pytest.skip("DCMTK is not installed")
    (tmp_path / "DICOMDIR").write_bytes(dicomdir(made(), generate_uid()))
    told = subprocess.run([dump, "DICOMDIR"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert told.stderr == ""
    assert told.stdout.count("ReferencedFileID") == 4
    assert r"[DICOM\PT000000\ST000001\SE000002\IM000000]" in told.stdout


def test_an_empty_file_set_has_no_records() -> None:
    directory = dcmread(BytesIO(dicomdir([], generate_uid())))
    assert directory.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity == 0
    assert list(directory.DirectoryRecordSequence) == []


def test_a_value_that_cannot_be_written_is_left_empty_and_the_object_listed() -> None:
    one = made()[0]
    bad: JsonDataset = {
        **one.header,
        "00200010": {"vr": "SH", "Value": [{"Alphabetic": 1}]},
        "00080020": {"vr": "SQ", "Value": [7]},
        "00200013": {"vr": "IS", "Value": ["many"]},
    }
    record = Listed(one.file_id, bad, one.sop_class_uid, one.sop_instance_uid, one.transfer_syntax_uid)
    directory = dcmread(BytesIO(dicomdir([record], generate_uid())))
    assert [item.DirectoryRecordType for item in directory.DirectoryRecordSequence] == [
        "PATIENT",
        "STUDY",
        "SERIES",
        "IMAGE",
    ]


@pytest.mark.parametrize(
    ("sop_class", "kind"),
    [
        (CTImageStorage, "IMAGE"),
        (SegmentationStorage, "IMAGE"),
        (BasicTextSRStorage, "SR DOCUMENT"),
        (KeyObjectSelectionDocumentStorage, "KEY OBJECT DOC"),
        (EncapsulatedPDFStorage, "ENCAP DOC"),
        (RTDoseStorage, "RT DOSE"),
        ("1.2.3", "IMAGE"),
    ],
)
def test_each_kind_of_object_has_its_record(sop_class: str, kind: str) -> None:
    """PS3.3 Table F.4-1."""
    assert record_type(sop_class) == kind
