"""From a file to its Header: every character set, what is missing, and what a child that was taken over might say."""

from __future__ import annotations

import ast
import json
import re
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from pydicom import Dataset, dcmread

from pacs.catalog.data_sets import DataSetPlace
from pacs.catalog.found import find
from pacs.catalog.identity import (
    Header,
    NoIdentifiers,
    header_from_wire,
    read_identity,
    require_identifiers,
)
from pacs.catalog.levels import Level
from pacs.catalog.models import Study
from pacs.catalog.names import name_groups
from pacs.catalog.register import register_instance
from pacs.catalog.rules import Rules
from pacs.catalog.search import StudyFilter, list_studies
from pacs.catalog.turn import own_turn
from pacs.ingest.scan.part10 import read_beginning
from pacs.ingest.scan.source import MemorySource
from tests import builders
from tests.builders import new_uid
from tests.pacs.catalog.kept import file_of

GROUPS = ("alphabetic", "ideographic", "phonetic")
JAPANESE = {"alphabetic": "Yamada^Tarou", "ideographic": "山田^太郎", "phonetic": "やまだ^たろう"}


def read(path: Path) -> Header:
    beginning = read_beginning(MemorySource(path.read_bytes()))
    place = DataSetPlace(
        start_offset=beginning.data_set_offset,
        end_offset=path.stat().st_size,
        is_implicit=beginning.is_implicit,
        is_big_endian=beginning.is_big_endian,
        is_deflated=beginning.is_deflated,
        media_storage_sop_class_uid=beginning.media_storage_sop_class_uid,
    )
    return header_from_wire(read_identity(str(path), place))


def read_bytes(data: bytes, folder: Path) -> Header:
    path = folder / "made.dcm"
    path.write_bytes(data)
    return read(path)


def named(*groups: str) -> dict[str, str]:
    return dict(zip(GROUPS, [*groups, "", ""], strict=False))


# --- names in every character set --------------------------------------------------------------

# How the bytes of FileInfo.txt are to be read, by Python's codecs: nothing of ours or pydicom's is in this table.
CODECS: dict[str, Callable[[bytes], str]] = {
    "chrArab.dcm": lambda raw: raw.decode("iso8859_6"),
    "chrFren.dcm": lambda raw: raw.decode("latin-1"),
    "chrFrenMulti.dcm": lambda raw: raw.decode("latin-1"),
    "chrGerm.dcm": lambda raw: raw.decode("latin-1"),
    "chrGreek.dcm": lambda raw: raw.decode("iso8859_7"),
    "chrH31.dcm": lambda raw: raw.decode("iso2022_jp"),
    "chrH32.dcm": lambda raw: "=".join(
        group.decode("shift_jis" if place == 0 else "iso2022_jp")
        for place, group in enumerate(raw.split(b"="))
    ),
    "chrHbrw.dcm": lambda raw: raw.decode("iso8859_8"),
    "chrI2.dcm": lambda raw: raw.replace(b"\x1b$)C", b"").decode("euc_kr"),
    "chrRuss.dcm": lambda raw: raw.decode("iso8859_5"),
    "chrX1.dcm": lambda raw: raw.decode("utf-8"),
    "chrX2.dcm": lambda raw: raw.decode("gb18030"),
}
# Files that FileInfo.txt does not tell the name of: as dcmdump shows them.
UNTOLD = {
    "chrJapMulti.dcm": named("やまだ^たろう"),
    "chrJapMultiExplicitIR6.dcm": named("やまだ^たろう"),
    "chrKoreanMulti.dcm": named("김희중"),
}
NAMELESS = {"chrSQEncoding.dcm", "chrSQEncoding1.dcm"}


def names_of_file_info(folder: Path) -> dict[str, dict[str, str]]:
    told = re.findall(r"^(chr\w+\.dcm) .*?('[^']*')$", (folder / "FileInfo.txt").read_text(), re.MULTILINE)
    raw = {file: ast.literal_eval("b" + quoted) for file, quoted in told}
    return {file: named(*CODECS[file](name).rstrip("=").split("=")) for file, name in raw.items()}


def test_pydicoms_character_sets_give_their_names(shared_data: Path) -> None:
    folder = shared_data / "charset-pydicom"
    expected = {**names_of_file_info(folder), **UNTOLD}
    read_names = {
        path.name: name_groups(read(path).patient.name)
        for path in folder.glob("*.dcm")
        if path.name not in NAMELESS
    }
    assert len(read_names) == len(CODECS) + len(UNTOLD)
    assert read_names == expected
    assert read_names["chrH31.dcm"] == JAPANESE


