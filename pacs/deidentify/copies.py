"""A de-identified copy of a file: a new head, and where in the file its pixels lie, which are not touched.

Pure, and for hostile bytes: it runs in the sandbox. What it returns is plain data.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import pydicom
from pydicom import Dataset, config
from pydicom.filebase import DicomBytesIO
from pydicom.filereader import read_partial
from pydicom.filewriter import write_dataset, write_file_meta_info

from pacs.deidentify.attributes import Patient, Walk
from pacs.deidentify.choices import Choices
from pacs.deidentify.content_items import has_references, keeps_content
from pacs.deidentify.identities import Identities, encodings_of, identities_of
from pacs.deidentify.marks import mark, new_meta
from pacs.deidentify.pixel_element import (
    FLOAT_BITS,
    NotReadable,
    PixelElement,
    image_bytes,
    pixel_element,
    telling_comments,
)
from pacs.deidentify.pseudonyms import Pseudonyms
from pacs.deidentify.risks import cannot_be_copied

IMPLICIT = "1.2.840.10008.1.2"
DEFLATED = "1.2.840.10008.1.2.1.99"
EXPLICIT = "1.2.840.10008.1.2.1"
PIXELS = frozenset((0x7FE00008, 0x7FE00009, 0x7FE00010))
LAST_BEFORE_PIXELS = 0x7FE00007
OFFSET_TABLES = ("ExtendedOffsetTable", "ExtendedOffsetTableLengths")
PREAMBLE = b"\0" * 128 + b"DICM"


def deidentified(
    path: str,
    choices: Choices,
    key: bytes,
    told: tuple[str, ...] = (),
    is_pixel_clean: bool = False,
    edited: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A copy of the file, in the transfer syntax that it has.

    Keys: `head`, bytes of the file up to its pixels; `pixels`, [offset, length] in the original of what follows, or
    None; `inflated`, pixels of a deflated file, whose copy is not deflated; `padding`, bytes at the end; `blank`,
    [offset, length] of what in the original's pixels is to be overwritten with spaces; `told`, the attributes of
    these keywords as DICOM JSON (PS3.18 F.2); `syntax` and `uids` of the copy.

    `is_pixel_clean` says that a person saw to what is burned in. `edited` is for pixels that are written anew by
    whoever calls: `syntax` and `photometric` of what they will be. With an empty syntax they are native as they were,
    and `head` ends with the head of their element; else it ends before it. In both cases `pixels` is None.

    Raises NotReadable, and what pydicom raises.
    """
    config.settings.writing_validation_mode = config.IGNORE  # what is kept and wrong may stay so
    with Path(path).open("rb") as file:
        opened, _ = opened_file(file)
    _walk(opened, choices, Pseudonyms(key))
    dataset, kept = opened.dataset, opened.pixels if edited is None else None
    is_native = edited is not None and not edited.get("syntax")
    if edited is not None:
        _tell_of_edit(dataset, edited)
    mark(dataset, choices, is_pixel_clean=is_pixel_clean and image_bytes(dataset) > 0)
    syntax = str(edited.get("syntax") or opened.syntax) if edited else opened.syntax
    return {
        "head": _head(opened, syntax)
        + (opened.pixels.head if opened.pixels and (kept or is_native) else b""),
        "pixels": [kept.offset, kept.length] if kept else None,
        "inflated": opened.inflated if edited is None else b"",
        "padding": kept.padding if kept else b"",
        "blank": opened.blank if edited is None else [],
        "syntax": syntax,
        "uids": [str(dataset.get(f"{level}InstanceUID", "")) for level in ("Study", "Series", "SOP")],
        "told": _told(dataset, told),
    }


@dataclass
class Opened:
    """A file as it was read. `is_implicit` and `is_little` are how it is encoded, whatever its syntax says."""

    dataset: Dataset
    syntax: str
    is_implicit: bool
    is_little: bool
    identities: Identities
    pixels: PixelElement | None = None
    blank: list[list[int]] = field(default_factory=list)
    inflated: bytes = b""


