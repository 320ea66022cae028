"""What values of a header mean, once they are plain numbers and texts. Pure.

A digest, which has them from the catalogue, and a picture, which has them from the file, must not disagree:
both ask here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from viewer.imaging.types import Window, WindowFunction

FUNCTIONS: dict[str, WindowFunction] = {
    "LINEAR": "LINEAR",
    "LINEAR_EXACT": "LINEAR_EXACT",
    "SIGMOID": "SIGMOID",
}
FLOAT_BITS = (32, 64)
MOST_ASPECT = 64.0  # height over width or the reverse: beyond it the file says nonsense
WITHOUT_PHOTOMETRIC = {1: "MONOCHROME2", 3: "RGB"}


def windows_of(
    centers: Sequence[float], widths: Sequence[float], function: str, is_float: bool
) -> list[Window | None]:
    """Each pair as a window, or None where it cannot be applied.

    PS3.3 C.11.2.1.2.1: a LINEAR width is at least 1, others above 0. An unknown function is LINEAR, the default of
    C.11.2.1.3. Floats from 0 to 1 often come with a LINEAR width of 1 or less. Of integers that would be a threshold;
    what was meant is LINEAR_EXACT.
    """
    named = FUNCTIONS.get(function.upper(), "LINEAR")
    return [_window(center, width, named, is_float) for center, width in zip(centers, widths, strict=False)]


def _window(center: float, width: float, function: WindowFunction, is_float: bool) -> Window | None:
    if width > 0 and is_float and function == "LINEAR" and width <= 1:
        return Window(center, width, "LINEAR_EXACT")
    return Window(center, width, function) if is_applicable(width, function) else None


def is_applicable(width: float, function: WindowFunction) -> bool:
    """PS3.3 C.11.2.1.2.1, C.11.2.1.3.1 and C.11.2.1.3.2."""
    return width >= 1 if function == "LINEAR" else width > 0


def is_float_by_silence(bits_allocated: int, says_of_integers: bool) -> bool:
    """Whether pixels not yet seen are floats: they alone have no Bits Stored or Pixel Representation (C.7.6.24)."""
    return bits_allocated in FLOAT_BITS and not says_of_integers


def aspect_of(pairs: Iterable[Sequence[float]]) -> float:
    """Height of a pixel over its width, by the first of spacings and ratios that makes sense; 1 where none does.

    PS3.3 10.7.1.1 and C.7.6.3.1.7: row to row before column to column, and vertical before horizontal.
    """
    for pair in pairs:
        if len(pair) == 2 and min(pair) > 0 and 1 / MOST_ASPECT <= pair[0] / pair[1] <= MOST_ASPECT:
            return pair[0] / pair[1]
    return 1.0


def photometric_of(named: str, samples_per_pixel: int) -> str:
    """The Photometric Interpretation, and what must have been meant where it is missing; else empty."""
    return named or WITHOUT_PHOTOMETRIC.get(samples_per_pixel, "")


def is_monochrome(photometric: str) -> bool:
    """Whether values are greys rather than colours."""
    return photometric.startswith("MONOCHROME")


def is_inverse_shape(presentation_lut_shape: str) -> bool:
    """PS3.3 C.11.6.1.2."""
    return presentation_lut_shape.upper() == "INVERSE"


def is_inverse(photometric: str, has_inverse_shape: bool) -> bool:
    """Whether the lowest value is shown white.

    MONOCHROME1 says so. A Presentation LUT Shape of INVERSE says the same once more of such an image (PS3.3
    C.11.6.1.2), so the two together turn it round once. Colours are never turned.
    """
    return is_monochrome(photometric) and (photometric == "MONOCHROME1" or has_inverse_shape)
