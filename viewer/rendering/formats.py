"""What a viewer must know of a kind of image before it has a pixel of it, from the catalogue's `display` alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, TypeGuard

from viewer.imaging import header_rules
from viewer.imaging.header import SHAPES
from viewer.imaging.pyramid import Pyramid

Display = Mapping[str, Any]
MOST_REGIONS = 16
MOST_WINDOWS = 8
CENTIMETRE = 3  # PS3.3 C.8.5.5.1.1: physical units of an ultrasound region
MM_IN_CM = 10.0
HOUNSFIELD = "HU"
COMPRESSED = "1.2.840.10008.1.2.4."
# JPEG of 8 and 12 bits and its retired kin, JPEG-LS near-lossless, JPEG XL that holds a JPEG as it was (PS3.5 A.4).
ALWAYS_LOSSY = frozenset(f"{COMPRESSED}{last}" for last in (*range(50, 57), *range(59, 65), 81, 111))
# JPEG 2000, HTJ2K and JPEG XL where they may lose: each has a sister that never does, and was not chosen.
MAYBE_LOSSY = frozenset(f"{COMPRESSED}{last}" for last in (91, 93, 112, 203))
TILE_SIZES = (256, 512)


def format_of(display: Display, modality: str) -> dict[str, Any]:
    """The digest's Format of an image with these header values: its size, grid, scale and ways to be shown."""
    rows, columns = _whole(display.get("Rows")), _whole(display.get("Columns"))
    spacing, source = spacing_of(display)
    photometric = photometric_of(display)
    has_inverse_shape = header_rules.is_inverse_shape(_text(display.get("PresentationLUTShape")))
    return {
        "rows": rows,
        "columns": columns,
        **{f"levels_{size}": levels_of(rows, columns, size) for size in TILE_SIZES},
        "colour": not header_rules.is_monochrome(photometric),
        "inverse": header_rules.is_inverse(photometric, has_inverse_shape),
        "bits_stored": _whole(display.get("BitsStored")),
        "photometric": photometric,
        "aspect": aspect_of(display),
        "pixel_spacing_mm": spacing,
        "spacing_source": source,
        "orientation": _numbers(display.get("ImageOrientationPatient"), 6),
        "patient_orientation": _texts(display.get("PatientOrientation"), 2),
        "windows": windows_of(display),
        "unit": unit_of(display, modality),
        "lossy": lossy_of(display),
        "view": view_of(display),
        "ultrasound_regions": regions_of(display),
    }


def levels_of(rows: int, columns: int, tile_size: int) -> int:
    """How many pyramid levels a client may ask for; 0 where there is no picture."""
    return Pyramid(rows, columns, tile_size).levels if rows and columns else 0


def spacing_of(display: Display) -> tuple[list[float] | None, str | None]:
    """Millimetres from row to row and from column to column, and where they are known from.

    Pixel Spacing of a projection is calibrated or a guess at the patient; Imager Pixel Spacing is at the
    detector, larger than the patient by the magnification; Nominal Scanned Pixel Spacing is on the film that was
    digitized, whatever that had been of the patient (PS3.3 10.7.1.3, C.8.12.2).
    """
    spacing = _spacing(display.get("PixelSpacing"))
    before, source = _spacing_before_the_patient(display)
    if spacing is None:
        if before is None and any(region["dx_mm"] for region in regions_of(display) or ()):
            return None, "Ultrasound region"
        return before, source
    if display.get("PixelSpacingCalibrationType") or (before and before != spacing):
        return spacing, "Calibrated"
    return spacing, source or "Pixel Spacing"


def _spacing_before_the_patient(display: Display) -> tuple[list[float] | None, str | None]:
    for keyword, source in (
        ("ImagerPixelSpacing", "At detector"),
        ("NominalScannedPixelSpacing", "Digitized film"),
    ):
        if (spacing := _spacing(display.get(keyword))) is not None:
            return spacing, source
    return None, None


def aspect_of(display: Display) -> float:
    """Height of a pixel over its width."""
    return round(header_rules.aspect_of(_numbers(display.get(keyword), 2) or () for keyword in SHAPES), 6)


def windows_of(display: Display) -> list[dict[str, Any]]:
    """The windows that the file brings (PS3.3 C.11.2.1.2) and that can be asked for, with the names it gives them."""
    centers, widths = (_numbers(display.get(keyword)) or () for keyword in ("WindowCenter", "WindowWidth"))
    names = _list(display.get("WindowCenterWidthExplanation"))
    function = _text(display.get("VOILUTFunction"))
    windows = []
    for place, window in enumerate(header_rules.windows_of(centers, widths, function, is_float(display))):
        if window is not None:
            name = str(names[place]) if place < len(names) else ""
            windows.append({**asdict(window), "name": name})
    return windows[:MOST_WINDOWS]


def is_float(display: Display) -> bool:
    """Whether its pixels are floats."""
    says_of_integers = any(_is_number(display.get(name)) for name in ("BitsStored", "PixelRepresentation"))
    return header_rules.is_float_by_silence(_whole(display.get("BitsAllocated")), says_of_integers)


def photometric_of(display: Display) -> str:
    """Its Photometric Interpretation; of what says nothing of it or of its samples, the usual one."""
    samples = display.get("SamplesPerPixel")
    return header_rules.photometric_of(
        _text(display.get("PhotometricInterpretation")), 1 if samples is None else _whole(samples)
    )


