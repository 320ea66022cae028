"""DICOM files made by code, with values that tests know: each builder returns the bytes of a Part 10 file (PS3.10).

Any attribute may be given by its DICOM keyword; None takes it out. Unless they are given, all UIDs are new.
"""

from __future__ import annotations

import hashlib
import struct
from io import BytesIO
from typing import Any

import numpy as np
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, encapsulate_extended
from pydicom.uid import (
    UID,
    BasicTextSRStorage,
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    EncapsulatedPDFStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    GrayscaleSoftcopyPresentationStateStorage,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
    SecondaryCaptureImageStorage,
    generate_uid,
)

from pacs.storage.keys import BlobKey

NATIVE_SYNTAXES = (
    ImplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
)
LITTLE_ENDIAN = ExplicitVRLittleEndian


def blob_key_of(data: bytes) -> BlobKey:
    """The key under which these bytes are kept."""
    return BlobKey(hashlib.sha256(data).hexdigest())


def new_uid() -> str:
    """A UID nobody has used."""
    return str(generate_uid())


def fresh_uids() -> dict[str, Any]:
    """The three UIDs of a new instance of a new study, to be given to several builders."""
    return {name: new_uid() for name in ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")}


def ct_slice(
    rows: int = 16,
    columns: int = 16,
    slope: float = 1,
    intercept: float = -1024,
    transfer_syntax: str = LITTLE_ENDIAN,
    **attributes: Any,
) -> bytes:
    """One CT slice, 12 bits in 16, unsigned; stored value = (row * columns + column) mod 4096."""
    stored = (np.arange(rows * columns) % 4096).astype("<u2").reshape(rows, columns)
    header = {
        "SOPClassUID": CTImageStorage,
        "Modality": "CT",
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
        "PixelSpacing": [0.5, 0.5],
        "SliceThickness": 1,
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
        "ImagePositionPatient": [0, 0, 0],
        "RescaleSlope": slope,
        "RescaleIntercept": intercept,
        "RescaleType": "HU",
        "BitsStored": 12,
        "HighBit": 11,
    }
    return image(stored, transfer_syntax, **{**header, **attributes})


def ct_series(count: int, **attributes: Any) -> list[bytes]:
    """One series of CT slices, 1 mm apart along z, of one patient and study."""
    shared = {
        "StudyInstanceUID": new_uid(),
        "SeriesInstanceUID": new_uid(),
        "FrameOfReferenceUID": new_uid(),
        **attributes,
    }
    return [
        ct_slice(**{**shared, "InstanceNumber": number, "ImagePositionPatient": [0, 0, number]})
        for number in range(1, count + 1)
    ]


def multiframe(
    frames: int = 3, rows: int = 8, columns: int = 8, transfer_syntax: str = LITTLE_ENDIAN, **attributes: Any
) -> bytes:
    """A multi-frame secondary capture, 16 bits; every pixel of frame n (from 1) holds n."""
    stored = np.repeat(np.arange(1, frames + 1, dtype="<u2"), rows * columns).reshape(frames, rows, columns)
    header = {
        "SOPClassUID": MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
        "Modality": "OT",
        "NumberOfFrames": frames,
        "FrameTime": 100,
    }
    return image(stored, transfer_syntax, **{**header, **attributes})


def colour(rows: int = 8, columns: int = 8, transfer_syntax: str = LITTLE_ENDIAN, **attributes: Any) -> bytes:
    """An RGB secondary capture, 8 bits, planar configuration 0: red rises with the row, green with the column."""
    row, column = np.indices((rows, columns))
    stored = np.stack([row % 256, column % 256, np.zeros_like(row)], axis=-1).astype("u1")
    header = {
        "Modality": "OT",
        "PhotometricInterpretation": "RGB",
        "SamplesPerPixel": 3,
        "PlanarConfiguration": 0,
        "BitsAllocated": 8,
    }
    return image(stored, transfer_syntax, **{**header, **attributes})


def image(stored: np.ndarray[Any, Any], transfer_syntax: str = LITTLE_ENDIAN, **attributes: Any) -> bytes:
    """An image of these stored values: (rows, cols), (frames, rows, cols) or (rows, cols, 3), u1 or u2."""
    bits = stored.dtype.itemsize * 8
    rows, columns = stored.shape[:2] if attributes.get("SamplesPerPixel") == 3 else stored.shape[-2:]
    header = {
        "SOPClassUID": SecondaryCaptureImageStorage,
        "PhotometricInterpretation": "MONOCHROME2",
        "SamplesPerPixel": 1,
        "Rows": rows,
        "Columns": columns,
        "BitsAllocated": bits,
        "BitsStored": bits,
        "HighBit": bits - 1,
        "PixelRepresentation": 0,
    }
    header.update(attributes)
    order = ">" if transfer_syntax == ExplicitVRBigEndian else "<"
    pixels = stored.astype(stored.dtype.newbyteorder(order)).tobytes()
    header.setdefault("PixelData", pixels + b"\0" * (len(pixels) % 2))
    return part10(transfer_syntax, **header)


def encapsulated(
    codestreams: list[bytes],
    transfer_syntax: str = JPEG2000Lossless,
    offset_table: str = "basic",
    fragments_per_frame: int = 1,
    **attributes: Any,
) -> bytes:
    """An image whose frames are these codestreams (PS3.5 A.4); offset_table is "basic", "empty" or "extended"."""
    header: dict[str, Any] = {
        "SOPClassUID": MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
        "Modality": "OT",
        "PhotometricInterpretation": "MONOCHROME2",
        "SamplesPerPixel": 1,
        "Rows": 8,
        "Columns": 8,
        "BitsAllocated": 16,
        "BitsStored": 16,
        "HighBit": 15,
        "PixelRepresentation": 0,
        "NumberOfFrames": len(codestreams),
    }
    if offset_table == "extended":
        pixels, offsets, lengths = encapsulate_extended(codestreams)
        header.update(ExtendedOffsetTable=offsets, ExtendedOffsetTableLengths=lengths, PixelData=pixels)
    else:
        header["PixelData"] = encapsulate(codestreams, fragments_per_frame, offset_table == "basic")
    return part10(transfer_syntax, **{**header, **attributes})


def report(**attributes: Any) -> bytes:
    """A basic text SR that says "Normal.": an instance that has no pixels."""
    finding = Dataset()
    finding.RelationshipType, finding.ValueType, finding.TextValue = "CONTAINS", "TEXT", "Normal."
    header = {
        "SOPClassUID": BasicTextSRStorage,
        "Modality": "SR",
        "ValueType": "CONTAINER",
        "ContentSequence": [finding],
    }
    return part10(LITTLE_ENDIAN, **{**header, **attributes})


def document(content: bytes, sop_class: str = EncapsulatedPDFStorage, **attributes: Any) -> bytes:
    """A document in an envelope; its file says that it is a PDF, whatever it is."""
    header = {
        "SOPClassUID": sop_class,
        "Modality": "DOC",
        "DocumentTitle": "Letter",
        "MIMETypeOfEncapsulatedDocument": "application/pdf",
        "EncapsulatedDocument": content + b"\0" * (len(content) % 2),
    }
    return part10(LITTLE_ENDIAN, **{**header, **attributes})


def state(
    *images: bytes, sop_class: str = GrayscaleSoftcopyPresentationStateStorage, **attributes: Any
) -> bytes:
    """A presentation state for these images, of their study, that changes nothing but what the attributes say."""
    headers = [dcmread(BytesIO(image), stop_before_pixels=True) for image in images]
    referenced = Dataset()
    referenced.SeriesInstanceUID = headers[0].SeriesInstanceUID
    referenced.ReferencedImageSequence = [reference_to(header) for header in headers]
    header = {
        "SOPClassUID": sop_class,
        "Modality": "PR",
        "StudyInstanceUID": headers[0].StudyInstanceUID,
        "ReferencedSeriesSequence": [referenced],
        "PresentationLUTShape": "IDENTITY",
    }
    return part10(LITTLE_ENDIAN, **{**header, **attributes})


def reference_to(header: Dataset) -> Dataset:
    """An item of a Referenced Image Sequence."""
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = header.SOPClassUID, header.SOPInstanceUID
    return item


def item_of(**attributes: Any) -> Dataset:
    """An item of a sequence, by keyword."""
    item = Dataset()
    for keyword, value in attributes.items():
        setattr(item, keyword, value)
    return item


def content_item(kind: str, name: str, *children: Dataset, **values: Any) -> Dataset:
    """One item of a content tree (PS3.3 C.17.3): its concept name by meaning, its values by keyword."""
    item = Dataset()
    item.RelationshipType, item.ValueType = "CONTAINS", kind
    item.ConceptNameCodeSequence = [code(name)]
    for keyword, value in values.items():
        setattr(item, keyword, value)
    if children:
        item.ContentSequence = list(children)
    return item


def code(meaning: str, value: str = "1", scheme: str = "99TEST") -> Dataset:
    """A coded concept (PS3.3 8)."""
    coded = Dataset()
    coded.CodeValue, coded.CodingSchemeDesignator, coded.CodeMeaning = value, scheme, meaning
    return coded


def part10(transfer_syntax: str = LITTLE_ENDIAN, **attributes: Any) -> bytes:
    """A Part 10 file of these attributes and a patient, a study and a series around them."""
    header = {
        "SOPInstanceUID": new_uid(),
        "StudyInstanceUID": new_uid(),
        "SeriesInstanceUID": new_uid(),
        "SpecificCharacterSet": "ISO_IR 192",
        "PatientName": "Doe^Jane",
        "PatientID": "1234",
        "PatientBirthDate": "19700131",
        "PatientSex": "F",
        "StudyDate": "20240102",
        "StudyTime": "030405",
        "StudyID": "1",
        "AccessionNumber": "A1",
        "ReferringPhysicianName": "Bob^Referrer",
        "SeriesNumber": 1,
        "InstanceNumber": 1,
        **attributes,
    }
    dataset = Dataset()
    for keyword, value in header.items():
        if value is not None:
            setattr(dataset, keyword, value)
    return write(dataset, transfer_syntax)


def write(dataset: Dataset, transfer_syntax: str = LITTLE_ENDIAN) -> bytes:
    """The data set as a Part 10 file."""
    if "PixelData" in dataset:
        encapsulates = transfer_syntax not in NATIVE_SYNTAXES
        dataset["PixelData"].VR = "OB" if encapsulates or dataset.get("BitsAllocated", 16) <= 8 else "OW"
        dataset["PixelData"].is_undefined_length = encapsulates
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = UID(transfer_syntax)
    dataset.file_meta.MediaStorageSOPClassUID = dataset.get("SOPClassUID", "")
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.get("SOPInstanceUID", "")
    whole = dataset.file_meta.MediaStorageSOPClassUID and dataset.file_meta.MediaStorageSOPInstanceUID
    buffer = BytesIO()
    dcmwrite(
        buffer,
        dataset,
        implicit_vr=transfer_syntax == ImplicitVRLittleEndian,
        little_endian=transfer_syntax != ExplicitVRBigEndian,
        enforce_file_format=bool(whole),
    )
    if whole:
        return buffer.getvalue()
    # A file that lacks its identifiers cannot be had from a writer that insists on them.
    return b"\0" * 128 + b"DICM" + buffer.getvalue().removeprefix(b"\0" * 128 + b"DICM")


def element(tag: int, vr: bytes, value: bytes, length: int | None = None) -> bytes:
    """One explicit VR little endian element; a length other than the value's makes it lie (PS3.5 7.1.2)."""
    claimed = len(value) if length is None else length
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr)
    if vr in (b"OB", b"OW", b"OF", b"OD", b"OL", b"OV", b"SQ", b"UN", b"UC", b"UR", b"UT", b"SV", b"UV"):
        return head + b"\0\0" + struct.pack("<I", claimed) + value
    return head + struct.pack("<H", claimed) + value


def find_tag(data: bytes, tag: int) -> int:
    """Where an explicit VR little endian element with this tag begins in the bytes; -1 when it is not there."""
    return data.find(struct.pack("<HH", tag >> 16, tag & 0xFFFF))
