"""Values of a hostile header as plain numbers and text: what cannot be read is not there."""

from __future__ import annotations

import math
from itertools import islice
from typing import Any

from pydicom import Dataset

from viewer.imaging import header_rules

LONGEST_TEXT = 64
# What tells the shape of a pixel, in the order of trust.
SHAPES = ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing", "PixelAspectRatio")
OVERLAY_GROUPS = range(0x6000, 0x6020, 2)
MOST_OVERLAY_BYTES = 64 << 20
MOST_OVERLAY_PIXELS = 1 << 26  # of one plane
FARTHEST = (1 << 15) - 1  # of SS, the VR of Overlay Origin


def value_of(dataset: Dataset, key: Any) -> Any:
    """The value of a keyword or tag, or None."""
    try:
        return dataset[key].value if key in dataset else None
    except Exception:
        return None  # pydicom cannot make sense of it: the image may still be shown


def items_of(dataset: Dataset, keyword: str) -> list[Dataset]:
    """The items of a sequence."""
    value = value_of(dataset, keyword)
    if value is None or isinstance(value, str | bytes) or not hasattr(value, "__iter__"):
        return []
    return [item for item in value if isinstance(item, Dataset)]


def text(dataset: Dataset, keyword: str) -> str:
    """A short text; the first of several."""
    value = value_of(dataset, keyword)
    if value is not None and not isinstance(value, str) and hasattr(value, "__iter__"):
        value = next(iter(value), None)
    return "" if value is None else str(value).strip()[:LONGEST_TEXT]


def texts(dataset: Dataset, keyword: str, most: int) -> list[str]:
    """Its short texts, the first of them at most."""
    value = value_of(dataset, keyword)
    if value is None:
        return []
    listed = [value] if isinstance(value, str) or not hasattr(value, "__iter__") else islice(value, most)
    return [str(one).strip()[:LONGEST_TEXT] for one in listed]


def numbers(dataset: Dataset, keyword: Any, most: int = 16) -> list[float]:
    """All its numbers; empty where one is none."""
    value = value_of(dataset, keyword)
    if value is None or isinstance(value, str | bytes):
        return []
    try:
        found = [float(one) for one in islice(value, most)] if hasattr(value, "__iter__") else [float(value)]
    except (TypeError, ValueError, OverflowError):
        return []
    return found if all(map(math.isfinite, found)) else []


def number(dataset: Dataset, keyword: Any) -> float | None:
    """Its first number."""
    found = numbers(dataset, keyword)
    return found[0] if found else None


def whole(dataset: Dataset, keyword: Any, absent: int) -> int:
    """Its first number as an integer."""
    found = number(dataset, keyword)
    return absent if found is None else int(found)


def aspect_of(dataset: Dataset) -> float:
    """Height of a pixel over its width: by spacing, else by Pixel Aspect Ratio. The first frame speaks for all."""
    holders = (*_measures(dataset), dataset)
    return header_rules.aspect_of(numbers(holder, keyword) for keyword in SHAPES for holder in holders)


def _measures(dataset: Dataset) -> list[Dataset]:
    for groups in ("PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence"):
        for item in items_of(dataset, groups)[:1]:
            measures = items_of(item, "PixelMeasuresSequence")[:1]
            if measures:
                return measures
    return []


def padding_of(dataset: Dataset) -> list[float] | None:
    """The lowest and highest padding value. An integer is read in the representation of the pixels."""
    for value_name, limit_name in (
        ("PixelPaddingValue", "PixelPaddingRangeLimit"),
        ("FloatPixelPaddingValue", "FloatPixelPaddingRangeLimit"),
        ("DoubleFloatPixelPaddingValue", "DoubleFloatPixelPaddingRangeLimit"),
    ):
        value = number(dataset, value_name)
        if value is None:
            continue
        limit = number(dataset, limit_name)
        ends = [value, value if limit is None else limit]
        if value_name == "PixelPaddingValue":
            ends = [_as_stored(end, dataset) for end in ends]
        return sorted(ends)
    return None


def _as_stored(value: float, dataset: Dataset) -> float:
    """-2000 written as 63536, or the reverse, is the same 16 bits."""
    size = 1 << max(8, min(32, whole(dataset, "BitsAllocated", 16)))
    if whole(dataset, "PixelRepresentation", 0) == 1:
        return value - size if value >= size // 2 else value
    return value + size if value < 0 else value


def overlays_of(dataset: Dataset) -> list[dict[str, Any]]:
    """The planes of groups 60xx that have a size."""
    left = MOST_OVERLAY_BYTES
    planes = []
    for group in OVERLAY_GROUPS:
        tag = group << 16
        rows, columns = whole(dataset, tag | 0x10, 0), whole(dataset, tag | 0x11, 0)
        if rows <= 0 or columns <= 0 or rows * columns > MOST_OVERLAY_PIXELS:
            continue
        bits = _overlay_bits(dataset, tag)
        left -= len(bits)
        if left < 0:
            break
        planes.append(_plane(dataset, tag, rows, columns, bits))
    return planes


def _plane(dataset: Dataset, tag: int, rows: int, columns: int, bits: bytes) -> dict[str, Any]:
    origin = [*numbers(dataset, tag | 0x50), 1.0, 1.0]
    frames = number(dataset, tag | 0x15)
    first = number(dataset, tag | 0x51)
    is_over_all = frames is None and first is None
    return {
        "rows": rows,
        "columns": columns,
        # Counted from 1 in the file, and below it where the plane begins outside the image (PS3.3 C.9.2.1.2).
        "top": _near(origin[0]) - 1,
        "left": _near(origin[1]) - 1,
        "first_frame": None if is_over_all else max(0, int(first or 1) - 1),
        "number_of_frames": max(1, int(frames or 1)),
        "bits": bits,
        "bit_position": 0 if bits else whole(dataset, tag | 0x102, 0),
    }


def _near(place: float) -> int:
    return max(-FARTHEST, min(FARTHEST, int(place)))


def _overlay_bits(dataset: Dataset, tag: int) -> bytes:
    value = value_of(dataset, tag | 0x3000)
    if not isinstance(value, bytes):
        return b""
    is_big_endian_words = dataset.original_encoding[1] is False and dataset[tag | 0x3000].VR == "OW"
    if is_big_endian_words and len(value) % 2 == 0:
        return b"".join(value[at + 1 : at + 2] + value[at : at + 1] for at in range(0, len(value), 2))
    return value
