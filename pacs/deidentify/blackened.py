"""Frames with regions blacked out (PS3.15 E.3.1): the stored values themselves are changed. Runs in the sandbox.

Native frames stay as they lie in the file. Compressed ones are decoded, and written in RLE Lossless (PS3.5 annex G):
whoever reads DICOM reads that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pydicom
from pydicom.encaps import get_frame

from pacs.deidentify.copies import opened_file
from pacs.deidentify.pixel_element import NotReadable
from pacs.storage.transcode import describe_image
from pacs.storage.transcode_decode import decode_frame
from pacs.storage.transcode_encode import encode_frame, photometric_in
from pacs.storage.transcode_image import IN_PAIRS, NATIVE, RLE, Array, CannotTranscode, Image

Region = tuple[int, int, int, int]  # x, y of the upper left pixel, from 0; width, height
NEUTRAL = {1: 128, 2: 32768}  # of a chroma, by bytes of a sample
DARKEST_PARTIAL = 16  # luma of YBR_PARTIAL_422


def describe(path: str) -> dict[str, Any]:
    """What the other functions want to be told of a file: `image`, and where its pixels lie. Raises NotReadable."""
    with Path(path).open("rb") as file:
        opened, at = opened_file(file)
    if opened.pixels is None:
        raise NotReadable("cannot_edit")
    image = describe_image(path, at)
    if image["bits_allocated"] % 8:
        raise NotReadable("cannot_edit")
    pixels = opened.pixels
    return {
        "image": image,
        "offset": pixels.offset,
        "length": pixels.length + len(pixels.padding),
        "is_encapsulated": pixels.is_encapsulated,
    }


def blackened_frame(
    path: str, told: Mapping[str, Any], index: int, regions: Sequence[Region], clears_unused: bool
) -> dict[str, Any]:
    """Frame `index` (from 0) without these regions. Keys: `frame`; `syntax`, "" for native as it was; `photometric`.

    `clears_unused` takes out what bits beside those of the pixels hold (PS3.5 8.1.1). Raises NotReadable.
    """
    image = Image(**told["image"])
    with Path(path).open("rb") as file:
        data = _frame_of(file, told, image, index)
    try:
        if image.syntax in NATIVE:
            frame = _native(image, data, regions, clears_unused)
            return {"frame": frame, "syntax": "", "photometric": image.photometric}
        return _coded(image, data, regions)
    except CannotTranscode:
        raise NotReadable("cannot_edit") from None


def _frame_of(file: BinaryIO, told: Mapping[str, Any], image: Image, index: int) -> bytes:
    if not told["is_encapsulated"]:
        file.seek(told["offset"] + index * image.frame_bytes)
        return file.read(image.frame_bytes)
    tables = pydicom.dcmread(file, stop_before_pixels=True, force=True)
    extended = None
    if "ExtendedOffsetTable" in tables:
        extended = (tables.ExtendedOffsetTable, tables.ExtendedOffsetTableLengths)
    file.seek(told["offset"])
    frame: bytes = get_frame(file, index, number_of_frames=image.frames, extended_offsets=extended)
    return frame


def _coded(image: Image, data: bytes, regions: Sequence[Region]) -> dict[str, Any]:
    decoded = decode_frame(image, data)
    values = np.array(decoded.values)
    _blacken(values, regions, decoded.photometric)
    decoded = type(decoded)(values, decoded.photometric)
    frame = encode_frame(image, decoded, RLE)
    return {"frame": frame, "syntax": RLE, "photometric": photometric_in(decoded.photometric, RLE)}


def _native(image: Image, data: bytes, regions: Sequence[Region], clears_unused: bool) -> bytes:
    dtype = image.dtype()
    if image.word_bytes > dtype.itemsize or len(data) < image.frame_bytes:
        raise CannotTranscode("bits")
    order = dtype.newbyteorder(">") if image.word_bytes == dtype.itemsize > 1 else dtype
    stored = np.frombuffer(data[: image.frame_bytes], order).copy()
    if image.photometric in IN_PAIRS:
        _blacken_pairs(stored.reshape(image.rows, image.columns // 2, 4), regions, image)
    elif image.samples > 1 and image.planar:
        planes = stored.reshape(image.samples, image.rows, image.columns)
        _blacken(np.moveaxis(planes, 0, -1), regions, image.photometric)
    else:
        _blacken(stored.reshape(image.shape), regions, image.photometric)
    if clears_unused and not image.is_float:
        _clear_unused(stored, image)
    return stored.tobytes()


def _blacken(values: Array, regions: Sequence[Region], photometric: str) -> None:
    """In place; values are (rows, columns) or (rows, columns, samples)."""
    black = _black(values, photometric)
    for x, y, width, height in regions:
        values[y : y + height, x : x + width] = black


def _black(values: Array, photometric: str) -> Any:
    if photometric == "MONOCHROME1":
        return values.max()
    if photometric.startswith("YBR") and values.ndim == 3:
        return np.array([0, NEUTRAL[values.dtype.itemsize], NEUTRAL[values.dtype.itemsize]], values.dtype)
    # Of numbers with a sign nought is no black; the least that the frame holds widens no window.
    return values.min() if photometric == "MONOCHROME2" and values.dtype.kind in "if" else 0


def _blacken_pairs(pairs: Array, regions: Sequence[Region], image: Image) -> None:
    """Two pixels share their chroma (PS3.3 C.7.6.3.1.2): a region takes both."""
    luma = DARKEST_PARTIAL if image.photometric == "YBR_PARTIAL_422" else 0
    for x, y, width, height in regions:
        pairs[y : y + height, x // 2 : -(-(x + width) // 2)] = (luma, luma, 128, 128)


def _clear_unused(stored: Array, image: Image) -> None:
    used = ((1 << image.bits_stored) - 1) << (image.high_bit + 1 - image.bits_stored)
    unsigned = stored.view(stored.dtype.str.replace("i", "u"))
    unsigned &= unsigned.dtype.type(used)
