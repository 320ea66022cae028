"""Decoders by transfer syntax. Runs in the sandbox, on bytes that may be meant to harm (promise P8).

imagecodecs first: it releases the GIL and is the faster; pydicom's plug-ins where it refuses.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import imagecodecs
import numpy as np
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from viewer.imaging.bare_jpeg import bare_jpeg
from viewer.imaging.errors import (
    DECODE_FAILED,
    SIZE_MISMATCH,
    UNSUPPORTED_TRANSFER_SYNTAX,
    VIDEO,
    CannotShow,
)
from viewer.imaging.markers import Shape, bare_codestream, is_whole, jpeg2000_facts, jpeg_facts
from viewer.imaging.native import cleaned, read_native_frame
from viewer.imaging.rle import decode_rle
from viewer.imaging.second_decoder import decode_with_plugin
from viewer.imaging.types import Array, ImageDescription

VIDEO_PREFIXES = ("1.2.840.10008.1.2.4.10", "1.2.840.10008.1.2.7.")
RETIRED_JPEG = ("1.2.840.10008.1.2.4.52", "1.2.840.10008.1.2.4.53", "1.2.840.10008.1.2.4.55")
JPEG_XL = ("1.2.840.10008.1.2.4.110", "1.2.840.10008.1.2.4.111", "1.2.840.10008.1.2.4.112")
DEFLATED_FRAME = "1.2.840.10008.1.2.8.1"


@dataclass(frozen=True)
class Frame:
    """A decoded frame, the colour space of its components, and the JPEG that browsers decode to the same."""

    stored: Array
    colour_space: str
    jpeg: bytes | None = None


Decoder = Callable[[ImageDescription, bytes], Frame]


def decode_codestream(description: ImageDescription, data: bytes) -> Frame:
    """The frame. Raises CannotShow: the syntax is unknown or video, the data are damaged or of another size."""
    syntax = description.transfer_syntax_uid
    if syntax.startswith(VIDEO_PREFIXES):
        raise CannotShow(VIDEO)
    decoder = DECODERS.get(syntax)
    if decoder is None:
        raise CannotShow(UNSUPPORTED_TRANSFER_SYNTAX)
    try:
        frame = decoder(description, data)
    except (CannotShow, MemoryError):
        raise
    except Exception:
        frame = Frame(decode_with_plugin(description, data), description.photometric_interpretation)
    wanted: tuple[int, ...] = (description.rows, description.columns)
    if description.samples_per_pixel > 1:
        wanted = (*wanted, description.samples_per_pixel)
    if frame.stored.shape != wanted:
        raise CannotShow(SIZE_MISMATCH)
    return frame


def _jpeg(description: ImageDescription, data: bytes) -> Frame:
    """Any JPEG of ISO 10918-1, lossless or not, its components as they are coded."""
    facts = jpeg_facts(data)
    if facts is None or not is_whole(data):
        raise CannotShow(DECODE_FAILED)
    _require_shape(facts.shape, description)
    as_coded = "GRAYSCALE" if len(facts.component_ids) == 1 else "YCBCR"
    # The same space in and out: nothing is converted, and the header's words about it are judged here.
    decoded = imagecodecs.jpeg8_decode(data, colorspace=as_coded, outcolorspace=as_coded)
    if not facts.is_lossless and not description.is_signed:
        # What a lossy coder makes of the brightest values may be brighter still: it must not begin again at 0.
        decoded = np.minimum(
            decoded, decoded.dtype.type(min((1 << description.bits_stored) - 1, _most(decoded)))
        )
    stored = cleaned(_in_container(decoded, description), description)
    space = _colour_space(description, facts.colour_space)
    return Frame(stored, space, bare_jpeg(data, facts, space, description))


def _most(decoded: Array) -> int:
    return int(np.iinfo(decoded.dtype).max)


def _jpeg_ls(description: ImageDescription, data: bytes) -> Frame:
    """It has no sign of its own: the highest of its bits is one where the header says so."""
    facts = jpeg_facts(data)
    if facts is None:
        raise CannotShow(DECODE_FAILED)
    _require_shape(facts.shape, description)
    stored = _with_sign(imagecodecs.jpegls_decode(data), description, facts.precision)
    return Frame(stored, description.photometric_interpretation)


def _jpeg_2000(description: ImageDescription, data: bytes) -> Frame:
    return _any_jpeg_2000(description, data, imagecodecs.jpeg2k_decode)


def _high_throughput(description: ImageDescription, data: bytes) -> Frame:
    """Lossless streams only: where a lossy one leaves the range of its numbers, this decoder starts again at 0."""
    if not is_whole(data):
        raise CannotShow(DECODE_FAILED)
    return _any_jpeg_2000(description, data, imagecodecs.htj2k_decode)


def _any_jpeg_2000(description: ImageDescription, data: bytes, decode: Callable[[bytes], Array]) -> Frame:
    codestream = bare_codestream(data)
    facts = jpeg2000_facts(codestream)
    if facts is None:
        raise CannotShow(DECODE_FAILED)
    _require_shape(facts.shape, description)
    decoded = decode(codestream)
    if facts.is_signed == description.is_signed:
        stored = _in_container(decoded, description)
    else:
        stored = _with_sign(decoded, description, facts.precision)
    # The multiple component transform is undone by the decoder, and what went into it was RGB.
    has_transform = facts.has_colour_transform and description.samples_per_pixel == 3
    return Frame(stored, "RGB" if has_transform else description.photometric_interpretation)


def _jpeg_xl(description: ImageDescription, data: bytes) -> Frame:
    stored = _in_container(imagecodecs.jpegxl_decode(data, numthreads=1), description)
    return Frame(stored, _colour_space(description, lambda _: "RGB"))


def _rle(description: ImageDescription, data: bytes) -> Frame:
    return Frame(decode_rle(description, data), description.photometric_interpretation)


def _deflated_frame(description: ImageDescription, data: bytes) -> Frame:
    """A native frame that begins at a byte of its own, deflated (PS3.5 A.4.11). It grows no larger than its size."""
    bits = description.rows * description.columns * description.samples_per_pixel * description.bits_allocated
    most = -(-bits // 8) + 1
    inflated = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, most)
    return Frame(read_native_frame(description, inflated, 0), description.photometric_interpretation)


def _require_shape(shape: Shape, description: ImageDescription) -> None:
    """A codestream of another size than the file says is not decoded: its memory would be as large as it likes."""
    rows = shape[0] or description.rows
    if (rows, *shape[1:]) != (description.rows, description.columns, description.samples_per_pixel):
        raise CannotShow(SIZE_MISMATCH)


def _colour_space(description: ImageDescription, by_codestream: Callable[[str], str]) -> str:
    named = description.photometric_interpretation
    return by_codestream(named) if description.samples_per_pixel == 3 else named


def _in_container(decoded: Array, description: ImageDescription) -> Array:
    """The same bits as the header's kind of number; wider ones do not fit and are a lie."""
    dtype = description.dtype()
    if decoded.dtype.itemsize > dtype.itemsize:
        raise CannotShow(SIZE_MISMATCH)
    return np.ascontiguousarray(decoded.astype(dtype))


def _with_sign(decoded: Array, description: ImageDescription, precision: int) -> Array:
    """The lowest `precision` bits, read with the sign that the header gives them."""
    dtype = description.dtype()
    unused = dtype.itemsize * 8 - precision
    if unused < 0 or decoded.dtype.itemsize > dtype.itemsize:
        raise CannotShow(SIZE_MISMATCH)
    high = np.ascontiguousarray(decoded.astype(dtype)) << unused
    return high >> unused


DECODERS: dict[str, Decoder] = {
    **dict.fromkeys(
        (JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLossless, JPEGLosslessSV1, *RETIRED_JPEG), _jpeg
    ),
    **dict.fromkeys((JPEGLSLossless, JPEGLSNearLossless), _jpeg_ls),
    **dict.fromkeys((JPEG2000Lossless, JPEG2000, HTJ2K), _jpeg_2000),
    **dict.fromkeys((HTJ2KLossless, HTJ2KLosslessRPCL), _high_throughput),
    **dict.fromkeys(JPEG_XL, _jpeg_xl),
    RLELossless: _rle,
    DEFLATED_FRAME: _deflated_frame,
}
