"""DICOM objects of the samples: the modules that all of them share, and the Part 10 file (PS3.10) around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from pydicom import Dataset, dcmwrite
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ExplicitVRLittleEndian

from pacs.samples.cast import INSTITUTION, SamplePatient
from pacs.samples.identifiers import sample_uid

MANUFACTURER = "Lightbox Samples"
IMPLEMENTATION_UID = sample_uid("implementation")  # (0002,0012): ours, not the library's, so that bytes stay


class SampleFile(NamedTuple):
    """A Part 10 file and what it is called in messages."""

    name: str
    data: bytes


@dataclass(frozen=True)
class SampleStudy:
    """One study (PS3.3 C.7.2.1). key names it in UIDs; date DA, time TM."""

    key: str
    patient: SamplePatient
    date: str
    time: str
    description: str
    accession: str
    referring_physician: str = ""  # another than the patient's usual one

    @property
    def uid(self) -> str:
        """(0020,000D)."""
        return sample_uid(self.key)

    def header(self) -> dict[str, Any]:
        """The patient and study modules."""
        patient = self.patient
        return {
            "SpecificCharacterSet": list(patient.character_sets),
            "PatientName": patient.name,
            "PatientID": patient.patient_id,
            "PatientBirthDate": patient.birth_date,
            "PatientSex": patient.sex,
            "PatientAge": _age(patient.birth_date, self.date),
            "PatientWeight": patient.weight_kg,
            "PatientSize": patient.height_m,
            "StudyInstanceUID": self.uid,
            "StudyDate": self.date,
            "StudyTime": self.time,
            "StudyID": self.accession.removeprefix("LB"),
            "StudyDescription": self.description,
            "AccessionNumber": self.accession,
            "ReferringPhysicianName": self.referring_physician or patient.referring_physician,
        }


@dataclass(frozen=True)
class SampleSeries:
    """One series of a study (PS3.3 C.7.3.1) and the equipment that made it."""

    study: SampleStudy
    number: int
    modality: str
    sop_class: str
    description: str
    body_part: str
    model: str

    @property
    def key(self) -> str:
        """Names the series in UIDs and seeds."""
        return f"{self.study.key}/{self.number}"

    def header(self, instance: int) -> dict[str, Any]:
        """All modules above the image, for the instance of this number."""
        study = self.study
        return {
            **study.header(),
            "SOPClassUID": self.sop_class,
            "SOPInstanceUID": sample_uid(self.key, instance),
            "SeriesInstanceUID": sample_uid(self.key),
            "Modality": self.modality,
            "SeriesNumber": self.number,
            "SeriesDescription": self.description,
            "SeriesDate": study.date,
            "SeriesTime": study.time,
            "AcquisitionDate": study.date,
            "AcquisitionTime": study.time,
            "ContentDate": study.date,
            "ContentTime": study.time,
            "BodyPartExamined": self.body_part,
            "InstanceNumber": instance,
            "Manufacturer": MANUFACTURER,
            "ManufacturerModelName": self.model,
            "InstitutionName": INSTITUTION,
            "SoftwareVersions": "1",
            "DeviceSerialNumber": "1",
            "BurnedInAnnotation": "NO",
        }


def grey_header(stored: npt.NDArray[np.uint16], bits_stored: int) -> dict[str, Any]:
    """The image pixel module (PS3.3 C.7.6.3) of unsigned greys, without the pixels' encoding."""
    return {
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "Rows": stored.shape[0],
        "Columns": stored.shape[1],
        "BitsAllocated": 16,
        "BitsStored": bits_stored,
        "HighBit": bits_stored - 1,
        "PixelRepresentation": 0,
    }


def plain_file(name: str, header: Mapping[str, Any], stored: npt.NDArray[np.uint16]) -> SampleFile:
    """A file with its pixels as they are, little endian."""
    return _file(name, header, stored.astype("<u2").tobytes(), "OW", ExplicitVRLittleEndian)


def compressed_file(
    name: str, header: Mapping[str, Any], codestreams: list[bytes], transfer_syntax: str
) -> SampleFile:
    """A file whose frames are these codestreams, one fragment each, with a basic offset table (PS3.5 A.4)."""
    return _file(name, header, encapsulate(codestreams), "OB", transfer_syntax)


def _file(name: str, header: Mapping[str, Any], pixels: bytes, vr: str, transfer_syntax: str) -> SampleFile:
    dataset = Dataset()
    for keyword, value in header.items():
        setattr(dataset, keyword, value)
    dataset.add_new("PixelData", vr, pixels)
    dataset["PixelData"].is_undefined_length = transfer_syntax != ExplicitVRLittleEndian
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = UID(transfer_syntax)
    dataset.file_meta.ImplementationClassUID = UID(IMPLEMENTATION_UID)
    dataset.file_meta.ImplementationVersionName = "LIGHTBOX_SAMPLES"
    buffer = BytesIO()
    dcmwrite(buffer, dataset, implicit_vr=False, little_endian=True, enforce_file_format=True)
    return SampleFile(name, buffer.getvalue())


def _age(born: str, on: str) -> str:
    """AS: whole years between two dates (DA)."""
    years = int(on[:4]) - int(born[:4]) - (on[4:] < born[4:])
    return f"{years:03d}Y"
