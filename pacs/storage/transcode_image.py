"""What a transcoder has to know of an image, and the transfer syntaxes it knows (PS3.5 8, annex A). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

IMPLICIT_LITTLE = "1.2.840.10008.1.2"
EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
DEFLATED = "1.2.840.10008.1.2.1.99"
EXPLICIT_BIG = "1.2.840.10008.1.2.2"
RLE = "1.2.840.10008.1.2.5"
JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
JPEG_EXTENDED = "1.2.840.10008.1.2.4.51"
JPEG_RETIRED = ("1.2.840.10008.1.2.4.52", "1.2.840.10008.1.2.4.53", "1.2.840.10008.1.2.4.55")
JPEG_LOSSLESS = "1.2.840.10008.1.2.4.57"
JPEG_LOSSLESS_SV1 = "1.2.840.10008.1.2.4.70"
JPEG_LS = "1.2.840.10008.1.2.4.80"
JPEG_LS_NEAR = "1.2.840.10008.1.2.4.81"
JPEG_2000_LOSSLESS = "1.2.840.10008.1.2.4.90"
JPEG_2000 = "1.2.840.10008.1.2.4.91"
HTJ2K_LOSSLESS = "1.2.840.10008.1.2.4.201"
HTJ2K_LOSSLESS_RPCL = "1.2.840.10008.1.2.4.202"
HTJ2K = "1.2.840.10008.1.2.4.203"
DEFLATED_FRAME = "1.2.840.10008.1.2.8.1"
JPEG_XL = ("1.2.840.10008.1.2.4.110", "1.2.840.10008.1.2.4.111", "1.2.840.10008.1.2.4.112")

NATIVE = frozenset((IMPLICIT_LITTLE, EXPLICIT_LITTLE, DEFLATED, EXPLICIT_BIG))
NATIVE_TARGETS = frozenset((IMPLICIT_LITTLE, EXPLICIT_LITTLE, DEFLATED))
IN_PAIRS = ("YBR_FULL_422", "YBR_PARTIAL_422")  # two pixels share their chroma (PS3.3 C.7.6.3.1.2)
OF_JPEG_2000 = ("YBR_RCT", "YBR_ICT")


class CannotTranscode(Exception):
    """The image cannot be given in that syntax; `reason` is one of our own words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Image:
    """The image of a file, by its header. `word_bytes` is how many bytes change places in a big endian file."""

    syntax: str
    rows: int
    columns: int
    samples: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    is_signed: bool
    photometric: str
    planar: int
    frames: int
    is_float: bool
    word_bytes: int

    def dtype(self) -> np.dtype[Any]:
        """One stored value, little endian. Raises CannotTranscode where there is no such number."""
        kind = "f" if self.is_float else "i" if self.is_signed else "u"
        size = self.bits_allocated // 8
        if self.bits_allocated % 8 or size not in ((4, 8) if self.is_float else (1, 2, 4)):
            raise CannotTranscode("bits")
        return np.dtype(f"<{kind}{size}")

    @property
    def shape(self) -> tuple[int, ...]:
        """Of a frame as an array."""
        return (self.rows, self.columns) if self.samples == 1 else (self.rows, self.columns, self.samples)

    @property
    def frame_bytes(self) -> int:
        """A native frame in this image, rounded up to a byte."""
        samples = 2 if self.photometric in IN_PAIRS else self.samples
        return -(-self.rows * self.columns * samples * self.bits_allocated // 8)
