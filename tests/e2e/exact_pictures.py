"""Files whose every grey is known: stored values, headers, and by arithmetic of its own what must be on screen.

The arithmetic is written after the standard alone (PS3.3 C.11.1, C.11.2, C.7.5.1.1.2, C.11.6), in its widest numbers
and without the server's or the app's help: three ways to a picture are worth more than two. Windows are so chosen that
no value lies exactly between two greys, where the nearest is either of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydicom import Dataset, Sequence

from tests import builders

Numbers = np.ndarray[Any, Any]
Curve = Callable[[Numbers], Numbers]  # from modality values to shares, 0 black and 1 white
ROWS, COLUMNS = 256, 256


@dataclass(frozen=True)
class Exact:
    """One image, and what is seen of it: uint8, (rows, columns) or (rows, columns, 3)."""

    name: str
    stored: Numbers
    header: dict[str, Any]
    curve: Curve
    slope: float = 1.0
    intercept: float = 0.0
    modality: Numbers | None = None  # entries of a Modality LUT, the first for 0
    low_is_white: bool = False
    padding: tuple[int, int] | None = None
    drawn: Numbers | None = None  # where an overlay draws

    def seen(self, inverted: bool) -> Numbers:
        """By the standard, rounded to the nearest of 256 greys."""
        stored = self.stored.astype(np.longdouble)
        values = stored * self.slope + self.intercept
        if self.modality is not None:
            values = self.modality[np.clip(self.stored.astype(int), 0, len(self.modality) - 1)].astype(
                np.longdouble
            )
        greys = np.floor(np.clip(self.curve(values), 0, 1) * 255 + np.longdouble(0.5)).astype(int)
        if self.low_is_white != inverted:
            greys = 255 - greys
        if self.padding is not None:
            greys[(self.stored >= self.padding[0]) & (self.stored <= self.padding[1])] = 0
        if self.drawn is not None:
            greys[self.drawn] = 255
        return greys.astype(np.uint8)


def linear(center: float, width: float) -> Curve:
    """PS3.3 C.11.2.1.2.1."""

    def share(values: Numbers) -> Numbers:
        below = values <= center - 0.5 - (width - 1) / 2
        above = values > center - 0.5 + (width - 1) / 2
        between = (values - (center - np.longdouble(0.5))) / max(width - 1, 1) + np.longdouble(0.5)
        return np.where(below, 0, np.where(above, 1, between))

    return share


def linear_exact(center: float, width: float) -> Curve:
    """PS3.3 C.11.2.1.3.2."""
    return lambda values: (values - center) / np.longdouble(width) + np.longdouble(0.5)


def sigmoid(center: float, width: float) -> Curve:
    """PS3.3 C.11.2.1.3.1."""
    return lambda values: 1 / (1 + np.exp(-4 * (values - center) / np.longdouble(width)))


def table(first: int, entries: Numbers, bits: int) -> Curve:
    """PS3.3 C.11.2.1.1."""
    most = (1 << bits) - 1
    return lambda values: (
        entries[np.clip(values.astype(int) - first, 0, len(entries) - 1)] / np.longdouble(most)
    )


def every(bits: int, signed: bool) -> Numbers:
    """Every number of so many bits, over and over: (256, 256)."""
    numbers = np.arange(ROWS * COLUMNS) % (1 << bits)
    low = 1 << (bits - 1) if signed else 0
    kind = f"{'i' if signed else 'u'}{1 if bits <= 8 else 2}"
    return (numbers - low).astype(kind).reshape(ROWS, COLUMNS)


def pixels(bits: int, signed: bool) -> dict[str, Any]:
    """What the Image Pixel module says of them."""
    return {
        "BitsAllocated": 8 if bits <= 8 else 16,
        "BitsStored": bits,
        "HighBit": bits - 1,
        "PixelRepresentation": int(signed),
    }


def window(center: float, width: float, function: str = "") -> dict[str, Any]:
    """Of the VOI LUT module."""
    told: dict[str, Any] = {"WindowCenter": center, "WindowWidth": width}
    return {**told, "VOILUTFunction": function} if function else told


def rescale(slope: float, intercept: float) -> dict[str, Any]:
    """Of the Modality LUT module."""
    return {"RescaleSlope": slope, "RescaleIntercept": intercept, "RescaleType": "US"}


def lut(first: int, entries: Numbers, bits: int) -> Sequence:
    """A sequence of one table."""
    item = Dataset()
    count = len(entries) % (1 << 16)
    item.LUTDescriptor = [count, first, bits]
    item.LUTData = entries.astype("<u2").tobytes()
    item["LUTDescriptor"].VR, item["LUTData"].VR = "US", "OW"
    item.ModalityLUTType = "US"
    return Sequence([item])


def exact_pictures() -> list[Exact]:
    """Signed and not, 8 to 16 bits, rescaled, looked up, inverse, padded, overlaid, by every function."""
    bent = (np.sqrt(np.arange(4096) / 4095) * 65535).astype(int)
    falling = 4095 - np.arange(4096)
    small = (np.arange(77 * 53) * 7 % 4096).astype("u2").reshape(53, 77)
    box = np.zeros((ROWS, COLUMNS), bool)
    box[40:90, 100:103] = True
    return [
        _grey("unsigned 8", 8, False, linear(100, 90), window(100, 90)),
        _grey("signed 8", 8, True, linear(0, 200), window(0, 200)),
        _grey("unsigned 10", 10, False, linear_exact(300, 557), window(300, 557, "LINEAR_EXACT")),
        _grey("unsigned 12", 12, False, linear(2000, 1500), window(2000, 1500, "LINEAR")),
        _grey("signed 12", 12, True, linear(40, 400), window(40, 400)),
        _grey("signed 16", 16, True, linear(-700, 30001), window(-700, 30001)),
        _grey("signed 16 exact", 16, True, linear_exact(-1000, 1009), window(-1000, 1009, "LINEAR_EXACT")),
        _grey("unsigned 16", 16, False, linear(40000, 50000), window(40000, 50000)),
        _grey("unsigned 16 sigmoid", 16, False, sigmoid(30000, 20000), window(30000, 20000, "SIGMOID")),
        _grey("signed 16 sigmoid", 16, True, sigmoid(-500, 3000), window(-500, 3000, "SIGMOID")),
        _grey("unsigned 14", 14, False, linear(8000, 1), window(8000, 1)),
        _inverse("monochrome 1", 12, linear(1800, 2500), window(1800, 2500)),
        _inverse("monochrome 1 sigmoid", 14, sigmoid(8000, 6000), window(8000, 6000, "SIGMOID")),
        _rescaled("hounsfield", 12, False, (1, -1024), linear(40, 400), window(40, 400)),
        _rescaled("slope 2", 16, True, (2, 100), linear(0, 60000), window(0, 60000)),
        _rescaled("turned", 15, True, (-1, 7), linear_exact(10, 9001), window(10, 9001, "LINEAR_EXACT")),
        _rescaled("fraction", 12, False, (1.25, -0.5), linear(2000, 1602), window(2000, 1602)),
        _rescaled(
            "fraction exact", 16, True, (0.25, 0.5), linear_exact(0, 4099), window(0, 4099, "LINEAR_EXACT")
        ),
        _rescaled(
            "fraction sigmoid", 13, True, (0.5, -0.25), sigmoid(100, 1000), window(100, 1000, "SIGMOID")
        ),
        _looked_up("voi table", table(0, bent, 16), lut(0, bent, 16)),
        Exact(
            "modality table",
            every(12, False),
            {**pixels(12, False), "ModalityLUTSequence": lut(0, falling, 12), **window(2000, 3000)},
            linear(2000, 3000),
            modality=falling,
        ),
        _padded("padding", every(16, True), (-2000, -2000), linear(0, 60000), window(0, 60000), True),
        _padded("padding range", every(16, False), (0, 9), linear(9000, 20000), window(9000, 20000), False),
        Exact("odd sides", small, {**pixels(12, False), **window(2000, 4000)}, linear(2000, 4000)),
        Exact(
            "overlay",
            every(12, False),
            {**pixels(12, False), **window(2000, 4000), **overlay(box)},
            linear(2000, 4000),
            drawn=box,
        ),
    ]


def overlay(plane: Numbers) -> dict[str, Any]:
    """Group 6000 (PS3.3 C.9.2), by tags: keywords of repeating groups are none."""
    return {"overlay": plane}


def file_of(picture: Exact, number: int, shared: dict[str, Any]) -> bytes:
    """The picture as a Part 10 file: a series of its own."""
    header = {
        "Modality": "OT",
        "SeriesNumber": number,
        "SeriesDescription": picture.name,
        "SeriesInstanceUID": builders.new_uid(),
        **shared,
        **picture.header,
    }
    plane = header.pop("overlay", None)
    data = builders.image(picture.stored, **header)
    return data if plane is None else _overlaid(data, plane)


def _overlaid(data: bytes, plane: Numbers) -> bytes:
    from io import BytesIO

    from pydicom import dcmread

    dataset = dcmread(BytesIO(data))
    bits = np.packbits(plane.reshape(-1), bitorder="little").tobytes()
    for element, vr, value in (
        (0x0010, "US", plane.shape[0]),
        (0x0011, "US", plane.shape[1]),
        (0x0040, "CS", "G"),
        (0x0050, "SS", [1, 1]),
        (0x0100, "US", 1),
        (0x0102, "US", 0),
        (0x3000, "OW", bits),
    ):
        dataset.add_new((0x6000, element), vr, value)
    return builders.write(dataset)


def _grey(name: str, bits: int, signed: bool, curve: Curve, voi: dict[str, Any]) -> Exact:
    return Exact(name, every(bits, signed), {**pixels(bits, signed), **voi}, curve)


def _inverse(name: str, bits: int, curve: Curve, voi: dict[str, Any]) -> Exact:
    header = {**pixels(bits, False), **voi, "PhotometricInterpretation": "MONOCHROME1"}
    return Exact(name, every(bits, False), header, curve, low_is_white=True)


def _rescaled(
    name: str, bits: int, signed: bool, by: tuple[float, float], curve: Curve, voi: dict[str, Any]
) -> Exact:
    header = {**pixels(bits, signed), **rescale(*by), **voi}
    return Exact(name, every(bits, signed), header, curve, slope=by[0], intercept=by[1])


def _looked_up(name: str, curve: Curve, tables: Sequence) -> Exact:
    return Exact(name, every(12, False), {**pixels(12, False), "VOILUTSequence": tables}, curve)


def _padded(
    name: str, stored: Numbers, range_: tuple[int, int], curve: Curve, voi: dict[str, Any], inverse: bool
) -> Exact:
    signed = stored.dtype.kind == "i"
    header = {**pixels(16, signed), **voi, "PixelPaddingValue": range_[0]}
    if range_[0] != range_[1]:
        header["PixelPaddingRangeLimit"] = range_[1]
    if inverse:
        header["PhotometricInterpretation"] = "MONOCHROME1"
    return Exact(name, stored, header, curve, low_is_white=inverse, padding=range_)
