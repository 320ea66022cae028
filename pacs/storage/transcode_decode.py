"""A frame's stored values out of any transfer syntax that a library here decodes. Runs in the sandbox.

Components come as they are coded: nothing is converted but what belongs to the codestream itself (the transforms of
JPEG 2000), so that what was lossless stays so.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import imagecodecs
import numpy as np
from pydicom.encaps import encapsulate
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import UID

from pacs.storage.transcode_image import (
    DEFLATED_FRAME,
    IN_PAIRS,
    JPEG_2000_LOSSLESS,
    JPEG_BASELINE,
    JPEG_EXTENDED,
    JPEG_LOSSLESS,
    JPEG_LOSSLESS_SV1,
    JPEG_LS,
    JPEG_LS_NEAR,
    JPEG_RETIRED,
    JPEG_XL,
    NATIVE,
    OF_JPEG_2000,
    RLE,
    Array,
    CannotTranscode,
    Image,
)

LOSSY_JPEG = frozenset((JPEG_BASELINE, JPEG_EXTENDED, *JPEG_RETIRED))
JPEG = LOSSY_JPEG | {JPEG_LOSSLESS, JPEG_LOSSLESS_SV1}
START_OF_SCAN, END = b"\xff\xda", b"\xff\xd9"
NOT_FRAMES = (0xC4, 0xC8, 0xCC)  # tables and an extension, between the frame markers
LOSSLESS_FRAMES = (0xC3, 0xF7)
RLE_HEAD_BYTES = 64


@dataclass(frozen=True)
class Decoded:
    """Stored values, (rows, columns) or (rows, columns, samples), and the Photometric Interpretation they are in."""

    values: Array
    photometric: str


def decode_frame(image: Image, data: bytes) -> Decoded:
    """The values of one frame; of single bits, the bytes that hold them, the first in the lowest bit.

    Raises CannotTranscode; a size that lies is found out before anything is allocated.
    """
    if image.bits_allocated == 1:
        return Decoded(_bits(image, data), image.photometric)
    if image.syntax in NATIVE or image.syntax == DEFLATED_FRAME:
        if image.syntax == DEFLATED_FRAME:
            data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, image.frame_bytes + 1)
        return _native(image, data)
    try:
        decoded = _decode(image, data)
    except (CannotTranscode, MemoryError):
        raise
    except Exception:
        raise CannotTranscode("decode_failed") from None
    if decoded.values.shape != image.shape or decoded.values.dtype != image.dtype():
        raise CannotTranscode("size_mismatch")
    return decoded


def _bits(image: Image, data: bytes) -> Array:
    """(bytes,) of uint8 (PS3.5 8.1.1, annex D). In RLE they are packed before they are coded, in JPEG 2000 not."""
    pixels = image.rows * image.columns
    if image.syntax == DEFLATED_FRAME:
        data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, image.frame_bytes + 1)
    elif image.syntax == RLE:
        data = bytes(imagecodecs.packbits_decode(data[RLE_HEAD_BYTES:], out=image.frame_bytes))
    elif image.syntax == JPEG_2000_LOSSLESS:
        _require_size(image, data)
        single = np.asarray(imagecodecs.jpeg2k_decode(data)).reshape(-1)
        data = np.packbits(single[:pixels] != 0, bitorder="little").tobytes()
    elif image.syntax not in NATIVE:
        raise CannotTranscode("bits")
    if len(data) < image.frame_bytes:
        raise CannotTranscode("size_mismatch")
    return np.frombuffer(data, np.uint8, image.frame_bytes)


def _decode(image: Image, data: bytes) -> Decoded:
    if image.syntax in JPEG:
        return _jpeg(image, data)
    if image.syntax in (JPEG_LS, JPEG_LS_NEAR):
        precision = _frame_of(image, data).precision
        return Decoded(_signed(image, imagecodecs.jpegls_decode(data), precision), image.photometric)
    if image.syntax in JPEG_XL:
        stored = imagecodecs.jpegxl_decode(data, numthreads=1)
        return Decoded(stored.astype(image.dtype(), copy=False), _rgb_for(image, image.photometric))
    return Decoded(_by_pydicom(image, data), _rgb_for(image, image.photometric))


def _rgb_for(image: Image, photometric: str) -> str:
    """The decoder of JPEG 2000 takes its own transforms back."""
    return "RGB" if image.samples == 3 and photometric in OF_JPEG_2000 else photometric


def _by_pydicom(image: Image, data: bytes) -> Array:
    options: dict[str, Any] = {
        "rows": image.rows,
        "columns": image.columns,
        "number_of_frames": 1,
        "samples_per_pixel": image.samples,
        "photometric_interpretation": image.photometric,
        "bits_allocated": image.bits_allocated,
        "bits_stored": image.bits_stored,
        "pixel_representation": int(image.is_signed),
        "planar_configuration": image.planar,
        "pixel_keyword": "PixelData",
    }
    if image.syntax not in _SMALL_ENOUGH:
        _require_size(image, data)
    decoder = get_decoder(UID(image.syntax))
    stored, _ = decoder.as_array(encapsulate([data], has_bot=False), index=0, raw=True, **options)
    return np.ascontiguousarray(stored)


_SMALL_ENOUGH = frozenset(("1.2.840.10008.1.2.5",))  # it grows no larger than the header says


def _require_size(image: Image, data: bytes) -> None:
    """The codestream's own size (ISO 15444-1 A.5.1): a decoder would allocate as much as that says."""
    at = data.find(b"\xff\x4f\xff\x51")
    ends = [int.from_bytes(data[at + 8 + 4 * n : at + 12 + 4 * n], "big") for n in range(4)]
    if at < 0 or (ends[1] - ends[3], ends[0] - ends[2]) != (image.rows, image.columns):
        raise CannotTranscode("size_mismatch")


