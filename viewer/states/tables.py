"""Tables of a state's header in DICOM JSON (PS3.3 C.11.1, C.11.2, C.11.6, C.7.9). Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from viewer.documents.elements import Dataset, element_of, values_of
from viewer.imaging.types import Array, Lut, Palette
from viewer.states.state import NotSupported

MOST_ENTRIES = 1 << 16
HIGHEST_SIGNED = (1 << 15) - 1
CHANNELS = ("Red", "Green", "Blue")
Bulk = Callable[[str], bytes]  # the value at an address of the header ("bulkdata/…"), little endian


def lut_of(item: Dataset, bulk: Bulk) -> Lut:
    """The table of an item of a LUT Sequence. Raises NotSupported for what is none.

    Whether the first value that it maps is signed depends on what goes into it: see signed_as.
    """
    count, first, bits = _descriptor(item, "LUTDescriptor")
    entries = _entries(item, "LUTData", count, bits, bulk)
    return Lut(first, entries, max(bits, int(entries.max()).bit_length()))


def signed_as(table: Lut, *, is_signed: bool) -> Lut:
    """The table for values that may be below zero, or may not (C.11.1.1.1, C.11.2.1.1).

    A state has no Pixel Representation that would tell how the first value of its tables was written.
    """
    if is_signed and table.first > HIGHEST_SIGNED:
        return replace(table, first=table.first - MOST_ENTRIES)
    return table if is_signed or table.first >= 0 else replace(table, first=table.first + MOST_ENTRIES)


def palette_of(header: Dataset, bulk: Bulk) -> Palette:
    """The three colour tables as one of 8 bits. Raises NotSupported for what makes none."""
    channels, first = [], 0
    for name in CHANNELS:
        count, first, bits = _descriptor(header, f"{name}PaletteColorLookupTableDescriptor")
        entries = _entries(header, f"{name}PaletteColorLookupTableData", count, bits, bulk)
        channels.append((entries >> (bits - 8) if bits > 8 else entries).astype(np.uint8))
    if len({len(channel) for channel in channels}) != 1:
        raise NotSupported("state_table")
    return Palette(first, np.stack(channels, axis=1))


def _descriptor(item: Dataset, keyword: str) -> tuple[int, int, int]:
    told = [int(one) for one in values_of(item, keyword) if isinstance(one, int)]
    if len(told) != 3 or not 1 <= told[2] <= 16:
        raise NotSupported("state_table")
    return told[0] % MOST_ENTRIES or MOST_ENTRIES, told[1], told[2]


def _entries(item: Dataset, keyword: str, count: int, bits: int, bulk: Bulk) -> Array:
    element = element_of(item, keyword)
    words = _words(element, bulk, is_bytes=lambda size: bits <= 8 and size < 2 * count)
    if len(words) < count:
        raise NotSupported("state_table")
    return words[:count]


def _words(element: Mapping[str, Any], bulk: Bulk, is_bytes: Callable[[int], bool]) -> Array:
    values = element.get("Value")
    if isinstance(values, list) and all(isinstance(one, int) for one in values):
        return (np.array(values, np.int64) & 0xFFFF).astype(np.uint16)
    try:
        inline = element.get("InlineBinary")
        data = (
            base64.b64decode(inline) if isinstance(inline, str) else bulk(str(element.get("BulkDataURI", "")))
        )
    except binascii.Error:
        raise NotSupported("state_table") from None
    if is_bytes(len(data)):
        return np.frombuffer(data, np.uint8).astype(np.uint16)
    return np.frombuffer(data[: len(data) // 2 * 2], "<u2").astype(np.uint16)
