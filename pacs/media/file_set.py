"""A study or series as a file-set (PS3.10 8): files named by number, a DICOMDIR, checksums, a word to the reader."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from pydicom.uid import generate_uid

from pacs.catalog.elements import tag_of
from pacs.catalog.kept_objects import KeptObject, kept_headers
from pacs.media.dicomdir import JsonDataset, Listed, dicomdir
from pacs.media.records import PATIENT_KEYS, SERIES_KEYS, STUDY_KEYS, object_keys, record_type
from pacs.media.zip_stream import Member
from pacs.storage.blobs import blob_store

RECIPE = 1  # raise it when the same objects make another file-set
CHUNK_BYTES = 1 << 20
HEADERS_AT_ONCE = 500
FOLDER = "DICOM"
SOP_CLASS_UID = "00080016"
READ_ME = """\
These are medical images in the DICOM format.

DICOM        the images and documents themselves, exactly as they were received
DICOMDIR     the table of contents that DICOM programs read: point them at it, or at this folder
SHA256SUMS   checksums of all files: "sha256sum --check SHA256SUMS" tells whether one was damaged on its way

Whoever has this folder can see whose images they are: keep it as you would keep a medical record.
"""


def members_of(objects: Sequence[KeptObject]) -> Iterator[Member]:
    """The files of the file-set, one after another. `objects` are those of one patient, series after series."""
    file_ids = list(file_ids_of(objects))
    yield _text("README.TXT", READ_ME)
    yield _text("SHA256SUMS", "".join(_sums(objects, file_ids)))
    directory = dicomdir(list(_listed(objects, file_ids)), _uid_of(objects))
    yield Member("DICOMDIR", len(directory), lambda: iter((directory,)))
    for one, file_id in zip(objects, file_ids, strict=True):
        yield Member("/".join(file_id), one.size_bytes, partial(_pieces, one))


def _uid_of(objects: Iterable[KeptObject]) -> str:
    """The directory's own UID: the same for the same objects, so that a zip is the same whenever it is made."""
    return str(generate_uid(entropy_srcs=[one.blob for one in objects] or [FOLDER]))


def file_ids_of(objects: Iterable[KeptObject]) -> Iterator[tuple[str, ...]]:
    """A file ID each: components of eight upper-case letters and digits (PS3.10 8.2), of nothing that a file says."""
    studies: dict[str, int] = {}
    series: dict[tuple[str, str], int] = {}
    counts: dict[tuple[str, str], int] = {}
    for one in objects:
        within = (one.study_instance_uid, one.series_instance_uid)
        study = studies.setdefault(one.study_instance_uid, len(studies))
        place = series.setdefault(within, len(series))
        counts[within] = number = counts.get(within, -1) + 1
        yield (FOLDER, "PT000000", f"ST{study:06d}", f"SE{place:06d}", f"IM{number:06d}")


def _sums(objects: Iterable[KeptObject], file_ids: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for one, file_id in zip(objects, file_ids, strict=True):
        yield f"{one.blob}  {'/'.join(file_id)}\n"


def _listed(objects: Sequence[KeptObject], file_ids: Sequence[tuple[str, ...]]) -> Iterator[Listed]:
    for start in range(0, len(objects), HEADERS_AT_ONCE):
        part = objects[start : start + HEADERS_AT_ONCE]
        headers = kept_headers(part)
        for one, file_id in zip(part, file_ids[start : start + HEADERS_AT_ONCE], strict=True):
            yield _one_listed(one, file_id, headers[one.pk])


def _one_listed(one: KeptObject, file_id: tuple[str, ...], kept: bytes) -> Listed:
    header: JsonDataset = json.loads(zlib.decompress(kept))
    values = header.get(SOP_CLASS_UID, {}).get("Value") or [""]
    sop_class = str(values[0]) if isinstance(values, list) else ""
    keys = (*PATIENT_KEYS, *STUDY_KEYS, *SERIES_KEYS, *object_keys(record_type(sop_class)))
    tags = {f"{tag_of(keyword):08X}" for keyword in keys}
    told = {tag: element for tag, element in header.items() if tag in tags}  # thousands are held at once
    return Listed(file_id, told, sop_class, one.sop_instance_uid, one.transfer_syntax_uid)


def _pieces(one: KeptObject) -> Iterator[bytes]:
    store = blob_store()
    for at in range(0, one.size_bytes, CHUNK_BYTES):
        yield store.read_range(one.blob, at, min(CHUNK_BYTES, one.size_bytes - at))


def _text(name: str, text: str) -> Member:
    data = text.encode("ascii")
    return Member(name, len(data), lambda: iter((data,)))
