"""Objects in which fifteen identities are planted, and how a copy is made of bytes.

Each identity is a word that occurs nowhere else: what a copy holds of them is found by looking for the word.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pydicom
from pydicom import Dataset, config
from pydicom.uid import UID, ComprehensiveSRStorage

from pacs.deidentify.choices import Choices
from pacs.deidentify.copies import deidentified
from tests import builders

KEY = bytes(range(32))
MAC_UID = "1.2.826.0.1.3680043.0.24.187.160.17.99.5"  # of a device, with its address in the network
PATIENT = {
    "PatientName": "Wilhelmsdottir^Ásdís=Name^Γ",
    "PatientID": "PID-994317",
    "PatientBirthDate": "19871123",
}
PLANTED = {
    "a name": "Wilhelmsdottir",
    "a name in a description": "Wilhelmsdottir",
    "a private attribute": "Zaphodbeeble",
    "a report's text": "Quetzalcoatl",
    "a UID": MAC_UID,
    "a date": "19871123",
    "a device": "SN77X4312",
    "an address": "Winterfeldtplatz",
    "an overlay": "Overlaykowski",
    "an unknown VR": "Unbekanntowa",
    "a nested sequence": "Verschachtelt",
    "a preamble": "Preambulowski",
    "a comment": "Kommentarenko",
    "a long text": "Langtextberger",
    "a file meta attribute": "METAKOWSKI",
}


def planted_image(**attributes: Any) -> bytes:
    """A CT slice with all of them but the report's."""
    header = {
        **PATIENT,
        "StudyDescription": "CT chest for Wilhelmsdottir",
        "SeriesDescription": "Axial 5mm WILHELMSDOTTIR",
        "StudyInstanceUID": MAC_UID + ".1",
        "SeriesInstanceUID": MAC_UID + ".2",
        "SOPInstanceUID": MAC_UID + ".3",
        "FrameOfReferenceUID": MAC_UID + ".4",
        "StudyDate": "19871123",
        "AcquisitionDateTime": "19871123101112",
        "DeviceSerialNumber": "SN77X4312",
        "PatientAddress": "Winterfeldtplatz 12, Berlin",
        "InstitutionAddress": "Winterfeldtplatz 1",
        "ImageComments": "Kommentarenko was restless",
        "PatientComments": "Kommentarenko",
        "Manufacturer": "Wilhelmsdottir Imaging",  # where nobody expects it
        "ConvolutionKernel": "Wilhelmsdottir",
        "ReferencedPatientSequence": [_nested("Verschachtelt^A")],
        "RequestAttributesSequence": [_requested()],
        "AnatomicRegionSequence": [_region()],
        "DeviceSequence": [_device()],
        **attributes,
    }
    return builders.ct_slice(**header)


def planted_file(**attributes: Any) -> bytes:
    """The same as a file that hides more: in its preamble and file meta, private, unknown and after the pixels."""
    dataset = pydicom.dcmread(BytesIO(planted_image(**attributes)))
    block = dataset.private_block(0x0029, "ACME Wilhelmsdottir", create=True)
    block.add_new(1, "LO", "Zaphodbeeble")
    block.add_new(2, "SQ", [_nested("Zaphodbeeble^B")])
    _add_as_unknown(dataset, 0x00101021, b"Unbekanntowa")  # a sequence, as it should be
    _add_as_unknown(dataset, 0x00181012, b"Unbekanntowa")  # a date
    _add_as_unknown(dataset, 0x00189999, b"Unbekanntowa")  # nothing that is known
    dataset.add_new(0x00204001, "UT", "Langtextberger " * 40)
    dataset.add_new(0x00181400, "LO", "Langtextberger")
    dataset.add_new(0x00321060, "LO", "Langtextberger")
    dataset.add_new(0x60000010, "US", 8)
    dataset.add_new(0x60000011, "US", 8)
    dataset.add_new(0x60000100, "US", 1)
    dataset.add_new(0x60003000, "OW", b"Overlaykowski\0")
    dataset.add_new(0x60004000, "LT", "Overlaykowski")
    dataset.add_new(0x50003000, "OW", b"Overlaykowski\0")
    dataset.add_new(0x7FE10010, "LO", "ACME")
    dataset.add_new(0x7FE11001, "LO", "Zaphodbeeble")
    dataset.add_new(0xFFFCFFFC, "OB", b"Kommentarenko\0")
    dataset.preamble = b"Preambulowski".ljust(128, b"\0")
    dataset.file_meta.SourceApplicationEntityTitle = "METAKOWSKI"
    dataset.file_meta.PrivateInformationCreatorUID = UID(MAC_UID + ".9")
    dataset.file_meta.PrivateInformation = b"METAKOWSKI"
    buffer = BytesIO()
    pydicom.dcmwrite(buffer, dataset, enforce_file_format=True)
    return buffer.getvalue()