def unit_of(display: Display, modality: str) -> str:
    """What modality values count: as the file says, and HU for a CT that says nothing (PS3.3 C.11.1.1.2)."""
    named = str(display.get("RescaleType") or display.get("Units") or "")
    if named:
        return named
    image_type = [str(value).upper() for value in _list(display.get("ImageType"))]
    is_measured = modality == "CT" and "LOCALIZER" not in image_type and image_type[:1] == ["ORIGINAL"]
    return HOUNSFIELD if is_measured else ""


def lossy_of(display: Display) -> dict[str, Any] | None:
    """How it lost pixels before it came here, or None (PS3.3 C.7.6.1.1.5).

    By what the file says or how it is compressed. Where it may have lost some and does not say that it did not, it is
    told as lossy: a lossy picture must never look like the exact one.
    """
    told, syntax = _text(display.get("LossyImageCompression")), _text(display.get("TransferSyntaxUID"))
    is_lossy = told == "01" or syntax in ALWAYS_LOSSY or (told != "00" and syntax in MAYBE_LOSSY)
    if not is_lossy:
        return None
    ratios = [ratio for ratio in _list(display.get("LossyImageCompressionRatio")) if _is_number(ratio)]
    methods = [str(method) for method in _list(display.get("LossyImageCompressionMethod"))]
    return {"ratio": ratios[-1] if ratios else None, "method": methods[-1] if methods else ""}


def view_of(display: Display) -> dict[str, str] | None:
    """Which projection of which side, as mammograms are hung."""
    position, laterality = str(display.get("ViewPosition") or ""), str(display.get("ImageLaterality") or "")
    return {"position": position, "laterality": laterality} if position or laterality else None


def regions_of(display: Display) -> list[dict[str, Any]] | None:
    """Where in an ultrasound image which scale holds (PS3.3 C.8.5.5)."""
    regions = [
        _region(item)
        for item in _list(display.get("SequenceOfUltrasoundRegions"))
        if isinstance(item, Mapping)
    ]
    return regions[:MOST_REGIONS] or None


def _region(item: Mapping[str, Any]) -> dict[str, Any]:
    corners = {
        "x0": _whole(item.get("RegionLocationMinX0")),
        "y0": _whole(item.get("RegionLocationMinY0")),
        "x1": _whole(item.get("RegionLocationMaxX1")),
        "y1": _whole(item.get("RegionLocationMaxY1")),
    }
    return {**corners, "dx_mm": _region_step(item, "X"), "dy_mm": _region_step(item, "Y")}


def _region_step(item: Mapping[str, Any], axis: str) -> float | None:
    step = item.get(f"PhysicalDelta{axis}")
    if item.get(f"PhysicalUnits{axis}Direction") != CENTIMETRE or not _is_number(step) or not step:
        return None
    return round(abs(float(step)) * MM_IN_CM, 9)


def frame_rate_of(display: Display) -> float | None:
    """Frames a second of a cine (PS3.3 C.7.6.5): as acquired where that is told, else as it is meant to be shown.

    Frame Time Vector, then Frame Time, Cine Rate, Recommended Display Frame Rate; None where it says none of these.
    """
    duration_ms = _mean(display.get("FrameTimeVector")) or display.get("FrameTime")
    if _is_number(duration_ms) and duration_ms > 0:
        return round(1000.0 / duration_ms, 3)
    for keyword in ("CineRate", "RecommendedDisplayFrameRate"):
        rate = display.get(keyword)
        if _is_number(rate) and rate > 0:
            return float(rate)
    return None


def frame_times_of(display: Display, number_of_frames: int) -> list[float] | None:
    """For how many milliseconds each frame of a cine is shown, where they are not all alike; else None.

    Frame Time Vector tells the time before each frame, and of the first none (PS3.3 C.7.6.5.1.2); how long the last one
    is shown nobody says: as long as the others on average.
    """
    steps = _numbers(display.get("FrameTimeVector"), number_of_frames)
    if steps is None or number_of_frames < 2:
        return None
    waits = steps[1:]
    if min(waits) <= 0 or min(waits) == max(waits):
        return None
    return [*waits, round(sum(waits) / len(waits), 3)]


def _mean(value: Any) -> float | None:
    # The first of the vector is the time before the first frame, which is none.
    steps = [step for step in _list(value) if _is_number(step) and step > 0]
    return sum(steps) / len(steps) if steps else None


def _spacing(value: Any) -> list[float] | None:
    numbers = _numbers(value, 2)
    return numbers if numbers and all(number > 0 for number in numbers) else None


def _numbers(value: Any, count: int | None = None) -> list[float] | None:
    """All its numbers; None where one is none, or where they are not `count`."""
    values = _list(value)
    has_count = count is None or len(values) == count
    return [float(number) for number in values] if has_count and all(map(_is_number, values)) else None


def _texts(value: Any, count: int) -> list[str] | None:
    values = _list(value)
    return [str(text) for text in values] if len(values) == count else None


def _text(value: Any) -> str:
    return str(next(iter(_list(value)), ""))


def _list(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _whole(value: Any) -> int:
    return int(value) if _is_number(value) else 0