def opened_file(file: BinaryIO) -> tuple[Opened, int]:
    """The file, and where the element of its pixels begins. Raises NotReadable."""
    dataset = read_partial(file, stop_when=lambda tag, vr, length: tag > LAST_BEFORE_PIXELS, force=True)
    at = file.tell()
    syntax = str(dataset.file_meta.get("TransferSyntaxUID", IMPLICIT) or IMPLICIT)
    if cannot_be_copied(str(dataset.get("SOPClassUID", "")).strip()):
        raise NotReadable("left_out")
    is_implicit, is_little = dataset.original_encoding
    opened = Opened(dataset, syntax, bool(is_implicit), bool(is_little), identities_of(dataset))
    if syntax == DEFLATED:
        opened.syntax = EXPLICIT
        opened.inflated = _inflated(file, dataset)
        return opened, at
    file.seek(at)
    opened.pixels = pixel_element(file, dataset, opened.is_implicit, opened.is_little)
    if opened.pixels is not None:
        opened.blank = telling_comments(file, opened.pixels, opened.identities)
    return opened, at


def _inflated(file: BinaryIO, dataset: Dataset) -> bytes:
    """The element of the pixels of a deflated file (PS3.5 A.5), as it stands in one that is not."""
    file.seek(0)
    whole = pydicom.dcmread(file, force=True)
    for tag in sorted(PIXELS & set(whole.keys())):
        value = bytes(whole.get_item(tag).value or b"")
        value = value[: image_bytes(dataset, FLOAT_BITS.get(tag & 0xFFFF, 0)) or None]
        value += b"\0" * (len(value) % 2)
        vr = str(whole.get_item(tag).VR or "OW").encode()
        return struct.pack("<HH2sHI", tag >> 16, tag & 0xFFFF, vr, 0, len(value)) + value
    return b""


def _walk(opened: Opened, choices: Choices, pseudonyms: Pseudonyms) -> None:
    dataset = opened.dataset
    issuer = str(dataset.get("IssuerOfPatientID", "") or "").strip()
    known_as = str(dataset.get("PatientID", "") or "").strip()
    if not known_as:  # then these, so that not all who have none become one
        known_as = "\0".join(str(dataset.get(keyword, "")) for keyword in ("PatientName", "PatientBirthDate"))
    patient = Patient(pseudonyms.patient(known_as, issuer), pseudonyms.days(known_as, issuer))
    walk = Walk(
        choices=choices,
        pseudonyms=pseudonyms,
        patient=patient,
        identities=opened.identities,
        encodings=encodings_of(dataset),
        sop_class_uid=str(dataset.get("SOPClassUID", "")).strip(),
        places_count=keeps_content(choices) and has_references(dataset),
    )
    walk.walk(dataset)


def _tell_of_edit(dataset: Dataset, edited: Mapping[str, Any]) -> None:
    """Its pixels are no longer those that were acquired (PS3.3 C.7.6.1.1.2), and lie otherwise."""
    image_type = dataset.get("ImageType", None) or ["DERIVED", "PRIMARY"]
    several = [image_type] if isinstance(image_type, str) else list(image_type)
    dataset.ImageType = ["DERIVED", *several[1:]]
    for keyword in OFFSET_TABLES:
        if keyword in dataset:
            del dataset[keyword]
    if edited.get("syntax"):
        dataset.PhotometricInterpretation = edited["photometric"]
        if int(dataset.get("SamplesPerPixel", 1) or 1) > 1:
            dataset.PlanarConfiguration = 0


def _head(opened: Opened, syntax: str) -> bytes:
    buffer = DicomBytesIO()
    buffer.is_implicit_VR, buffer.is_little_endian = False, True
    write_file_meta_info(buffer, new_meta(opened.dataset, syntax), enforce_standard=True)
    body = DicomBytesIO()
    body.is_implicit_VR, body.is_little_endian = opened.is_implicit, opened.is_little
    write_dataset(body, opened.dataset)
    return PREAMBLE + bytes(buffer.getvalue()) + bytes(body.getvalue())


def _told(dataset: Dataset, keywords: tuple[str, ...]) -> dict[str, Any]:
    told = Dataset()
    told.SpecificCharacterSet = dataset.get("SpecificCharacterSet", None)
    for keyword in keywords:
        if keyword in dataset:
            told[keyword] = dataset[keyword]
    as_json: dict[str, Any] = told.to_json_dict(suppress_invalid_tags=True)
    return as_json
