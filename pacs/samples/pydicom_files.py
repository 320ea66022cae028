"""Small real files that pydicom brings along for its own tests, from scanners and converters of all kinds.

Left out are those that are damaged on purpose, those without UIDs, and second versions of one object.
"""

from __future__ import annotations

from pathlib import Path

import pydicom.data

from pacs.samples.objects import SampleFile

_FOLDER = Path(pydicom.data.__file__).parent

_SINGLE = [
    "693_J2KI",
    "CT_small",
    "ExplVR_BigEnd",
    "GDCMJ2K_TextGBR",
    "JPEG2000",
    "MR_small",
    "SC_jpeg_no_color_transform",
    "SC_jpeg_no_color_transform_2",
    "SC_rgb_dcmtk_+eb+cr",
    "SC_rgb_gdcm_KY",
    "SC_rgb_jpeg",
    "SC_rgb_jpeg_dcmtk",
    "SC_rgb_jpeg_gdcm",
    "SC_rgb_jpeg_lossy_gdcm",
    "SC_rgb_small_odd",
    "SC_rgb_small_odd_jpeg",
    "examples_jpeg2k",
    "examples_overlay",
    "examples_palette",
    "examples_rgb_color",
    "examples_ybr_color",
    "image_dfl",
    "liver_1frame",
    "reportsi",
    "rtdose",
    "rtplan",
    "test-SR",
    "waveform_ecg",
]
_DISC = [
    "77654033/CR1/6154",
    "77654033/CR2/6247",
    "77654033/CR3/6278",
    "77654033/CT2/17106",
    "77654033/CT2/17136",
    "77654033/CT2/17166",
    "77654033/CT2/17196",
    "98892001/CT2N/6293",
    "98892001/CT2N/6924",
    "98892001/CT5N/2062",
    "98892001/CT5N/2392",
    "98892001/CT5N/2693",
    "98892001/CT5N/3023",
    "98892001/CT5N/3353",
    "98892003/MR1/15820",
    "98892003/MR1/4919",
    "98892003/MR1/5641",
    "98892003/MR2/15970",
    "98892003/MR2/4950",
    "98892003/MR2/4981",
    "98892003/MR2/5011",
    "98892003/MR2/6273",
    "98892003/MR2/6605",
    "98892003/MR2/6935",
    "98892003/MR700/4467",
    "98892003/MR700/4528",
    "98892003/MR700/4558",
    "98892003/MR700/4588",
    "98892003/MR700/4618",
    "98892003/MR700/4648",
    "98892003/MR700/4678",
]
_SCRIPTS = ["Arab", "Fren", "Germ", "Greek", "H31", "H32", "Hbrw", "I2", "Russ", "X1", "X2"]

NAMES = (
    *(f"test_files/{name}.dcm" for name in _SINGLE),
    *(f"test_files/dicomdirtests/{name}" for name in _DISC),
    *(f"charset_files/chr{name}.dcm" for name in _SCRIPTS),
)


def pydicom_file(number: int) -> SampleFile:
    """The file of this number, from 1."""
    name = NAMES[number - 1]
    return SampleFile(name, (_FOLDER / name).read_bytes())