# --- JPEG and JPEG-LS --------------------------------------------------------------------------


@dataclass(frozen=True)
class _Frame:
    """The frame header of a JPEG (ISO 10918-1 B.2.2)."""

    precision: int
    photometric: str


def _jpeg(image: Image, data: bytes) -> Decoded:
    frame = _frame_of(image, data)
    if data.rfind(END) < data.rfind(START_OF_SCAN):
        raise CannotTranscode("decode_failed")  # cut: the library fills what is missing with grey
    space = "GRAYSCALE" if image.samples == 1 else "YCBCR"  # the same in and out: nothing is converted
    decoded = imagecodecs.jpeg8_decode(data, colorspace=space, outcolorspace=space)
    if image.syntax in LOSSY_JPEG and not image.is_signed:
        decoded = np.minimum(decoded, decoded.dtype.type((1 << min(image.bits_stored, frame.precision)) - 1))
    return Decoded(_signed(image, decoded, max(image.bits_stored, 1)), frame.photometric)


def _signed(image: Image, decoded: Array, precision: int) -> Array:
    """The lowest `precision` bits, read with the sign that the header gives them."""
    dtype = image.dtype()
    unused = dtype.itemsize * 8 - precision
    if decoded.dtype.itemsize > dtype.itemsize or unused < 0:
        raise CannotTranscode("size_mismatch")
    words = np.ascontiguousarray(decoded).astype(dtype)
    return words if not image.is_signed else np.asarray((words << unused) >> unused)


def _frame_of(image: Image, data: bytes) -> _Frame:
    """Raises CannotTranscode where the codestream is of another size than the header says."""
    has_jfif, adobe, at = False, -1, 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : at + 2 + length]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xE0:
            has_jfif = has_jfif or body.startswith(b"JFIF")
        elif marker == 0xEE and body.startswith(b"Adobe") and len(body) > 11:
            adobe = body[11]
        elif (0xC0 <= marker <= 0xCF and marker not in NOT_FRAMES) or marker == 0xF7:
            return _told(image, marker, body, has_jfif, adobe)
        at += 2 + length
    raise CannotTranscode("decode_failed")


def _told(image: Image, marker: int, body: bytes, has_jfif: bool, adobe: int) -> _Frame:
    if len(body) < 6 or len(body) < 6 + 3 * body[5]:
        raise CannotTranscode("decode_failed")
    precision, rows, columns, count = body[0], body[1] << 8 | body[2], body[3] << 8 | body[4], body[5]
    if (rows or image.rows, columns, count) != (image.rows, image.columns, image.samples):
        raise CannotTranscode("size_mismatch")
    names = bytes(body[6 + 3 * n] for n in range(count))
    is_subsampled = len({body[7 + 3 * n] for n in range(count)}) > 1
    return _Frame(precision, _space(image, marker, names, is_subsampled or has_jfif or adobe > 0, adobe == 0))


def _space(image: Image, marker: int, names: bytes, looks_ybr: bool, is_rgb: bool) -> str:
    """What three components are: the codestream knows better than a header left over from before the compression."""
    if image.samples != 3:
        return image.photometric
    if names in (b"RGB", b"rgb") or is_rgb:
        return "RGB"
    if marker in LOSSLESS_FRAMES:
        return image.photometric
    return "YBR_FULL" if looks_ybr or image.photometric != "RGB" else "RGB"


# --- native ------------------------------------------------------------------------------------


def _native(image: Image, data: bytes) -> Decoded:
    dtype = image.dtype()
    if len(data) < image.frame_bytes:
        raise CannotTranscode("size_mismatch")
    if image.word_bytes > dtype.itemsize:  # bytes that were written as words
        data = np.frombuffer(data[: len(data) // 2 * 2], ">u2").astype("<u2").tobytes()
    order = dtype.newbyteorder(">") if image.word_bytes == dtype.itemsize > 1 else dtype
    words = np.frombuffer(data, order, image.frame_bytes // dtype.itemsize).astype(dtype, copy=False)
    if image.photometric in IN_PAIRS:
        return Decoded(_spread_pairs(words, image), image.photometric.removesuffix("_422"))
    if image.samples > 1 and image.planar:
        planes = words.reshape(image.samples, image.rows, image.columns)
        return Decoded(np.ascontiguousarray(np.moveaxis(planes, 0, -1)), image.photometric)
    return Decoded(words.reshape(image.shape), image.photometric)


def _spread_pairs(words: Array, image: Image) -> Array:
    if image.columns % 2:
        raise CannotTranscode("size_mismatch")
    pairs = words.reshape(-1, 4)
    pixels = np.empty((len(pairs), 2, 3), words.dtype)
    pixels[:, :, 0] = pairs[:, :2]
    pixels[:, :, 1:] = pairs[:, None, 2:]
    return pixels.reshape(image.shape)
