"""Colour spaces that a picture may say it is in, with their ICC profiles (PS3.3 C.11.15.1.2, PS3.18 8.3.5.1.5). Pure.

The profiles are made here of the numbers that the spaces are defined by, so that no profile of others is kept or
shipped, and the same picture has the same bytes everywhere.
"""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Any

import numpy as np
from PIL import Image, ImageCms

Picture = np.ndarray[Any, np.dtype[np.uint8]]
Curve = tuple[float, float, float, float, float]  # gamma, a, b, c, d: ICC.1 10.18, function type 3
MOST_PROFILE_BYTES = 4 << 20
HEADER_BYTES = 128
VERSION = 0x04300000
D50 = (0.9642, 1.0, 0.8249)
BLACK_POINT_COMPENSATION = ImageCms.Flags.BLACKPOINTCOMPENSATION


class ColourSpace(StrEnum):
    """Values of the query parameter iccprofile."""

    UNTOLD = "no"  # no profile in the picture
    OWN = "yes"  # that of the object, and its colours as they are
    SRGB = "srgb"
    ADOBE_RGB = "adobergb"
    ROMM_RGB = "rommrgb"


class BadProfile(Exception):
    """What should be an ICC profile of RGB is none."""


SPACES: Mapping[str, ColourSpace] = {space.value: space for space in ColourSpace}
# From the coordinates of each space to XYZ of D50, by Bradford's adaptation where its white is another (ICC.1 Annex E):
# IEC 61966-2-1; Adobe RGB (1998) 4.3; ISO 22028-2. Then the curve, of which Adobe's is a power alone.
_SRGB: Curve = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_ADOBE: Curve = (2.19921875, 1.0, 0.0, 0.0, 0.0)
_ROMM: Curve = (1.8, 1.0, 0.0, 1 / 16, 0.03125)
_DEFINED: Mapping[ColourSpace, tuple[str, tuple[tuple[float, float, float], ...], Curve, bool]] = {
    ColourSpace.SRGB: (
        "sRGB",
        ((0.436066, 0.222488, 0.013916), (0.385147, 0.716873, 0.097076), (0.143066, 0.060608, 0.714096)),
        _SRGB,
        True,
    ),
    ColourSpace.ADOBE_RGB: (
        "Compatible with Adobe RGB (1998)",
        ((0.609741, 0.311111, 0.019470), (0.205276, 0.625671, 0.060867), (0.149185, 0.063217, 0.744568)),
        _ADOBE,
        True,
    ),
    ColourSpace.ROMM_RGB: (
        "ROMM RGB",
        ((0.797675, 0.288040, 0.0), (0.135192, 0.711874, 0.0), (0.031353, 0.000086, 0.824905)),
        _ROMM,
        False,
    ),
}
# Bradford's adaptation from D65 to D50.
_FROM_D65 = (1.047882, 0.022919, -0.050201, 0.029587, 0.990479, -0.017059, -0.009232, 0.015076, 0.751678)


@cache
def profile_of_space(space: ColourSpace) -> bytes:
    """The ICC profile (version 4, matrix and curves) of one of the named spaces."""
    name, colorants, curve, is_d65 = _DEFINED[space]
    table = {b"desc": _text(name), b"cprt": _text("No copyright"), b"wtpt": _xyz(D50)}
    for channel, colorant in zip(b"rgb", colorants, strict=True):
        table[bytes((channel,)) + b"XYZ"] = _xyz(colorant)
    for channel in b"rgb":
        table[bytes((channel,)) + b"TRC"] = b"para\0\0\0\0\0\3\0\0" + _fixed(curve)
    if is_d65:
        table[b"chad"] = b"sf32\0\0\0\0" + _fixed(_FROM_D65)
    return _written(table)


def _written(table: Mapping[bytes, bytes]) -> bytes:
    place = HEADER_BYTES + 4 + 12 * len(table)
    entries, content = b"", b""
    for signature, data in table.items():
        entries += signature + struct.pack(">II", place + len(content), len(data))
        content += data + b"\0" * (-len(data) % 4)
    body = struct.pack(">I", len(table)) + entries + content
    head = struct.pack(">I4sI", HEADER_BYTES + len(body), b"\0" * 4, VERSION) + b"mntrRGB XYZ "
    # A date has to be there (ICC.1 7.2.8): that of no making, so that the same space has the same bytes.
    head += struct.pack(">6H", 2000, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28 + _fixed(D50) + b"\0" * 48
    whole = head + body
    identity = hashlib.md5(
        whole, usedforsecurity=False
    ).digest()  # ICC.1 7.2.18; what it leaves out is 0 here
    return whole[:84] + identity + whole[100:]


def _fixed(numbers: Sequence[float]) -> bytes:
    return struct.pack(f">{len(numbers)}i", *(round(one * 65536) for one in numbers))


def _xyz(numbers: Sequence[float]) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(numbers)


def _text(words: str) -> bytes:
    coded = words.encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">II4sII", 1, 12, b"enUS", len(coded), 28) + coded


def checked_profile(data: bytes) -> bytes:
    """An ICC profile of RGB as an object brings it, without what pads it. Raises BadProfile.

    Only its head is looked at: what is in it is read in the sandbox, or by whoever is given it.
    """
    if not HEADER_BYTES < len(data) <= MOST_PROFILE_BYTES:
        raise BadProfile
    size = int.from_bytes(data[:4], "big")
    if not (HEADER_BYTES < size <= len(data) and data[36:40] == b"acsp" and data[16:20] == b"RGB "):
        raise BadProfile
    return data[:size]


def converted(picture: Picture, own: bytes, space: str) -> Picture:
    """The colours, uint8 (rows, columns, 3), of a profile in a named space, by relative colorimetry.

    `own` may be hostile: then this runs in the sandbox. Raises BadProfile.
    """
    try:
        transform = ImageCms.buildTransform(
            io.BytesIO(own),
            io.BytesIO(profile_of_space(ColourSpace(space))),
            "RGB",
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            BLACK_POINT_COMPENSATION,
        )
        image = ImageCms.applyTransform(Image.fromarray(picture), transform)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        raise BadProfile from None
    if image is None:
        raise BadProfile
    return np.asarray(image)
