"""An object in another transfer syntax: its header written anew, its frames one by one. Pure; runs in the sandbox.

The header is pydicom's work, frames are those of the libraries behind transcode_decode and transcode_encode. Pixels
that are native on both sides never come here: they are taken from the file as they lie.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pydicom
from pydicom import Dataset, config
from pydicom.dataelem import DataElement
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset, write_file_meta_info
from pydicom.uid import UID

from pacs.storage.transcode_decode import decode_frame
from pacs.storage.transcode_encode import coder_of, encode_frame, photometric_in
from pacs.storage.transcode_image import (
    EXPLICIT_BIG,
    IMPLICIT_LITTLE,
    NATIVE,
    NATIVE_TARGETS,
    CannotTranscode,
    Image,
)

PIXELS = {
    b"\xe0\x7f\x10\x00": "PixelData",
    b"\xe0\x7f\x08\x00": "FloatPixelData",
    b"\xe0\x7f\x09\x00": "DoubleFloatPixelData",
}
OFFSET_TABLES = ("ExtendedOffsetTable", "ExtendedOffsetTableLengths")
WORDS = {"OW": 2, "OL": 4, "OF": 4, "OD": 8, "OV": 8}
PREAMBLE_BYTES = 128


def describe_image(path: str, pixel_offset: int) -> dict[str, Any]:
    """What there is to know of the image of this file (the fields of Image). Raises CannotTranscode."""
    image = _image_of(_read(path), Path(path), pixel_offset)
    if image is None:
        raise CannotTranscode("no_pixels")
    return vars(image)


def rewrite_header(path: str, pixel_offset: int, target: str, first_frame: bytes) -> dict[str, Any]:
    """The file's head in the target syntax, up to where its pixels begin, and its first frame.

    Keys: `meta`, the preamble and file meta information; `data_set`, all elements before the pixels; `image`, as by
    describe_image, or None; `first`, the first frame, or the empty bytes where frames are native on both sides and need
    no coder. Raises CannotTranscode, and what pydicom raises.
    """
    config.settings.writing_validation_mode = config.IGNORE  # what came in goes out again, right or wrong
    dataset = _read(path)
    image = _image_of(dataset, Path(path), pixel_offset)
    first = b""
    if image is not None and not (image.syntax in NATIVE and target in NATIVE_TARGETS):
        decoded = decode_frame(image, first_frame)
        first = encode_frame(image, decoded, target)
        _tell_of_pixels(dataset, image, photometric_in(decoded.photometric, target))
        _tell_of_loss(dataset, image, target, len(first))
    if dataset.file_meta.get("TransferSyntaxUID") == EXPLICIT_BIG:
        _swap_words(dataset)
    return {
        "meta": _meta(dataset, target),
        "data_set": _data_set(dataset, target),
        "image": vars(image) if image is not None else None,
        "first": first,
    }


def recode_frame(image: Mapping[str, Any], frame: bytes, target: str) -> bytes:
    """One frame in the target syntax; `image` is as describe_image told it. Raises CannotTranscode."""
    described = Image(**image)
    if target not in NATIVE_TARGETS:
        coder_of(described, target)
    return encode_frame(described, decode_frame(described, frame), target)


def inflate_pixels(path: str) -> bytes:
    """The value of Pixel Data of a deflated file (PS3.5 A.5). Raises CannotTranscode."""
    dataset = pydicom.dcmread(path, force=True)
    for keyword in PIXELS.values():
        if keyword in dataset:
            return bytes(dataset.get_item(keyword).value or b"")
    raise CannotTranscode("no_pixels")


def _read(path: str) -> Dataset:
    return pydicom.dcmread(path, stop_before_pixels=True, force=True)


def _image_of(dataset: Dataset, path: Path, pixel_offset: int) -> Image | None:
    """`pixel_offset` is where the element of the pixels begins; less than 0 where there are none."""
    syntax = str(dataset.file_meta.TransferSyntaxUID)
    keyword, vr = _pixel_element(path, pixel_offset, syntax) if pixel_offset >= 0 else (None, "")
    if keyword is None:
        return None
    allocated = {"FloatPixelData": 32, "DoubleFloatPixelData": 64}.get(keyword) or int(dataset.BitsAllocated)
    samples = int(dataset.get("SamplesPerPixel", 1))
    return Image(
        syntax=syntax,
        rows=int(dataset.Rows),
        columns=int(dataset.Columns),
        samples=samples,
        bits_allocated=allocated,
        bits_stored=int(dataset.get("BitsStored", allocated)),
        high_bit=int(dataset.get("HighBit", allocated - 1)),
        is_signed=int(dataset.get("PixelRepresentation", 0)) == 1,
        photometric=str(dataset.get("PhotometricInterpretation", "MONOCHROME2")),
        planar=int(dataset.get("PlanarConfiguration", 0)) if samples > 1 else 0,
        frames=int(dataset.get("NumberOfFrames", 1) or 1),
        is_float=keyword != "PixelData",
        word_bytes=_word_bytes(syntax, vr, allocated),
    )


def _pixel_element(path: Path, pixel_offset: int, syntax: str) -> tuple[str | None, str]:
    if syntax.endswith(".1.99"):  # where it lies in the stream nobody knows; only one kind occurs
        return "PixelData", "OW"
    with path.open("rb") as file:
        file.seek(pixel_offset)
        head = file.read(6)
    tag = head[1::-1] + head[3:1:-1] if syntax == EXPLICIT_BIG else head[:4]
    return PIXELS.get(tag), "OW" if syntax == IMPLICIT_LITTLE else head[4:].decode("latin-1")


def _word_bytes(syntax: str, vr: str, allocated: int) -> int:
    if syntax != EXPLICIT_BIG or vr == "OB":
        return 1
    return max(2, allocated // 8)


def _tell_of_pixels(dataset: Dataset, image: Image, photometric: str) -> None:
    dataset.PhotometricInterpretation = photometric
    if image.samples > 1:
        dataset.PlanarConfiguration = 0
    for keyword in OFFSET_TABLES:
        if keyword in dataset:
            del dataset[keyword]


def _tell_of_loss(dataset: Dataset, image: Image, target: str, coded_bytes: int) -> None:
    """PS3.3 C.7.6.1.1.5: once lossy, always told so, each time with its ratio and method."""
    method = coder_of(image, target).lossy_method if target not in NATIVE_TARGETS else ""
    if not method:
        return
    native_bytes = image.rows * image.columns * image.samples * image.bits_allocated / 8
    dataset.LossyImageCompression = "01"
    for keyword, value in (
        ("LossyImageCompressionRatio", f"{native_bytes / max(coded_bytes, 1):.2f}"),
        ("LossyImageCompressionMethod", method),
    ):
        before = dataset.get(keyword)
        several = before if isinstance(before, (list, tuple, pydicom.multival.MultiValue)) else [before]
        setattr(dataset, keyword, [*(str(one) for one in several if one), value])


def _swap_words(dataset: Dataset) -> None:
    """Words of a big endian file in the order of ours: the library leaves them as they lie."""
    for element in _elements(dataset):
        size = WORDS.get(str(element.VR))
        if size is not None and isinstance(element.value, bytes) and len(element.value) % size == 0:
            element.value = b"".join(
                element.value[at : at + size][::-1] for at in range(0, len(element.value), size)
            )


def _elements(dataset: Dataset) -> Iterator[DataElement]:
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value:
                yield from _elements(item)
        else:
            yield element


def _meta(dataset: Dataset, target: str) -> bytes:
    dataset.file_meta.TransferSyntaxUID = UID(target)
    buffer = DicomBytesIO()
    buffer.is_implicit_VR, buffer.is_little_endian = False, True
    write_file_meta_info(buffer, dataset.file_meta, enforce_standard=False)
    preamble = (dataset.preamble or b"").ljust(PREAMBLE_BYTES, b"\0")[:PREAMBLE_BYTES]
    return preamble + b"DICM" + buffer.getvalue()


def _data_set(dataset: Dataset, target: str) -> bytes:
    buffer = DicomBytesIO()
    buffer.is_implicit_VR, buffer.is_little_endian = target == IMPLICIT_LITTLE, True
    write_dataset(buffer, dataset)
    return buffer.getvalue()