def test_our_character_sets_give_their_names(shared_data: Path) -> None:
    folder = shared_data / "synthetic"
    expected = json.loads((folder / "EXPECTED.json").read_text())
    told = {
        path: facts["PatientName_utf8"] for path, facts in expected.items() if path.startswith("charset/")
    }
    assert len(told) == 12
    for path, name in told.items():
        groups = named(*name.rstrip("=").split("="))
        assert name_groups(read(folder / path).patient.name) == groups, path


def test_a_sequence_has_a_character_set_of_its_own(shared_data: Path) -> None:
    for file in sorted(NAMELESS):
        header = read(shared_data / "charset-pydicom" / file)
        told = zlib.decompress(header.dicom_json).decode()
        assert "ﾔﾏﾀﾞ^ﾀﾛｳ" in told, file
        assert '"Ideographic":"山田^太郎","Phonetic":"やまだ^たろう"' in told, file


TYPED = {
    "charset-pydicom/chrArab.dcm": ("قباني", "لنزار"),
    "charset-pydicom/chrFren.dcm": ("jerome", "JÉRÔME buc", "buc^j"),
    "charset-pydicom/chrGerm.dcm": ("aneas", "rudi"),
    "charset-pydicom/chrGreek.dcm": ("διονυσιος", "Διονύσιος"),
    "charset-pydicom/chrH31.dcm": ("yamada", "山田", "山田太郎", "山田太", "やまだ", "ヤマダ"),
    "charset-pydicom/chrH32.dcm": ("やまだ", "ヤマダ", "ﾔﾏﾀﾞ", "太郎"),
    "charset-pydicom/chrHbrw.dcm": ("שרון", "דבורה"),
    "charset-pydicom/chrI2.dcm": ("hong gil", "洪吉洞", "홍길", "길동", "호"),
    "charset-pydicom/chrKoreanMulti.dcm": ("김희", "김희중"),
    "charset-pydicom/chrRuss.dcm": ("люк",),
    "charset-pydicom/chrX1.dcm": ("wang xiao", "王", "王小東"),
    "charset-pydicom/chrX2.dcm": ("小东",),
    "synthetic/charset/ISO_IR_101.dcm": ("dvorak", "antonin"),
    "synthetic/charset/ISO_IR_144.dcm": ("иванов", "ИВАН"),
    "synthetic/charset/ISO_IR_148.dcm": ("gul sukru", "ŞÜKRÜ"),
    "synthetic/charset/ISO_IR_166.dcm": ("สมชาย", "ใจดี"),
    "synthetic/charset/ISO_IR_192.dcm": ("ωμεγα", "日本語"),
    "synthetic/charset/ISO_IR_203.dcm": ("oeuvre", "œuvre"),
    "synthetic/charset/GBK.dcm": ("张伟",),
    "synthetic/charset/default+ISO_2022_IR_149.dcm": ("kim minji", "金旻智", "김민지"),
}


@pytest.mark.django_db
def test_every_name_is_found_by_what_people_type(shared_data: Path) -> None:
    uids = {}
    for path in TYPED:
        header = read(shared_data / path)
        # The files name one patient of one study; here each is another.
        header = replace(
            header,
            study_instance_uid=new_uid(),
            series_instance_uid=new_uid(),
            sop_instance_uid=new_uid(),
            patient=replace(header.patient, patient_id=path[-32:]),
        )
        with transaction.atomic(), own_turn() as turn:
            register_instance(turn, header, file_of(path))
        uids[path] = header.study_instance_uid
    rows = Study.objects.all()
    for path, all_typed in TYPED.items():
        for typed in all_typed:
            found = {study.study_instance_uid for study in list_studies(rows, StudyFilter(search=typed))}
            assert uids[path] in found, (path, typed)
            assert len(found) <= 3, (path, typed)
            by_key = find(Level.STUDY, rows, {"PatientName": typed}, rules=Rules(fuzzy=True)).ordered
            assert " " in typed or uids[path] in {study.study_instance_uid for study in by_key}, (path, typed)


# --- one header --------------------------------------------------------------------------------


