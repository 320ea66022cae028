"""What a viewer must know of an image before it has a pixel of it, by DICOM keyword. Runs in the sandbox; pure.

Multi-frame functional groups (PS3.3 C.7.6.16) are flattened to the keywords of the classic modules: shared
ones, and where a frame has its own, those of the first frame. They go before what the data set says itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice
from typing import Any

from pydicom.dataelem import RawDataElement

from pacs.catalog.elements import Elements, elements_of, tag_of
from pacs.catalog.positions import Point, Run, runs_of

TEXTS = (
    "PhotometricInterpretation",
    "PixelSpacingCalibrationType",
    "PatientOrientation",
    "ImageLaterality",
    "ViewPosition",
    "WindowCenterWidthExplanation",
    "VOILUTFunction",
    "RescaleType",
    "Units",
    "LossyImageCompression",
    "LossyImageCompressionMethod",
    "ImageType",
    "PresentationLUTShape",
)
NUMBERS = (
    "SamplesPerPixel",
    "BitsStored",
    "PixelRepresentation",
    "PixelSpacing",
    "ImagerPixelSpacing",
    "NominalScannedPixelSpacing",
    "PixelAspectRatio",
    "ImageOrientationPatient",
    "ImagePositionPatient",
    "WindowCenter",
    "WindowWidth",
    "FrameTime",
    "FrameTimeVector",
    "CineRate",
    "RecommendedDisplayFrameRate",
    "LossyImageCompressionRatio",
)
# PS3.3 C.8.5.5
REGION_NUMBERS = (
    "RegionLocationMinX0",
    "RegionLocationMinY0",
    "RegionLocationMaxX1",
    "RegionLocationMaxY1",
    "PhysicalUnitsXDirection",
    "PhysicalUnitsYDirection",
    "PhysicalDeltaX",
    "PhysicalDeltaY",
)
WINDOW = ("WindowCenter", "WindowWidth", "WindowCenterWidthExplanation", "VOILUTFunction")
# Which macro holds which of the keywords (PS3.3 C.7.6.16.2).
MACROS = {
    "PixelMeasuresSequence": ("PixelSpacing",),
    "PlanePositionSequence": ("ImagePositionPatient",),
    "PlaneOrientationSequence": ("ImageOrientationPatient",),
    "FrameVOILUTSequence": WINDOW,
    "PixelValueTransformationSequence": ("RescaleType",),
    "FrameAnatomySequence": ("FrameLaterality",),
}
# Of these one frame may not speak for the others: a viewer prints sides and millimetres by them.
OF_EVERY_FRAME = ("PixelMeasuresSequence", "PlaneOrientationSequence")
SAME_DIGITS = 3
RENAMED = {"FrameLaterality": "ImageLaterality"}
LONGEST_TEXT = 256
MOST_VALUES = 64
MOST_FRAME_TIMES = 2048  # of a cine with unequal ones; of a longer one their mean
MOST_REGIONS = 64
MOST_RUNS = 4096  # frames that lie anyhow, each a run of its own: beyond that nothing is told of their places
AXES = 3

Display = dict[str, Any]


def read_display(elements: Elements) -> Display:
    """The keywords of this module that the data set holds: text, a number, or a list of one of these."""
    display = _flattened(elements)
    regions = [
        _numbers_of(item, REGION_NUMBERS)
        for item in islice(_items(elements, "SequenceOfUltrasoundRegions"), MOST_REGIONS)
    ]
    if regions:
        display["SequenceOfUltrasoundRegions"] = regions
    return display


def position_mm(display: Display) -> float | None:
    """How far along its own normal (row x column direction) the first pixel lies, LPS; None where nothing says it."""
    return _along(_normal(display), display.get("ImagePositionPatient"))


def _flattened(elements: Elements) -> Display:
    display = _read(elements, TEXTS, NUMBERS)
    shared = next(_items(elements, "SharedFunctionalGroupsSequence"), {})
    frames = list(_items(elements, "PerFrameFunctionalGroupsSequence"))
    if not shared and not frames:  # as of most: a classic image
        return display
    for macro in MACROS:
        _put(display, macro, _macro(shared, macro))
        _put(display, macro, _of_frames(frames, macro))
    places = _frame_positions(shared, frames)
    if places:
        display["FramePositions"] = places
    return display


def _frame_positions(shared: Elements, frames: list[Elements]) -> list[Run]:
    """Where each frame lies, as runs (catalog.positions); empty where no frame says it."""
    of_all = _point(_macro(shared, "PlanePositionSequence"))
    points = [_point(_macro(frame, "PlanePositionSequence")) or of_all for frame in frames]
    runs = runs_of(points) if any(points) else []
    return runs if len(runs) <= MOST_RUNS else []


def _point(told: Display) -> Point | None:
    position = told.get("ImagePositionPatient")
    if not isinstance(position, list) or len(position) != AXES or None in position:
        return None
    x, y, z = position
    return float(x), float(y), float(z)


def _macro(groups: Elements, macro: str) -> Display:
    item = next(_items(groups, macro), {})
    numbers = tuple(name for name in MACROS[macro] if name in NUMBERS)
    texts = tuple(name for name in MACROS[macro] if name not in NUMBERS)
    return {RENAMED.get(name, name): value for name, value in _read(item, texts, numbers).items()}


def _of_frames(frames: list[Elements], macro: str) -> Display:
    """The first frame's values, where they may speak for the others."""
    told = _macro(frames[0], macro) if frames else {}
    if macro not in OF_EVERY_FRAME or all(_is_near(_macro(frame, macro), told) for frame in frames):
        return told
    # Of pixels of several sizes the first frame's still tells the shape, and no millimetre.
    return {"PixelSpacing": None, "PixelAspectRatio": told["PixelSpacing"]} if "PixelSpacing" in told else {}


