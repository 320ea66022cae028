"""CT slices to measure with: the sample torso, with its noise, so that codecs and encoders have real work."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
import pydicom
from pydicom.data import get_testdata_file
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, generate_uid

from pacs.samples.body_ct import INTERCEPT
from pacs.samples.objects import compressed_file, grey_header, plain_file
from pacs.samples.studies import BODY_SCANS

SIDE = 512
BITS_STORED = 12
BASE_SLICES = (30, 70, 110, 150)  # chest to abdomen
WINDOW = (40, 400)
# Headers that scanners wrote. Of the first kind one of pydicom's own, with 94 elements, or whichever file is named.
REAL_HEADER = os.environ.get("BENCH_CT") or str(
    get_testdata_file("J2K_pixelrep_mismatch.dcm", download=False)
)
LONG_HEADER = str(
    get_testdata_file("CT_small.dcm", download=False)
)  # 258 elements, two thirds of them private
Stored = npt.NDArray[np.uint16]


@dataclass(frozen=True)
class Slice:
    """One object: its file, and the UIDs by which it is asked for."""

    file: bytes
    study: str
    series: str
    instance: str
    stored: Stored

    @property
    def path(self) -> str:
        """Its resource in DICOMweb (PS3.18 10.4.1.1)."""
        return f"/dicom-web/studies/{self.study}/series/{self.series}/instances/{self.instance}"


def ct_series(count: int, compressed: bool = False) -> Iterator[Slice]:
    """One series of a study of its own: 512 x 512, 12 bits in 16, plain or as JPEG 2000 lossless."""
    study, series = str(generate_uid()), str(generate_uid())
    for number in range(1, count + 1):
        stored = _stored(number)
        uids = {
            "StudyInstanceUID": study,
            "SeriesInstanceUID": series,
            "SOPInstanceUID": str(generate_uid()),
            "InstanceNumber": number,
            "ImagePositionPatient": [0, 0, -number],
        }
        header = {**_base_header(), **grey_header(stored, BITS_STORED), **uids}
        made = _compressed(header, stored) if compressed else plain_file("slice", header, stored)
        yield Slice(made.data, study, series, str(uids["SOPInstanceUID"]), stored)


def scanner_files(count: int, header_of: str = LONG_HEADER) -> Iterator[bytes]:
    """As ct_series, plain; but with the header of this file, which a scanner wrote."""
    dataset = pydicom.dcmread(header_of)
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = generate_uid(), generate_uid()
    for number in range(1, count + 1):
        stored = _stored(number)
        for name, value in grey_header(stored, BITS_STORED).items():
            setattr(dataset, name, value)
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        dataset.InstanceNumber = number
        dataset.add_new("PixelData", "OW", stored.tobytes())
        file = BytesIO()
        dataset.save_as(file)
        yield file.getvalue()


def _compressed(header: dict[str, Any], stored: Stored) -> Any:
    codestream = imagecodecs.jpeg2k_encode(stored, level=0, reversible=True, codecformat="J2K")
    return compressed_file("slice", header, [bytes(codestream)], JPEG2000Lossless)


def _stored(number: int) -> Stored:
    """One of a few slices of the torso, moved a little each time: no two files are alike."""
    base = _base(BASE_SLICES[number % len(BASE_SLICES)])
    return np.roll(base, (number * 7, number * 11), (0, 1))


@cache
def _base(number: int) -> Stored:
    return BODY_SCANS[0].stored(number)


def _base_header() -> dict[str, Any]:
    scan = BODY_SCANS[0]
    return {
        **scan.series.header(1),
        "PatientID": "BENCH",
        "PatientName": "Bench^Mark",
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
        "PixelSpacing": [scan.pixel_mm, scan.pixel_mm],
        "SliceThickness": 1,
        "RescaleIntercept": INTERCEPT,
        "RescaleSlope": 1,
        "RescaleType": "HU",
        "WindowCenter": WINDOW[0],
        "WindowWidth": WINDOW[1],
    }
