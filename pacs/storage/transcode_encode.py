"""Stored values into a transfer syntax that a library here encodes. Runs in the sandbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import imagecodecs
import numpy as np
from rle.utils import encode_pixel_data

from pacs.storage.transcode_decode import Decoded
from pacs.storage.transcode_image import (
    HTJ2K,
    HTJ2K_LOSSLESS,
    HTJ2K_LOSSLESS_RPCL,
    JPEG_2000,
    JPEG_2000_LOSSLESS,
    JPEG_BASELINE,
    JPEG_EXTENDED,
    JPEG_LOSSLESS,
    JPEG_LOSSLESS_SV1,
    JPEG_LS,
    NATIVE_TARGETS,
    RLE,
    Array,
    CannotTranscode,
    Image,
)

LOSSY_QUALITY = 90
MOST_RESOLUTIONS = 5


@dataclass(frozen=True)
class Coder:
    """How one syntax is written: by what, of which values, and what the colours then are."""

    encode: Callable[[Image, Array], bytes]
    most_bits: int = 16
    least_bits: int = 2
    may_be_signed: bool = True
    rgb_becomes: str = "RGB"
    ybr_becomes: str = "YBR_FULL"
    lossy_method: str = ""  # a defined term of Lossy Image Compression Method (PS3.3 C.7.6.1.1.5.1)


def encode_frame(image: Image, decoded: Decoded, target: str) -> bytes:
    """One frame in the target syntax. Raises CannotTranscode."""
    if target in NATIVE_TARGETS:
        return np.ascontiguousarray(decoded.values).tobytes()
    coder = coder_of(image, target)
    values = decoded.values if target == RLE else _stored_bits(image, decoded.values)
    return coder.encode(replace(image, photometric=decoded.photometric), np.ascontiguousarray(values))


def coder_of(image: Image, target: str) -> Coder:
    """The coder for images like this. Raises CannotTranscode where the syntax cannot hold them."""
    coder = CODERS.get(target)
    if coder is None or image.is_float or image.bits_allocated % 8 or image.samples not in (1, 3):
        raise CannotTranscode("not_encodable")
    if not coder.least_bits <= image.bits_stored <= coder.most_bits:
        raise CannotTranscode("not_encodable")
    if image.is_signed and not coder.may_be_signed:
        raise CannotTranscode("not_encodable")
    if image.high_bit != image.bits_stored - 1 and target != RLE:
        raise CannotTranscode("not_encodable")
    return coder


def photometric_in(photometric: str, target: str) -> str:
    """What the components are once they are in the target syntax."""
    coder = CODERS.get(target)
    if coder is not None and photometric == "RGB":
        return coder.rgb_becomes
    return coder.ybr_becomes if coder is not None and photometric == "YBR_FULL" else photometric


def _rle(image: Image, values: Array) -> bytes:
    return bytes(
        encode_pixel_data(
            values.tobytes(),
            byteorder="<",
            rows=image.rows,
            columns=image.columns,
            samples_per_pixel=image.samples,
            bits_allocated=image.bits_allocated,
        )
    )


def _jpeg(image: Image, values: Array) -> bytes:
    """Lossy. What is there as RGB is coded as YBR, which is what readers expect."""
    bits: dict[str, Any] = {"bitspersample": 12} if values.dtype.itemsize == 2 else {}
    if image.samples == 1:
        return bytes(imagecodecs.jpeg8_encode(values, LOSSY_QUALITY, **bits))
    given = "RGB" if image.photometric == "RGB" else "YCBCR"
    return bytes(
        imagecodecs.jpeg8_encode(values, LOSSY_QUALITY, colorspace=given, outcolorspace="YCBCR", **bits)
    )


def _jpeg_lossless(image: Image, values: Array) -> bytes:
    """First-order prediction. Components stay what they are: no transform may touch them."""
    spaces: dict[str, Any] = {}
    if image.samples == 3:
        space = "RGB" if image.photometric == "RGB" else "YCBCR"
        spaces = {"colorspace": space, "outcolorspace": space}
    bits = image.bits_stored
    return bytes(
        imagecodecs.jpeg8_encode(
            _without_sign(image, values), lossless=True, predictor=1, bitspersample=bits, **spaces
        )
    )


def _jpeg_ls(image: Image, values: Array) -> bytes:
    """Its precision is that of the container, sign bits and all: so they are read back (ISO 14495-1 has no sign)."""
    unsigned = values.view(values.dtype.str.replace("i", "u"))
    return bytes(imagecodecs.jpegls_encode(unsigned, level=0))


def _jpeg_2000(image: Image, values: Array) -> bytes:
    return bytes(
        imagecodecs.jpeg2k_encode(
            values,
            level=0,
            codecformat="j2k",
            reversible=True,
            bitspersample=image.bits_stored,
            mct=image.photometric == "RGB",
            numthreads=1,
        )
    )


def _htj2k(image: Image, values: Array) -> bytes:
    """Resolutions before all else, a tile-part for each and their lengths: what .202 asks for suits the others."""
    colours: dict[str, Any] = {}
    if image.samples > 1 and image.photometric == "RGB":
        colours = {"rgb": True}
    elif image.samples > 1:  # without a transform the coder takes planes
        values, colours = np.ascontiguousarray(np.moveaxis(values, -1, 0)), {"planar": True}
    halvings = max(0, min(MOST_RESOLUTIONS, min(image.rows, image.columns).bit_length() - 3))
    return bytes(
        imagecodecs.htj2k_encode(
            values,
            resolutions=halvings,
            reversible=True,
            tlm=True,
            tilepart=imagecodecs.HTJ2K.TILEPART.RESOLUTIONS,
            **colours,
        )
    )


def _stored_bits(image: Image, values: Array) -> Array:
    """The stored bits alone: nothing may be assumed of those above (PS3.5 8.1.1), and a coder has no room for them."""
    unused = values.dtype.itemsize * 8 - image.bits_stored
    return np.asarray((values << unused) >> unused) if unused > 0 else values


def _without_sign(image: Image, values: Array) -> Array:
    """The stored bits as a number without a sign, for coders that know none."""
    unsigned = values.view(values.dtype.str.replace("i", "u"))
    mask = unsigned.dtype.type((1 << image.bits_stored) - 1)
    return np.asarray(unsigned & mask)


_JPEG_2000 = Coder(_jpeg_2000, rgb_becomes="YBR_RCT")
_HTJ2K = Coder(_htj2k, rgb_becomes="YBR_RCT")
CODERS = {
    RLE: Coder(_rle, most_bits=32, least_bits=1),
    JPEG_BASELINE: Coder(
        _jpeg, most_bits=8, may_be_signed=False, rgb_becomes="YBR_FULL", lossy_method="ISO_10918_1"
    ),
    JPEG_EXTENDED: Coder(
        _jpeg, most_bits=12, may_be_signed=False, rgb_becomes="YBR_FULL", lossy_method="ISO_10918_1"
    ),
    JPEG_LOSSLESS: Coder(_jpeg_lossless),
    JPEG_LOSSLESS_SV1: Coder(_jpeg_lossless),
    JPEG_LS: Coder(_jpeg_ls),
    # What is coded here is reversible in either pair: the syntaxes of both allow it.
    **dict.fromkeys((JPEG_2000_LOSSLESS, JPEG_2000), _JPEG_2000),
    **dict.fromkeys((HTJ2K_LOSSLESS, HTJ2K_LOSSLESS_RPCL, HTJ2K), _HTJ2K),
}