def _is_near(one: Display, other: Display) -> bool:
    return _rounded(one) == _rounded(other)


def _rounded(told: Display) -> Display:
    return {
        name: [round(number or 0.0, SAME_DIGITS) for number in value]
        for name, value in told.items()
        if isinstance(value, list)
    }


def _put(display: Display, macro: str, told: Display) -> None:
    if macro == "FrameVOILUTSequence":
        if "WindowCenter" not in told or "WindowWidth" not in told:
            return
        told = {**dict.fromkeys(WINDOW), **told}  # a name or function of another window is not this one's
    display.update(told)
    for name in [name for name, value in told.items() if value is None]:
        display.pop(name, None)


def _read(elements: Elements, texts: tuple[str, ...], numbers: tuple[str, ...]) -> Display:
    found: Display = {
        name: value for name in texts if (value := _texts(_value(elements, name))) not in (None, "", [])
    }
    return {**found, **_numbers_of(elements, numbers)}


def _numbers_of(elements: Elements, names: tuple[str, ...]) -> Display:
    return {
        name: value for name in names if (value := _numbers(name, _value(elements, name))) not in (None, [])
    }


def _value(elements: Elements, keyword: str) -> Any:
    element = elements.get(tag_of(keyword))
    # What pydicom could not make sense of has no value here: the image may still be shown.
    return None if element is None or isinstance(element, RawDataElement) else element.value


def _items(elements: Elements, keyword: str) -> Iterator[Elements]:
    value = _value(elements, keyword)
    return map(elements_of, value) if value and not isinstance(value, str | bytes) else iter(())


def _texts(value: Any) -> str | list[str] | None:
    if value is None:
        return None
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        return str(value).strip()[:LONGEST_TEXT]
    return [str(one).strip()[:LONGEST_TEXT] for one in islice(value, MOST_VALUES)]


def _numbers(name: str, value: Any) -> float | list[float | None] | None:
    if value is None or isinstance(value, str | bytes):
        return None
    if not hasattr(value, "__iter__"):
        return _finite(value)
    most = MOST_VALUES
    if name == "FrameTimeVector":
        most = MOST_FRAME_TIMES
        if len(value) > most:
            steps = [step for one in value if (step := _finite(one))]
            return sum(steps) / len(steps) if steps else None
    return [_finite(one) for one in islice(value, most)]


def _finite(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < 1 << 53 else number


def _normal(display: Display) -> tuple[float, ...] | None:
    orientation = display.get("ImageOrientationPatient")
    if not isinstance(orientation, list) or len(orientation) != 2 * AXES or None in orientation:
        return None
    (a, b, c), (d, e, f) = orientation[:AXES], orientation[AXES:]
    return (b * f - c * e, c * d - a * f, a * e - b * d)


def _along(normal: tuple[float, ...] | None, position: Any) -> float | None:
    if normal is None or position is None or isinstance(position, str) or len(position) != AXES:
        return None
    numbers = [_finite(one) for one in position]
    if None in numbers:
        return None
    return _finite(sum(along * (number or 0) for along, number in zip(normal, numbers, strict=True)))
