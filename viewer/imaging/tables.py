"""Look-up tables of a header, as arrays: Modality and VOI LUTs (PS3.3 C.11.1, C.11.2) and palettes (C.7.9)."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydicom import Dataset

from viewer.imaging.header import items_of, numbers, text, value_of
from viewer.imaging.types import Array

MOST_ENTRIES = 1 << 16
MOST_TABLES = 16  # of one sequence
HIGHEST_SIGNED = (1 << 15) - 1
CHANNELS = ("Red", "Green", "Blue")
DISCRETE, LINEAR, INDIRECT = 0, 1, 2  # PS3.3 C.7.9.2
MOST_SEGMENTS = 1 << 16

Table = dict[str, Any]


def first_table(holder: Dataset, sequence: str, is_signed: bool) -> Table | None:
    """The first table of a LUT sequence, where it makes one: see `_table`."""
    items = items_of(holder, sequence)
    return _table(items[0], is_signed) if items else None


def named_tables(holder: Dataset, sequence: str, is_signed: bool) -> list[tuple[Table, str]] | None:
    """The tables of a LUT sequence and their LUT Explanations; None where there is none."""
    found = [
        (table, text(item, "LUTExplanation"))
        for item in items_of(holder, sequence)[:MOST_TABLES]
        if (table := _table(item, is_signed)) is not None
    ]
    return found or None


def _table(item: Dataset, is_signed: bool) -> Table | None:
    """Entries, the value that the first stands for, and the bits of an entry.

    `is_signed`: whether the values that it maps may be below zero, whatever the VR says of the first of them (PS3.3
    C.11.1.1, C.11.2.1.1).
    """
    descriptor = _descriptor(item, "LUTDescriptor")
    if descriptor is None:
        return None
    count, first, bits = descriptor
    if first > HIGHEST_SIGNED and is_signed:
        first -= MOST_ENTRIES
    entries = _entries(item, "LUTData", count, bits)
    if entries is None:
        return None
    return {"first": first, "entries": entries, "bits": _true_bits(entries, bits)}


def palette_of(dataset: Dataset) -> dict[str, Any] | None:
    """The three colour tables as one of 8 bits, segmented or not."""
    if str(value_of(dataset, "PhotometricInterpretation")).strip() != "PALETTE COLOR":
        return None
    channels, first = [], 0
    for name in CHANNELS:
        descriptor = _descriptor(dataset, f"{name}PaletteColorLookupTableDescriptor")
        if descriptor is None:
            return None
        count, first, bits = descriptor
        entries = _channel(dataset, name, count, bits)
        if entries is None or len(entries) == 0:
            return None
        channels.append(_to_8_bits(entries, bits))
    count = min(map(len, channels))
    return {"first": first, "colours": np.stack([channel[:count] for channel in channels], axis=1)}


def expand_segments(words: Array, count: int) -> Array | None:
    """The entries that segments stand for (PS3.3 C.7.9.2); None where they make no table. At most `count` are made."""
    expanded: list[int] = []
    numbers_ = [int(word) for word in words[: 3 * MOST_SEGMENTS]]
    if not _expand(numbers_, 0, MOST_SEGMENTS, expanded, count, may_point=True):
        return None
    return np.array(expanded[:count], np.uint16)


def _expand(
    words: list[int], at: int, segments: int, expanded: list[int], count: int, *, may_point: bool = False
) -> bool:
    while segments > 0 and at + 1 < len(words) and len(expanded) < count:
        kind, length = words[at], words[at + 1]
        segments -= 1
        if kind == DISCRETE:
            expanded += words[at + 2 : at + 2 + length]
            at += 2 + length
        elif kind == LINEAR and expanded and at + 2 < len(words):
            expanded += _line(expanded[-1], words[at + 2], length)
            at += 3
        elif kind == INDIRECT and may_point and at + 3 < len(words):
            # The offset counts bytes, its low word first. What is pointed at must not point on: that never ends.
            target = (words[at + 2] | words[at + 3] << 16) // 2
            if not _expand(words, target, length, expanded, count):
                return False
            at += 4
        else:
            return False
    return True


def _line(start: int, end: int, length: int) -> list[int]:
    return [round(start + (end - start) * step / length) for step in range(1, length + 1)]


def _channel(dataset: Dataset, name: str, count: int, bits: int) -> Array | None:
    segmented = f"Segmented{name}PaletteColorLookupTableData"
    if segmented in dataset:
        words = _words(dataset, segmented, 16)
        return None if words is None else expand_segments(words, count)
    return _entries(dataset, f"{name}PaletteColorLookupTableData", count, bits)


def _to_8_bits(entries: Array, bits: int) -> Array:
    # Some write tables of 8 bits in words of 16 and say 16: nothing in them is above 255 then.
    is_wide = bits > 8 and int(entries.max()) > 255
    return (entries >> 8 if is_wide else entries).astype(np.uint8)


def _true_bits(entries: Array, bits: int) -> int:
    return max(bits, int(entries.max()).bit_length())


def _descriptor(dataset: Dataset, keyword: str) -> tuple[int, int, int] | None:
    """Number of entries, first value, bits. The number is unsigned whatever its VR; 0 means 65,536 (C.11.1.1)."""
    told = numbers(dataset, keyword)
    if len(told) != 3:
        return None
    count, first, bits = (int(one) for one in told)
    count = count % MOST_ENTRIES or MOST_ENTRIES
    return (count, first, bits) if 1 <= bits <= 16 else None


def _entries(dataset: Dataset, keyword: str, count: int, bits: int) -> Array | None:
    words = _words(dataset, keyword, bits, count)
    return words[:count] if words is not None and len(words) >= count else None


def _words(dataset: Dataset, keyword: str, bits: int, count: int = 0) -> Array | None:
    """The numbers of a table that may be bytes, words, or numbers read by pydicom already."""
    value = value_of(dataset, keyword)
    is_big_endian = dataset.original_encoding[1] is False
    if isinstance(value, bytes):
        if bits <= 8 and len(value) < 2 * count:
            if is_big_endian and dataset[keyword].VR == "OW":
                value = np.frombuffer(value[: len(value) // 2 * 2], ">u2").astype("<u2").tobytes()
            return np.frombuffer(value, np.uint8)
        whole_words = value[: len(value) // 2 * 2]
        return np.frombuffer(whole_words, ">u2" if is_big_endian else "<u2").astype(np.uint16)
    if value is None or isinstance(value, str):
        return None
    try:
        listed = np.atleast_1d(np.asarray(value, dtype=np.int64))
    except (TypeError, ValueError, OverflowError):
        return None
    return _from_words(listed, bits, count)


def _from_words(listed: Array, bits: int, count: int) -> Array:
    words = (listed & 0xFFFF).astype("<u2")
    if bits <= 8 and count and len(words) < count:
        return words.view(np.uint8)  # two entries a word
    return words.astype(np.uint16)
