"""A DICOMDIR (PS3.10 8.6, PS3.3 F.3): patients, studies, series and objects as records that point to each other.

Records point by their place in the file, from its first byte on. A place has four bytes whatever it is, so lengths
are known before places are: every record is written once to measure it, and once for good.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise

from pydicom import Dataset, dcmwrite
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement
from pydicom.dataset import FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.uid import UID, ExplicitVRLittleEndian, MediaStorageDirectoryStorage

from pacs.catalog.elements import tag_of
from pacs.media.records import PATIENT_KEYS, SERIES_KEYS, STUDY_KEYS, object_keys, record_type

FILE_SET_ID = "LIGHTBOX"
IN_USE = 0xFFFF
UTF_8 = "ISO_IR 192"
ITEM_HEAD_BYTES = 8
LEVELS = (("PATIENT", PATIENT_KEYS), ("STUDY", STUDY_KEYS), ("SERIES", SERIES_KEYS))
JsonDataset = dict[str, dict[str, object]]


@dataclass(frozen=True)
class Listed:
    """An object of the file-set: its file ID, and its header as DICOM JSON (PS3.18 F.2)."""

    file_id: tuple[str, ...]
    header: JsonDataset
    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str


def dicomdir(listed: Sequence[Listed], sop_instance_uid: str) -> bytes:
    """The file. `listed` in the order of the directory: one patient after another, and so on."""
    roots = _tree(listed)
    records = list(_in_order(roots))
    head = _file([], sop_instance_uid, 0, 0)
    offsets, at = {}, len(head)
    for record in records:
        offsets[id(record)] = at
        at += ITEM_HEAD_BYTES + len(_encoded(record.told))
    _point(roots, offsets)
    ends = (offsets[id(roots[0])], offsets[id(roots[-1])]) if roots else (0, 0)
    return _file([record.told for record in records], sop_instance_uid, *ends)


@dataclass(eq=False)
class _Record:
    """A directory record and those below it."""

    told: Dataset
    key: tuple[str, ...]
    below: list[_Record]


def _tree(listed: Sequence[Listed]) -> list[_Record]:
    roots: list[_Record] = []
    for one in listed:
        level = roots
        for depth, (kind, keys) in enumerate(LEVELS, start=2):
            key = one.file_id[:depth]
            if not level or level[-1].key != key:
                level.append(_Record(_told(kind, keys, one.header), key, []))
            level = level[-1].below
        level.append(_Record(_object_told(one), one.file_id, []))
    return roots


def _told(kind: str, keys: Iterable[str], header: JsonDataset) -> Dataset:
    told = Dataset()
    told.SpecificCharacterSet = UTF_8
    told.OffsetOfTheNextDirectoryRecord = 0
    told.RecordInUseFlag = IN_USE
    told.OffsetOfReferencedLowerLevelDirectoryEntity = 0
    told.DirectoryRecordType = kind
    for keyword in keys:
        told.add(_key(keyword, header))
    return told


def _key(keyword: str, header: JsonDataset) -> DataElement:
    """The element as the header has it; empty where it has none, or one that cannot be written."""
    tag = f"{tag_of(keyword):08X}"
    if tag in header:
        try:
            element: DataElement = Dataset.from_json({tag: header[tag]})[keyword]
            holder = Dataset()
            holder.SpecificCharacterSet = UTF_8
            holder.add(element)
            _encoded(holder)
        except Exception:  # noqa: S110  # pydicom raises many kinds: a bad key is no reason to withhold the images
            pass
        else:
            return element
    return DataElement(tag_of(keyword), dictionary_VR(keyword), [] if keyword.endswith("Sequence") else None)


def _object_told(one: Listed) -> Dataset:
    kind = record_type(one.sop_class_uid)
    told = _told(kind, object_keys(kind), one.header)
    told.ReferencedFileID = list(one.file_id)
    told.ReferencedSOPClassUIDInFile = one.sop_class_uid
    told.ReferencedSOPInstanceUIDInFile = one.sop_instance_uid
    told.ReferencedTransferSyntaxUIDInFile = one.transfer_syntax_uid
    return told


def _in_order(records: Iterable[_Record]) -> Iterable[_Record]:
    for record in records:
        yield record
        yield from _in_order(record.below)


def _point(records: Sequence[_Record], offsets: dict[int, int]) -> None:
    for record, following in pairwise(records):
        record.told.OffsetOfTheNextDirectoryRecord = offsets[id(following)]
    for record in records:
        if record.below:
            record.told.OffsetOfReferencedLowerLevelDirectoryEntity = offsets[id(record.below[0])]
        _point(record.below, offsets)


def _encoded(told: Dataset) -> bytes:
    buffer = DicomBytesIO()
    buffer.is_implicit_VR, buffer.is_little_endian = False, True
    write_dataset(buffer, told)
    return buffer.getvalue()


def _file(records: list[Dataset], sop_instance_uid: str, first: int, last: int) -> bytes:
    directory = Dataset()
    directory.FileSetID = FILE_SET_ID
    directory.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity = first
    directory.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity = last
    directory.FileSetConsistencyFlag = 0
    directory.DirectoryRecordSequence = records
    directory.file_meta = FileMetaDataset()
    directory.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    directory.file_meta.MediaStorageSOPInstanceUID = UID(sop_instance_uid)
    directory.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    buffer = BytesIO()
    dcmwrite(buffer, directory, enforce_file_format=True)
    return buffer.getvalue()
