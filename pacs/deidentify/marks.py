"""What a de-identified object says of itself (PS3.15 E.1.1, E.2, E.3)."""

from __future__ import annotations

from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import UID

from pacs.deidentify.choices import BASIC_PROFILE, CLEAN_PIXEL_DATA, CODES, Choices, Option
from pacs.deidentify.sequences import code_item
from pacs.deidentify.tables import edition

IMPLEMENTATION_UID = "2.25.216573064911303498437563083126044523214"
IMPLEMENTATION_VERSION = "LIGHTBOX_DEID"
METHOD = "Lightbox, Basic Application Level Confidentiality Profile"


def mark(dataset: Dataset, choices: Choices, *, is_pixel_clean: bool) -> None:
    """Say that and how the identity was removed. `is_pixel_clean`: a person saw to what is burned in (E.3.1)."""
    dataset.PatientIdentityRemoved = "YES"
    dataset.DeidentificationMethod = [METHOD, edition(), *([choices.method] if choices.method else [])]
    codes = [BASIC_PROFILE, *([CLEAN_PIXEL_DATA] if is_pixel_clean else [])]
    codes += [code for option, code in CODES.items() if option in choices]
    dataset.DeidentificationMethodCodeSequence = [
        code_item(value, "DCM", meaning) for value, meaning in codes
    ]
    dataset.LongitudinalTemporalInformationModified = _dates(choices)
    if is_pixel_clean:
        dataset.BurnedInAnnotation = "NO"


def _dates(choices: Choices) -> str:
    if Option.RETAIN_FULL_DATES in choices:
        return "UNMODIFIED"
    return "MODIFIED" if Option.RETAIN_MODIFIED_DATES in choices else "REMOVED"


def new_meta(dataset: Dataset, transfer_syntax_uid: str) -> FileMetaDataset:
    """File meta information that tells of the copy alone, and of the program that made it."""
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\0\1"
    meta.MediaStorageSOPClassUID = UID(str(dataset.get("SOPClassUID", "")))
    meta.MediaStorageSOPInstanceUID = UID(str(dataset.get("SOPInstanceUID", "")))
    meta.TransferSyntaxUID = UID(transfer_syntax_uid)
    meta.ImplementationClassUID = UID(IMPLEMENTATION_UID)
    meta.ImplementationVersionName = IMPLEMENTATION_VERSION
    return meta
