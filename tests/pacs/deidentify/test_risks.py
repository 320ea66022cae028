"""Which objects nobody hands on unseen, by their headers as DICOM JSON."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom import Dataset
from pydicom.datadict import dictionary_VR

from pacs.deidentify.choices import Choices, choices_of
from pacs.deidentify.decisions import Action, Place, action_for
from pacs.deidentify.risks import has_hidden_overlay, left_out, reasons_to_look

CLASSES = "1.2.840.10008.5.1.4.1.1."
EXPLICIT, MPEG4 = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.102"


def header(sop_class: str, **attributes: Any) -> dict[str, Any]:
    dataset = Dataset()
    dataset.SOPClassUID = sop_class if "840.10008" in sop_class else CLASSES + sop_class
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    told: dict[str, Any] = dataset.to_json_dict()
    return told


@pytest.mark.parametrize(
    ("told", "reasons"),
    [
        (header("2", Modality="CT", ImageType=["ORIGINAL", "PRIMARY", "AXIAL"]), []),
        (header("4", Modality="MR", ImagePositionPatient=[0, 0, 0], ImageType=["DERIVED", "SECONDARY"]), []),
        (header("1.2", Modality="MG"), []),
        (header("66.4", Modality="SEG"), []),
        (header("88.59", Modality="KO"), []),
        (header("2", Modality="CT", BurnedInAnnotation="YES"), ["burned_in"]),
        (header("6.1", Modality="US"), ["ultrasound"]),
        (header("6.1", Modality="US", BurnedInAnnotation="NO"), ["ultrasound"]),
        (header("7", Modality="OT"), ["capture"]),
        (header("2", Modality="CT", ConversionType="WSD"), ["capture"]),
        (header("2", Modality="CT", ImageType=["DERIVED", "SECONDARY", "DOSE_INFO"]), ["capture"]),
        (header("2", Modality="CT", ImageType=["DERIVED", "SECONDARY"]), ["capture"]),
        (
            header("2", Modality="CT", ImagePositionPatient=[0, 0, 0], PhotometricInterpretation="RGB"),
            ["capture"],
        ),
        (header("12.1", Modality="XA"), ["unknown"]),
        (header("12.1", Modality="XA", BurnedInAnnotation="NO"), []),
        (header("1", Modality="CR"), ["unknown"]),
        (header("77.1.4", Modality="XC"), ["photograph"]),
        (header("77.1.6", Modality="SM", ImageType=["ORIGINAL", "PRIMARY", "LABEL"]), ["capture"]),
        (header("88.11", Modality="SR"), ["report"]),
        (header("999.9"), ["unknown"]),
    ],
)
def test_a_person_looks_where_a_table_cannot_know(told: dict[str, Any], reasons: list[str]) -> None:
    assert reasons_to_look(told, EXPLICIT) == reasons


def test_video_is_looked_at_whatever_its_class() -> None:
    assert reasons_to_look(header("2"), MPEG4) == ["video"]


def test_documents_raw_data_and_private_classes_are_left_out() -> None:
    assert left_out(header("104.1")) == "document"
    assert left_out(header("66")) == "raw_data"
    assert left_out({"00080016": {"vr": "UI", "Value": ["1.3.12.2.1107.5.9.1"]}}) == "private_class"
    assert left_out({}) == "private_class"
    assert left_out(header("66.4")) == ""


def test_an_overlay_in_unused_bits_is_known_by_its_bits() -> None:
    overlay = {"60000100": {"vr": "US", "Value": [16]}}
    assert has_hidden_overlay(overlay)
    assert not has_hidden_overlay({"60000100": {"vr": "US", "Value": [1]}})
    assert not has_hidden_overlay(header("2"))


@pytest.mark.parametrize(
    ("tag", "sop_class", "options", "action"),
    [
        (0x00100010, "2", [], Action.EMPTY),  # Patient's Name: Z
        (0x00200010, "2", [], Action.EMPTY),  # Study ID: Z
        (0x00081070, "2", [], Action.REMOVE),  # Operators' Name: X/Z/D, of Type 3 in CT
        (0x00700082, "11.1", [], Action.DUMMY),  # Presentation Creation Date: X, and Type 1 there
        (0x300A0006, "481.5", [], Action.EMPTY),  # RT Plan Date: X/D, and Type 2 there
        (0x00081140, "2", [], Action.REMOVE),  # Referenced Image Sequence: X/Z/U*, of Type 3
        (0x00080020, "2", ["retain_full_dates"], Action.KEEP),
        (0x00080020, "2", ["retain_modified_dates"], Action.CLEAN),
        (0x00100040, "2", ["retain_patient_characteristics"], Action.KEEP),
        (0x00081030, "2", ["clean_descriptors"], Action.CLEAN),
        (0x00080070, "2", [], Action.KEEP),  # Manufacturer: not in the table
        (0x00080016, "2", [], Action.KEEP),  # SOP Class UID: structure
        (0x00080018, "2", [], Action.UID),
        (0x00189999, "2", [], Action.REMOVE),  # in no dictionary
    ],
)
def test_the_action_is_that_of_the_table_and_of_the_type(
    tag: int, sop_class: str, options: list[str], action: Action
) -> None:
    vr = dictionary_VR(tag) if tag != 0x00189999 else "LO"
    choices = choices_of(options) if options else Choices()
    assert action_for(tag, vr, Place(CLASSES + sop_class), choices) is action


def test_where_one_option_keeps_what_another_cleans_it_is_cleaned() -> None:
    """Beam Hold Transition DateTime (300C,0127): a device keeps it, modified dates move it."""
    both = choices_of(["retain_device_identity", "retain_modified_dates"])
    assert action_for(0x300C0127, "DT", Place(CLASSES + "481.5"), both) is Action.CLEAN
