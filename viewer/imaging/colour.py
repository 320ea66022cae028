"""From stored values to sRGB, 8 bits each (PS3.3 C.7.6.3.1.2, C.7.6.3.1.5)."""

from __future__ import annotations

import numpy as np

from viewer.imaging.errors import UNSUPPORTED_PHOTOMETRIC, CannotShow
from viewer.imaging.types import Array, Grey, ImageDescription, Palette

SHIFT = 16  # fractional bits of the coefficients: exact to the nearest, and integers are fast
HALF = 1 << (SHIFT - 1)
# What is RGB once it is decoded: the colour transform is part of these codestreams (PS3.5 8.2.4).
UNDONE_BY_DECODER = ("RGB", "YBR_RCT", "YBR_ICT")
# Y from 16 to 235, Cb and Cr from 16 to 240 (PS3.3 C.7.6.3.1.2).
FULL = (0, 1.0, 1.402, -0.344136, -0.714136, 1.772)
PARTIAL = (16, 1.164384, 1.596027, -0.391762, -0.812968, 2.017232)
CODED = {
    "YBR_FULL": FULL,
    "YBR_FULL_422": FULL,
    "YBR_PARTIAL_422": PARTIAL,
    "YBR_PARTIAL_420": PARTIAL,
}


def to_rgb(stored: Array, description: ImageDescription, colour_space: str | None = None) -> Grey:
    """(rows, columns, 3) uint8, from (rows, columns, 3), or (rows, columns) of a palette.

    `colour_space` is that of the stored values where the codestream knows better than the header.
    """
    space = colour_space or description.photometric_interpretation
    if space == "PALETTE COLOR" and description.palette is not None:
        return _by_palette(stored, description.palette)
    eight = _to_8_bits(stored, description)
    if space in UNDONE_BY_DECODER:
        return eight
    if space not in CODED:
        raise CannotShow(UNSUPPORTED_PHOTOMETRIC)
    return _from_ybr(eight, CODED[space])


def _by_palette(stored: Array, palette: Palette) -> Grey:
    places = np.clip(stored.astype(np.int64) - palette.first, 0, len(palette.colours) - 1)
    return palette.colours.take(places, axis=0)


def _to_8_bits(stored: Array, description: ImageDescription) -> Grey:
    if stored.dtype == np.uint8 and description.bits_stored >= 8:
        return stored
    most = (1 << description.bits_stored) - 1
    samples = stored.astype(np.float64)
    return np.clip(np.rint(samples * (255 / most)), 0, 255).astype(np.uint8)


def _from_ybr(ybr: Grey, code: tuple[float, ...]) -> Grey:
    """By tables of 256 for each part of the sums."""
    black, scale, red_cr, green_cb, green_cr, blue_cb = code
    steps = np.arange(256) - 128.0
    luma = _fixed((np.arange(256) - black) * scale) + HALF
    y = luma.take(ybr[..., 0])
    cb, cr = ybr[..., 1], ybr[..., 2]
    rgb = np.empty(ybr.shape, np.uint8)
    for channel, part in enumerate(
        (
            _fixed(steps * red_cr).take(cr),
            _fixed(steps * green_cb).take(cb) + _fixed(steps * green_cr).take(cr),
            _fixed(steps * blue_cb).take(cb),
        )
    ):
        part += y
        part >>= SHIFT
        np.clip(part, 0, 255, out=part)
        rgb[..., channel] = part
    return rgb


def _fixed(numbers: Array) -> Array:
    fixed: Array = np.rint(numbers * (1 << SHIFT)).astype(np.int32)
    return fixed
