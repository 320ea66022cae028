"""What an image is, as its header says and after validation: immutable, and known before it has a pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Array = np.ndarray[Any, Any]
Grey = np.ndarray[Any, np.dtype[np.uint8]]
WindowFunction = Literal["LINEAR", "LINEAR_EXACT", "SIGMOID"]
NumberKind = Literal["integer", "float"]


@dataclass(frozen=True)
class Window:
    """Which modality values are spread over the greys, and how (PS3.3 C.11.2.1.2 and C.11.2.1.3)."""

    center: float
    width: float
    function: WindowFunction = "LINEAR"


@dataclass(frozen=True, eq=False)
class Lut:
    """A table of a Modality or VOI LUT Sequence (PS3.3 C.11.1.1, C.11.2.1.1): `entries` has one axis, unsigned.

    The value `first` maps to the first entry; what lies outside maps to the nearest end.
    """

    first: int
    entries: Array
    bits: int


@dataclass(frozen=True)
class NamedWindow:
    """A window that the file brings, and what it calls it (PS3.3 C.11.2.1.2)."""

    window: Window
    name: str = ""


@dataclass(frozen=True, eq=False)
class NamedLut:
    """A VOI LUT that the file brings, and what it calls it (PS3.3 C.11.2.1.1)."""

    lut: Lut
    name: str = ""


@dataclass(frozen=True)
class Plane:
    """Where a frame lies in the patient (PS3.3 C.7.6.2.1.1), in millimetres of LPS.

    `origin_mm` is the middle of the first pixel; `along_row` and `along_column` are the directions in which columns
    and rows grow, of length 1; `spacing_mm` is that from row to row and from column to column.
    """

    origin_mm: tuple[float, float, float]
    along_row: tuple[float, float, float]
    along_column: tuple[float, float, float]
    spacing_mm: tuple[float, float]

    def position_mm(self, column: float, row: float) -> tuple[float, float, float]:
        """Of the middle of this pixel; columns and rows count from 0."""
        x, y = column * self.spacing_mm[1], row * self.spacing_mm[0]
        axes = zip(self.origin_mm, self.along_row, self.along_column, strict=True)
        first, second, third = (origin + right * x + down * y for origin, right, down in axes)
        return first, second, third


@dataclass(frozen=True, eq=False)
class Palette:
    """Colours by stored value (PS3.3 C.7.9): uint8, (entries, 3)."""

    first: int
    colours: Array


@dataclass(frozen=True)
class Rescale:
    """Modality value = slope x stored value + intercept (PS3.3 C.11.1.1.2)."""

    slope: float = 1.0
    intercept: float = 0.0


@dataclass(frozen=True)
class Padding:
    """Stored values from low to high, both included, are no part of the picture (PS3.3 C.7.5.1.1.2)."""

    low: float
    high: float


@dataclass(frozen=True)
class Overlay:
    """One plane of group 60xx (PS3.3 C.9.2). `top` and `left` are of the image's first pixel = 0 and may be outside it.

    It lies over `number_of_frames` frames of the image from `first_frame`, or over all where that is None.
    `bits` are its pixels, one bit each, frame after frame, the lowest bit of a byte first. Without bits they
    stand in bit `bit_position` of the stored values (retired, PS3.5 8.1.2).
    """

    rows: int
    columns: int
    top: int
    left: int
    first_frame: int | None
    number_of_frames: int
    bits: bytes
    bit_position: int = 0


@dataclass(frozen=True)
class ImageDescription:
    """The Image Pixel module and all that turns stored values into a picture.

    What may differ from frame to frame (PS3.3 C.7.6.16) is a tuple of one for all frames, or of one for each.
    """

    rows: int
    columns: int
    number_of_frames: int
    samples_per_pixel: int
    photometric_interpretation: str
    planar_configuration: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    is_signed: bool
    number_kind: NumberKind
    transfer_syntax_uid: str
    is_word_swapped: bool  # 8 bits in words of big endian: the bytes of each pair have changed places
    pixel_aspect: float  # height of a pixel over its width
    is_inverse: bool  # Presentation LUT Shape INVERSE (PS3.3 C.11.6.1.2)
    is_segmentation: bool  # its values are labels or shares of a segment, and 0 is none (PS3.3 C.8.20)
    padding: Padding | None = None
    palette: Palette | None = None
    modality_lut: Lut | None = None
    rescales: tuple[Rescale, ...] = (Rescale(),)
    windows: tuple[tuple[NamedWindow, ...], ...] = ((),)
    voi_luts: tuple[tuple[NamedLut, ...], ...] = ((),)
    overlays: tuple[Overlay, ...] = ()
    planes: tuple[Plane | None, ...] = (None,)
    suv_factor: float | None = None  # g/ml by body weight for one of the modality values, where it is certain

    @property
    def is_monochrome(self) -> bool:
        """Whether its values are greys rather than colours."""
        return self.photometric_interpretation.startswith("MONOCHROME")

    @property
    def is_little_endian(self) -> bool:
        """The order of the bytes of native pixels; encapsulated ones have their own."""
        return self.transfer_syntax_uid != "1.2.840.10008.1.2.2"

    def rescale_of(self, frame_index: int) -> Rescale:
        """The rescale of this frame."""
        return self.rescales[frame_index if len(self.rescales) > 1 else 0]

    def window_of(self, frame_index: int) -> Window | None:
        """The first window that the file brings for this frame."""
        return next((one.window for one in self.windows_for(frame_index)), None)

    def windows_for(self, frame_index: int) -> tuple[NamedWindow, ...]:
        """All the windows that the file brings for this frame, in its order."""
        return self.windows[frame_index if len(self.windows) > 1 else 0]

    def voi_lut_of(self, frame_index: int) -> Lut | None:
        """The first VOI LUT of this frame."""
        return next((one.lut for one in self.voi_luts_for(frame_index)), None)

    def voi_luts_for(self, frame_index: int) -> tuple[NamedLut, ...]:
        """All the VOI LUTs that the file brings for this frame, in its order."""
        return self.voi_luts[frame_index if len(self.voi_luts) > 1 else 0]

    def plane_of(self, frame_index: int) -> Plane | None:
        """Where this frame lies; None where the file does not say."""
        return self.planes[frame_index if len(self.planes) > 1 else 0]

    def dtype(self) -> np.dtype[Any]:
        """Of its stored values, little endian. 1-bit values take a byte each once they are unpacked."""
        if self.number_kind == "float":
            return np.dtype(f"<f{self.bits_allocated // 8}")
        return np.dtype(f"<{'i' if self.is_signed else 'u'}{max(1, self.bits_allocated // 8)}")
