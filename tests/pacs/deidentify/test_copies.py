"""A copy holds nothing of who it is about (promise P19), and is still the same image (PS3.15 Annex E)."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom import Dataset
from pydicom.uid import JPEG2000Lossless

from pacs.deidentify.choices import CODES, Choices, Option, choices_of
from pacs.deidentify.copies import deidentified
from pacs.deidentify.pixel_element import NotReadable
from tests import builders
from tests.pacs.deidentify.planted import (
    KEY,
    MAC_UID,
    PLANTED,
    code,
    copy_of,
    item,
    planted_file,
    planted_report,
)

ALL_BUT_FULL_DATES = Choices(frozenset(Option) - {Option.RETAIN_FULL_DATES})
# What an option keeps on purpose, of what is planted.
KEPT = {
    "a UID": Option.RETAIN_UIDS,
    "a device": Option.RETAIN_DEVICE_IDENTITY,
    "a date": Option.RETAIN_FULL_DATES,
    "an address": Option.RETAIN_INSTITUTION_IDENTITY,
}


def read(data: bytes) -> Dataset:
    return pydicom.dcmread(BytesIO(data))


def found_in(data: bytes) -> set[str]:
    return {name for name, word in PLANTED.items() if word.casefold().encode() in data.lower()}


def test_the_originals_hold_what_is_planted() -> None:
    """Else to find nothing would prove nothing."""
    assert found_in(planted_file()) | found_in(planted_report()) == set(PLANTED)
    assert len(PLANTED) == 15


@pytest.mark.parametrize("make", [planted_file, planted_report])
def test_nothing_planted_is_in_a_copy(make: Any, tmp_path: Path) -> None:
    assert found_in(copy_of(tmp_path, make())) == set()


@pytest.mark.parametrize("make", [planted_file, planted_report])
@pytest.mark.parametrize("option", list(Option))
def test_an_option_keeps_what_it_says_and_no_more(option: Option, make: Any, tmp_path: Path) -> None:
    allowed = {name for name, keeps in KEPT.items() if keeps is option}
    assert found_in(copy_of(tmp_path, make(), Choices(frozenset({option})))) <= allowed


@pytest.mark.parametrize("make", [planted_file, planted_report])
def test_all_options_together_keep_no_more_than_each(make: Any, tmp_path: Path) -> None:
    assert found_in(copy_of(tmp_path, make(), ALL_BUT_FULL_DATES)) <= set(KEPT) - {"a date"}


@pytest.mark.parametrize("syntax", builders.NATIVE_SYNTAXES)
def test_whatever_the_encoding_nothing_is_left_and_no_pixel_changes(syntax: str, tmp_path: Path) -> None:
    sequence = [item("PNAME", ("121008", "DCM", "Person"), PersonName="Doe^Jane", PatientName="Doe^Jane")]
    original = builders.ct_slice(
        transfer_syntax=syntax,
        PatientID="PAT-77421",
        AcquisitionContextSequence=sequence,
        ImageComments="Jane",
        Manufacturer="Doe",
    )
    copy = copy_of(tmp_path, original)
    assert not re.search(rb"(?i)jane|doe|77421", copy)
    assert np.array_equal(read(copy).pixel_array, read(original).pixel_array)


def test_compressed_frames_are_the_same_bytes(tmp_path: Path) -> None:
    original = builders.encapsulated([b"\xff\x4f\xff\x51abcd", b"\xff\x4f\xff\x51efgh"], JPEG2000Lossless)
    copy = copy_of(tmp_path, original)
    assert read(copy).PixelData == read(original).PixelData
    assert read(copy).file_meta.TransferSyntaxUID == JPEG2000Lossless


def test_a_name_in_a_comment_of_a_codestream_is_blanked_in_its_place(tmp_path: Path) -> None:
    """ISO 10918-1 B.2.4.5: the comment is as long as it was, and other frames are untouched."""
    told = b"\xff\xd8\xff\xfe\x00\x10for Jane Doe 1\xff\xda\x00\x02pixels Jane\xff\xd9"
    other = b"\xff\xd8\xff\xfe\x00\x0eLEAD 1.0 xyz\xff\xda\x00\x02pixels\xff\xd9"
    original = builders.encapsulated([told, other], "1.2.840.10008.1.2.4.50", BitsAllocated=8)
    pixels = read(copy_of(tmp_path, original)).PixelData
    assert b"for Jane" not in pixels
    assert pixels == read(original).PixelData.replace(b"for Jane Doe 1", b" " * 14)


def test_bytes_behind_the_last_pixel_stay_behind(tmp_path: Path) -> None:
    pixels = (b"\1\2" * 256) + b"Jane Doe was here "
    copy = copy_of(tmp_path, builders.ct_slice(PixelData=pixels))
    assert read(copy).PixelData == b"\1\2" * 256


def test_a_copy_says_what_was_done(tmp_path: Path) -> None:
    copy = read(copy_of(tmp_path, builders.ct_slice()))
    assert copy.PatientIdentityRemoved == "YES"
    assert copy.DeidentificationMethod[1] == "DICOM PS3.15 2026c"
    assert [one.CodeValue for one in copy.DeidentificationMethodCodeSequence] == ["113100"]
    assert copy.LongitudinalTemporalInformationModified == "REMOVED"
    assert "BurnedInAnnotation" not in copy
    seen = read(copy_of(tmp_path, builders.ct_slice(), ALL_BUT_FULL_DATES, is_pixel_clean=True))
    codes = {one.CodeValue for one in seen.DeidentificationMethodCodeSequence}
    assert codes == {"113100", "113101"} | {
        value for option, (value, _) in CODES.items() if option is not Option.RETAIN_FULL_DATES
    }
    assert (seen.BurnedInAnnotation, seen.LongitudinalTemporalInformationModified) == ("NO", "MODIFIED")


def test_what_an_earlier_program_said_of_the_identity_is_not_repeated(tmp_path: Path) -> None:
    codes = [code("113106", "DCM", "Retain Longitudinal Temporal Information Full Dates Option")]
    original = builders.ct_slice(
        DeidentificationMethod="by Jane", DeidentificationMethodCodeSequence=codes, BurnedInAnnotation="YES"
    )
    copy = read(copy_of(tmp_path, original))
    assert [one.CodeValue for one in copy.DeidentificationMethodCodeSequence] == ["113100"]
    assert copy.BurnedInAnnotation == "YES"


def test_the_file_tells_of_the_program_that_made_it_and_nothing_else(tmp_path: Path) -> None:
    copy = copy_of(tmp_path, planted_file())
    assert copy[:132] == b"\0" * 128 + b"DICM"
    meta = read(copy).file_meta
    assert meta.MediaStorageSOPInstanceUID == read(copy).SOPInstanceUID
    assert {element.keyword for element in meta} == {
        "FileMetaInformationGroupLength",
        "FileMetaInformationVersion",
        "MediaStorageSOPClassUID",
        "MediaStorageSOPInstanceUID",
        "TransferSyntaxUID",
        "ImplementationClassUID",
        "ImplementationVersionName",
    }


def test_uids_are_new_and_refer_to_each_other_as_before(tmp_path: Path) -> None:
    study, frame = builders.new_uid(), builders.new_uid()
    image = builders.ct_slice(StudyInstanceUID=study, FrameOfReferenceUID=frame)
    referenced = Dataset()
    referenced.ReferencedSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    referenced.ReferencedSOPInstanceUID = read(image).SOPInstanceUID
    series = Dataset()
    series.ReferencedSOPSequence, series.SeriesInstanceUID = [referenced], read(image).SeriesInstanceUID
    evidence = Dataset()
    evidence.ReferencedSeriesSequence, evidence.StudyInstanceUID = [series], study
    report = builders.report(StudyInstanceUID=study, CurrentRequestedProcedureEvidenceSequence=[evidence])
    one, other = read(copy_of(tmp_path, image)), read(copy_of(tmp_path, report))
    told = other.CurrentRequestedProcedureEvidenceSequence[0]
    assert told.StudyInstanceUID == one.StudyInstanceUID == other.StudyInstanceUID != study
    assert told.ReferencedSeriesSequence[0].SeriesInstanceUID == one.SeriesInstanceUID
    pointed = told.ReferencedSeriesSequence[0].ReferencedSOPSequence[0]
    assert pointed.ReferencedSOPInstanceUID == one.SOPInstanceUID
    assert pointed.ReferencedSOPClassUID == "1.2.840.10008.5.1.4.1.1.2"
    assert one.SOPInstanceUID.startswith("2.25.")
    under_another = read(copy_of(tmp_path, image, key=b"\1" * 32))
    assert under_another.StudyInstanceUID != one.StudyInstanceUID
    assert under_another.PatientID != one.PatientID


def test_uids_that_were_retained_are_the_same(tmp_path: Path) -> None:
    kept = read(copy_of(tmp_path, planted_file(), choices_of(["retain_uids"])))
    assert kept.SOPInstanceUID == MAC_UID + ".3"


def test_one_patient_is_one_pseudonym_and_two_are_two(tmp_path: Path) -> None:
    one, again, other, nameless = (
        read(copy_of(tmp_path, builders.ct_slice(PatientID=known_as, PatientName=name)))
        for known_as, name in (("1", "Doe^Jane"), ("1", "Doe^J"), ("2", "Doe^Jane"), ("", "Doe^Jane"))
    )
    assert one.PatientID == again.PatientID == one.PatientName
    assert len({one.PatientID, other.PatientID, nameless.PatientID}) == 3


def test_dates_are_moved_by_the_same_days_for_all_studies_of_a_patient(tmp_path: Path) -> None:
    choices = choices_of(["retain_modified_dates"])
    first = read(
        copy_of(
            tmp_path,
            builders.ct_slice(StudyDate="20240102", AcquisitionDateTime="20240102235959.5+0100"),
            choices,
        )
    )
    later = read(copy_of(tmp_path, builders.ct_slice(StudyDate="20240301"), choices))
    days = np.datetime64(_dashed(later.StudyDate)) - np.datetime64(_dashed(first.StudyDate))
    assert days == np.timedelta64(59, "D")
    assert first.StudyDate < "20240102"
    assert first.StudyTime == "030405"
    assert str(first.AcquisitionDateTime) == first.StudyDate + "235959.5+0100"
    assert not first.PatientBirthDate


def _dashed(day: str) -> str:
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"


def test_full_dates_stay_but_not_the_day_of_birth(tmp_path: Path) -> None:
    kept = read(copy_of(tmp_path, builders.ct_slice(), choices_of(["retain_full_dates"])))
    assert (kept.StudyDate, kept.PatientBirthDate) == ("20240102", "")
    assert kept.LongitudinalTemporalInformationModified == "UNMODIFIED"


def test_descriptions_keep_words_of_the_body_and_of_technique(tmp_path: Path) -> None:
    original = builders.ct_slice(
        StudyDescription="CT chest abdomen pelvis - 55F Dr. Smith", ProtocolName="Doe"
    )
    cleaned = read(copy_of(tmp_path, original, choices_of(["clean_descriptors"])))
    assert cleaned.StudyDescription == "CT chest abdomen pelvis"
    assert "StudyDescription" not in read(copy_of(tmp_path, original))


def test_a_name_that_is_a_part_of_the_body_is_not_safe_in_that_patients_files(tmp_path: Path) -> None:
    original = builders.ct_slice(StudyDescription="CT hand", PatientName="Hand^Peter")
    assert read(copy_of(tmp_path, original, choices_of(["clean_descriptors"]))).StudyDescription == "CT"


def test_private_attributes_that_are_listed_as_safe_may_stay(tmp_path: Path) -> None:
    dataset = read(builders.ct_slice())
    block = dataset.private_block(0x0019, "GEMS_ACQU_01", create=True)
    block.add_new(0x23, "DS", "1.5")  # in Table E.3.10-1
    block.add_new(0x24, "LO", "Jane Doe")  # in it, but not a number
    block.add_new(0x01, "DS", "7")  # not in it
    original = builders.write(dataset)
    assert not any(tag.group % 2 for tag in list(read(copy_of(tmp_path, original)).keys()))
    kept = read(copy_of(tmp_path, original, choices_of(["retain_safe_private"])))
    assert sorted(tag for tag in list(kept.keys()) if tag.group % 2) == [0x00190010, 0x00191023]


def test_content_that_is_cleaned_keeps_codes_and_places(tmp_path: Path) -> None:
    pointing = Dataset()
    pointing.RelationshipType, pointing.ReferencedContentItemIdentifier = "INFERRED FROM", [1, 3]
    found = item(
        "CODE", ("121071", "DCM", "Finding"), ConceptCodeSequence=[code("72704001", "SCT", "Fracture")]
    )
    found.ContentSequence = [pointing]
    content = [item("PNAME", ("121088", "DCM", "Fellow"), PersonName="Doe^Jane"), found]
    original = builders.report(ContentSequence=content)
    cleaned = read(copy_of(tmp_path, original, choices_of(["clean_structured_content"])))
    first, second = cleaned.ContentSequence
    assert (first.ValueType, first.TextValue) == ("TEXT", "REMOVED")
    assert second.ConceptCodeSequence[0].CodeValue == "72704001"
    only = read(copy_of(tmp_path, original)).ContentSequence
    assert [one.TextValue for one in only] == ["REMOVED"]


def test_a_drawing_stays_without_its_words_where_graphics_are_cleaned(tmp_path: Path) -> None:
    text, drawn, annotation = Dataset(), Dataset(), Dataset()
    text.UnformattedTextValue = "Jane Doe, left hip"
    drawn.GraphicData, drawn.GraphicType = [1.0, 2.0, 3.0, 4.0], "POLYLINE"
    annotation.GraphicLayer = "L"
    annotation.TextObjectSequence, annotation.GraphicObjectSequence = [text], [drawn]
    original = builders.part10(
        SOPClassUID="1.2.840.10008.5.1.4.1.1.11.1", Modality="PR", GraphicAnnotationSequence=[annotation]
    )
    cleaned = read(copy_of(tmp_path, original, choices_of(["clean_graphics"]))).GraphicAnnotationSequence[0]
    assert cleaned.TextObjectSequence[0].UnformattedTextValue == "REMOVED"
    assert list(cleaned.GraphicObjectSequence[0].GraphicData) == [1, 2, 3, 4]
    gone = read(copy_of(tmp_path, original)).GraphicAnnotationSequence[0]
    assert "TextObjectSequence" not in gone
    assert gone.GraphicObjectSequence[0].GraphicType == "POINT"


@pytest.mark.parametrize(
    ("keyword", "value"),
    [("BodyPartExamined", "jane@doe.org, call her"), ("SliceThickness", "1,5 Jane"), ("PatientAge", "Doe")],
)
def test_what_is_not_of_its_kind_does_not_stay(keyword: str, value: str, tmp_path: Path) -> None:
    original = builders.ct_slice()
    tag = int(pydicom.datadict.tag_for_keyword(keyword) or 0)
    vr = pydicom.datadict.dictionary_VR(tag).encode()
    before = builders.find_tag(original, tag) if builders.find_tag(original, tag) > 0 else -1
    raw = builders.element(tag, vr, value.encode().ljust(len(value) + len(value) % 2))
    if before < 0:
        following = next(t for t in list(read(original).keys()) if t > tag)
        before = builders.find_tag(original, following)
        end = before
    else:
        end = before + 8 + int.from_bytes(original[before + 6 : before + 8], "little")
    odd = original[:before] + raw + original[end:]
    assert value.encode() in odd
    choices = choices_of(["retain_patient_characteristics", "clean_descriptors"])
    assert value.encode() not in copy_of(tmp_path, odd, choices)


@pytest.mark.parametrize(
    "sop_class", ["1.2.840.10008.5.1.4.1.1.104.1", "1.2.840.10008.5.1.4.1.1.66", "1.3.12.2.1107.5.9.1"]
)
def test_what_no_profile_covers_is_refused(sop_class: str, tmp_path: Path) -> None:
    with pytest.raises(NotReadable):
        copy_of(tmp_path, builders.part10(SOPClassUID=sop_class))


def test_dates_are_full_or_modified_and_not_both() -> None:
    with pytest.raises(ValueError):
        choices_of(["retain_full_dates", "retain_modified_dates"])
    with pytest.raises(ValueError):
        choices_of(["retain_everything"])


def test_a_key_is_long_enough(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(builders.ct_slice())
    with pytest.raises(ValueError):
        deidentified(str(path), Choices(), KEY[:16])