@pytest.mark.parametrize("syntax", builders.NATIVE_SYNTAXES, ids=str)
def test_a_header_is_read_in_every_native_syntax(syntax: str, tmp_path: Path) -> None:
    path = tmp_path / "made.dcm"
    path.write_bytes(
        builders.ct_slice(
            transfer_syntax=syntax, PatientName="Müller^Jörg", SeriesInstanceUID="1.2.3", Laterality="L"
        )
    )
    header = read(path)
    assert (header.patient.name, header.patient.birth_date) == ("Müller^Jörg", date(1970, 1, 31))
    assert (header.study.study_date, header.study.study_time) == (date(2024, 1, 2), time(3, 4, 5))
    assert (header.series_instance_uid, header.series.modality, header.series.laterality) == (
        "1.2.3",
        "CT",
        "L",
    )
    assert (header.series.series_number, header.instance.instance_number) == (1, 1)
    assert header.instance.position_mm == 0
    assert header.instance.display["PixelSpacing"] == [0.5, 0.5]
    told = json.loads(zlib.decompress(header.dicom_json))
    assert told["00100010"]["Value"] == [{"Alphabetic": "Müller^Jörg"}]
    assert told.get("7FE00010", {}).keys() <= {"vr", "BulkDataURI"}


def test_what_is_missing_or_odd_is_empty_and_no_reason_to_refuse(tmp_path: Path) -> None:
    header = read_bytes(
        builders.ct_slice(
            PatientName=None, PatientID=None, StudyDate=None, StudyTime=None, SeriesNumber=None, Modality=None
        ),
        tmp_path,
    )
    assert (header.patient.name, header.patient.patient_id) == ("", "")
    assert (header.study.study_date, header.study.study_time, header.series.series_number) == (
        None,
        None,
        None,
    )
    assert header.series.modality == ""


@pytest.mark.filterwarnings("ignore:Invalid value")
def test_a_number_that_is_none_is_passed_over(tmp_path: Path) -> None:
    data = builders.ct_slice(InstanceNumber=12345678).replace(b"12345678", b"12 of 34")
    header = read_bytes(data, tmp_path)
    assert header.instance.instance_number is None
    assert header.study.accession_number == "A1"


MISSING = {
    "study_instance_uid": "StudyInstanceUID",
    "series_instance_uid": "SeriesInstanceUID",
    "sop_instance_uid": "SOPInstanceUID",
}


@pytest.mark.parametrize("missing", MISSING)
def test_an_object_must_say_what_it_is(missing: str, tmp_path: Path) -> None:
    attributes: dict[str, Any] = {MISSING[missing]: None}
    header = read_bytes(builders.ct_slice(**attributes), tmp_path)
    with pytest.raises(NoIdentifiers) as refused:
        require_identifiers(header)
    assert refused.value.fields == {"missing": missing}


def test_the_class_may_be_told_by_the_file_alone(tmp_path: Path) -> None:
    dataset = dcmread(BytesIO(builders.ct_slice()))
    del dataset.SOPClassUID
    path = tmp_path / "made.dcm"
    dataset.save_as(path)
    assert read(path).sop_class_uid == "1.2.840.10008.5.1.4.1.1.2"


# --- the border of the sandbox -----------------------------------------------------------------


def wire(**changes: Any) -> dict[str, Any]:
    return {
        "uids": {},
        "texts": {},
        "display": {},
        "position_mm": None,
        "dicom_json": zlib.compress(b"{}"),
        **changes,
    }


@pytest.mark.parametrize(
    "changes",
    [{"uids": None}, {"texts": []}, {"display": "x"}, {"dicom_json": "text"}, {"dicom_json": None}],
    ids=str,
)
def test_what_is_no_answer_of_the_child_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError, KeyError, AttributeError)):
        header_from_wire(wire(**changes))


def test_nothing_that_the_child_says_is_believed() -> None:
    header = header_from_wire(
        wire(
            uids={"StudyInstanceUID": "../../etc", "SeriesInstanceUID": 7, "SOPInstanceUID": "1.2\0"},
            texts={
                "PatientName": "A\0B^\ud800C" + "x" * 9999,
                "PatientID": ["list"],
                "StudyDate": "20240231",
                "SeriesNumber": "9" * 400,
                "Modality": "CT\\MR",
            },
            display={"Rows": float("nan"), "a\0": {"b": [object(), 1 << 80]}, "deep": [[[[[[1]]]]]]},
            position_mm=float("inf"),
        )
    )
    assert (header.study_instance_uid, header.series_instance_uid, header.sop_instance_uid) == ("", "", "1.2")
    assert header.patient.name.startswith("A B^\ufffdC")
    assert len(header.patient.name) == 400
    assert (header.patient.patient_id, header.study.study_date, header.series.series_number) == (
        "",
        None,
        None,
    )
    assert header.series.modality == "CT MR"
    assert header.instance.display == {"Rows": None, "a": {"b": [None, float(1 << 80)]}, "deep": [[[[None]]]]}
    assert header.instance.position_mm is None


def test_a_data_set_of_nothing_is_read(tmp_path: Path) -> None:
    header = read_bytes(builders.write(Dataset()), tmp_path)
    assert header.study_instance_uid == ""