def _add_as_unknown(dataset: Dataset, tag: int, value: bytes) -> None:
    config.replace_un_with_known_vr = False
    try:
        dataset.add_new(tag, "UN", value)
    finally:
        config.replace_un_with_known_vr = True


def planted_report(**attributes: Any) -> bytes:
    """A structured report with identities in its items."""
    content = [
        item("TEXT", ("121071", "DCM", "Finding"), TextValue="Quetzalcoatl has a fracture of the hip"),
        item("PNAME", ("121008", "DCM", "Person Observer Name"), PersonName="Wilhelmsdottir^Dr"),
        item("TEXT", ("121106", "DCM", "Comment"), TextValue="Kommentarenko"),
        item("DATE", ("121031", "DCM", "Subject Birth Date"), Date="19871123"),
        item("UIDREF", ("121012", "DCM", "Device Observer UID"), UID=MAC_UID + ".5"),
        item("TEXT", ("99X", "99ACME", "Quetzalcoatl"), TextValue="Quetzalcoatl"),
        item("CODE", ("121071", "DCM", "Finding"), ConceptCodeSequence=[code("72704001", "SCT", "Fracture")]),
    ]
    header = {
        "SOPClassUID": ComprehensiveSRStorage,
        **PATIENT,
        "StudyInstanceUID": MAC_UID + ".1",
        "ContentSequence": content,
        "VerifyingObserverSequence": [_verified()],
        "ConceptNameCodeSequence": [code("18748-4", "LN", "Diagnostic imaging report")],
        "StudyDate": "19871123",
    }
    return builders.report(**{**header, **attributes})


def item(value_type: str, concept: tuple[str, str, str], **value: Any) -> Dataset:
    """A content item (PS3.3 C.17.3)."""
    made = Dataset()
    made.RelationshipType, made.ValueType = "CONTAINS", value_type
    made.ConceptNameCodeSequence = [code(*concept)]
    for keyword, one in value.items():
        setattr(made, keyword, one)
    return made


def code(value: str, scheme: str, meaning: str) -> Dataset:
    """A coded entry (PS3.3 8.8)."""
    made = Dataset()
    made.CodeValue, made.CodingSchemeDesignator, made.CodeMeaning = value, scheme, meaning
    return made


def copy_of(folder: Path, data: bytes, choices: Choices = Choices(), **more: Any) -> bytes:  # noqa: B008
    """The bytes of a de-identified copy, put together from what `deidentified` tells."""
    path = folder / "original.dcm"
    path.write_bytes(data)
    return joined(deidentified(str(path), choices, more.pop("key", KEY), **more), data)


def joined(made: dict[str, Any], data: bytes) -> bytes:
    """A copy as it goes out."""
    pixels = bytearray(data[made["pixels"][0] : sum(made["pixels"])] if made["pixels"] else b"")
    for offset, length in made["blank"]:
        start = offset - made["pixels"][0]
        pixels[start : start + length] = b" " * length
    return bytes(made["head"]) + bytes(pixels) + bytes(made["inflated"]) + bytes(made["padding"])


def _nested(name: str) -> Dataset:
    made = Dataset()
    made.PatientName, made.PatientID = name, "Verschachtelt"
    made.ReferencedSOPClassUID, made.ReferencedSOPInstanceUID = "1.2.840.10008.3.1.2.1.1", MAC_UID + ".6"
    return made


def _requested() -> Dataset:
    made = Dataset()
    made.RequestedProcedureDescription, made.ScheduledProcedureStepID = "Verschachtelt", "Verschachtelt"
    return made


def _region() -> Dataset:
    made = code("51185008", "SCT", "Chest of Wilhelmsdottir")
    made.AnatomicRegionModifierSequence = [code("7771000", "SCT", "Wilhelmsdottir")]
    return made


def _device() -> Dataset:
    made = code("A-04000", "SRT", "Device")
    made.DeviceSerialNumber, made.DeviceDescription = "SN77X4312", "Verschachtelt"
    return made


def _verified() -> Dataset:
    made = Dataset()
    made.VerifyingObserverName, made.VerifyingOrganization = "Verschachtelt^Dr", "Verschachtelt"
    made.VerificationDateTime = "19871123"
    made.VerifyingObserverIdentificationCodeSequence = [code("1", "99LOCAL", "Verschachtelt")]
    return made
