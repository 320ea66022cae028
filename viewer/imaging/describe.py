"""What a header says of its image: read in the sandbox, and validated rather than believed outside of it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from pydicom import Dataset, dcmread
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from viewer.imaging import header_rules
from viewer.imaging.errors import DECODE_FAILED, NO_PIXELS, CannotShow
from viewer.imaging.frame_groups import rescales_of, voi_luts_of, windows_of
from viewer.imaging.header import aspect_of, number, overlays_of, padding_of, text, whole
from viewer.imaging.planes import planes_of
from viewer.imaging.tables import first_table, palette_of
from viewer.imaging.uptake import suv_factor_of
from viewer.imaging.validate import description_from_wire

__all__ = ["describe_header", "description_from_wire", "read_header"]

FLOAT_BITS = {0x7FE00008: 32, 0x7FE00009: 64}
PIXEL_DATA = 0x7FE00010
ELEMENT_HEAD_BYTES = 6  # tag and VR


def describe_header(header: bytes) -> dict[str, Any]:
    """The wire form of an ImageDescription, of the bytes before the pixels or of a whole file.

    Where the first bytes of the pixels' own element are there as well, they tell float pixels and word order
    for certain. Raises CannotShow.
    """
    dataset, pixel_tag, pixel_vr = read_header(header)
    return describe_dataset(dataset, pixel_tag, pixel_vr)


def read_header(header: bytes) -> tuple[Dataset, int, str]:
    """The data set without its pixels, and the tag and VR of those; 0 and empty where the bytes end before them."""
    buffer = BytesIO(header)
    try:
        dataset = dcmread(buffer, stop_before_pixels=True, force=True)
        if is_deflated(dataset):  # it was read from another buffer than ours
            return _read_deflated(header)
    except Exception:
        raise CannotShow(DECODE_FAILED) from None
    head = buffer.read(ELEMENT_HEAD_BYTES)
    if len(head) < ELEMENT_HEAD_BYTES:
        return dataset, 0, ""
    order: Any = "big" if dataset.original_encoding[1] is False else "little"
    tag = int.from_bytes(head[:2], order) << 16 | int.from_bytes(head[2:4], order)
    return dataset, tag, head[4:6].decode("latin-1")


def _read_deflated(file: bytes) -> tuple[Dataset, int, str]:
    dataset = dcmread(BytesIO(file), force=True)
    tag = next((tag for tag in (PIXEL_DATA, *FLOAT_BITS) if tag in dataset), 0)
    return dataset, tag, str(dataset[tag].VR) if tag else ""


def describe_dataset(dataset: Dataset, pixel_tag: int, pixel_vr: str) -> dict[str, Any]:
    """The wire form. Raises CannotShow where there is no image."""
    rows, columns = whole(dataset, "Rows", 0), whole(dataset, "Columns", 0)
    if rows <= 0 or columns <= 0:
        raise CannotShow(NO_PIXELS)
    frames = max(1, whole(dataset, "NumberOfFrames", 1))
    bits, is_float = _bits_of(dataset, pixel_tag)
    stored = bits if is_float else whole(dataset, "BitsStored", bits)
    is_signed = whole(dataset, "PixelRepresentation", 0) == 1
    syntax = syntax_of(dataset)
    wire: dict[str, Any] = {
        "rows": rows,
        "columns": columns,
        "number_of_frames": frames,
        "samples_per_pixel": whole(dataset, "SamplesPerPixel", 1),
        "photometric_interpretation": text(dataset, "PhotometricInterpretation"),
        "planar_configuration": int(whole(dataset, "PlanarConfiguration", 0) == 1),
        "bits_allocated": bits,
        "bits_stored": stored,
        "high_bit": whole(dataset, "HighBit", stored - 1),
        "is_signed": not is_float and is_signed,
        "is_float": is_float,
        "transfer_syntax_uid": syntax,
        "is_word_swapped": syntax == ExplicitVRBigEndian and bits == 8 and pixel_vr == "OW",
        "pixel_aspect": aspect_of(dataset),
        "is_inverse": header_rules.is_inverse_shape(text(dataset, "PresentationLUTShape")),
        "is_segmentation": bool(text(dataset, "SegmentationType")),
        "padding": padding_of(dataset),
        "palette": palette_of(dataset),
        "modality_lut": first_table(dataset, "ModalityLUTSequence", is_signed),
        "overlays": overlays_of(dataset),
    }
    wire["rescales"] = rescales_of(dataset, frames)
    may_be_negative = is_signed or bool((wire["rescales"][:, 1] < 0).any())
    wire["voi_luts"], wire["voi_lut_lists"], wire["voi_lut_places"] = voi_luts_of(
        dataset, frames, may_be_negative
    )
    wire["windows"], wire["window_places"] = windows_of(dataset, frames, is_float)
    wire["planes"] = planes_of(dataset, frames)
    wire["suv_factor"] = suv_factor_of(dataset)
    return wire


def _bits_of(dataset: Dataset, pixel_tag: int) -> tuple[int, bool]:
    """Bits allocated, and whether they are those of floats (PS3.3 C.7.6.24, C.7.6.25)."""
    if pixel_tag in FLOAT_BITS:
        return FLOAT_BITS[pixel_tag], True
    bits = whole(dataset, "BitsAllocated", 0)
    says_of_integers = any(
        number(dataset, name) is not None for name in ("BitsStored", "PixelRepresentation")
    )
    return bits, pixel_tag == 0 and header_rules.is_float_by_silence(bits, says_of_integers)


def syntax_of(dataset: Dataset) -> str:
    """The transfer syntax, as the file says or as pydicom found it to be."""
    named = str(getattr(dataset, "file_meta", {}).get("TransferSyntaxUID", "") or "")
    if named:
        return named
    is_implicit, is_little = dataset.original_encoding
    if is_implicit:
        return str(ImplicitVRLittleEndian)
    return str(ExplicitVRLittleEndian if is_little is not False else ExplicitVRBigEndian)


def is_deflated(dataset: Dataset) -> bool:
    """Whether the whole data set was one deflated stream (PS3.5 A.5)."""
    return bool(syntax_of(dataset) == DeflatedExplicitVRLittleEndian)
