"""Reads a file's data set without its pixels, from where a scan has found it. Runs in the sandbox; pure."""

from __future__ import annotations

import os
import struct
from collections.abc import MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias

import pydicom
from pydicom import Dataset
from pydicom.dataelem import DataElement, RawDataElement, empty_value_for_VR
from pydicom.filereader import read_dataset
from pydicom.tag import BaseTag
from pydicom.valuerep import VR

from pacs.catalog.header_json import CHARACTER_SET_TAG, PIXEL_TAGS

# A value that is longer is no header but content; pydicom leaves it in the file.
LARGEST_READ_BYTES = 1 << 20
PIXEL_DATA, PIXEL_HEAD_BYTES = 0x7FE00010, 6
PIXEL_VRS = frozenset(("OB", "OW", "OF", "OD", "UN"))
UNDEFINED_LENGTH = 0xFFFFFFFF
DELIMITERS = 0xFFFE0000
EMPTY: dict[str | None, Any] = {vr.value: empty_value_for_VR(vr, raw=True) for vr in VR}
KNOWN_VRS = {vr.value.encode(): vr.value for vr in VR if len(vr.value) == 2}
# Of tags that files have, each is made once: pydicom's take as long as to read a value.
_tag = lru_cache(maxsize=4096)(BaseTag)

# Tag, VR (empty in implicit VR), where the element begins, where its value does, the value's length in bytes.
ElementPlace: TypeAlias = tuple[int, bytes, int, int, int]
RawElements = MutableMapping[BaseTag, DataElement | RawDataElement]


@dataclass(frozen=True)
class DataSetPlace:
    """Where in a file its data set is without the pixels, and how it is written there."""

    start_offset: int
    end_offset: int
    is_implicit: bool
    is_big_endian: bool
    is_deflated: bool
    media_storage_sop_class_uid: str  # of the file meta information, for a data set that does not say
    elements: tuple[ElementPlace, ...] = ()  # as they follow each other, if it is known


def read_data_set(path: str, place: DataSetPlace) -> tuple[Dataset, tuple[int, str] | None]:
    """Its elements, most of them raw, and tag and VR of the one that holds the pixels, where there is one.

    What pydicom raises is the caller's to refuse with.
    """
    if place.is_deflated:  # an element would be sought in the file again, where it is not
        inflated = pydicom.dcmread(path, stop_before_pixels=True, force=True)
        # Where the pixels lie in the stream nobody knows: an image has rows.
        return inflated, (PIXEL_DATA, "OW") if "Rows" in inflated else None
    is_large = place.end_offset > LARGEST_READ_BYTES
    start = place.end_offset if is_large else 0
    with Path(path).open("rb", buffering=0) as file:
        data = os.pread(file.fileno(), place.end_offset + PIXEL_HEAD_BYTES - start, start)
    dataset = _read_large(path) if is_large else _read(data, place)
    return dataset, _pixel_element(data[place.end_offset - start :], place)


def _read_large(path: str) -> Dataset:
    return pydicom.dcmread(path, stop_before_pixels=True, force=True, defer_size=LARGEST_READ_BYTES)


def _read(data: bytes, place: DataSetPlace) -> Dataset:
    elements = _raw_elements(data, place)
    if elements is None:
        header = BytesIO(data[: place.end_offset])
        header.seek(place.start_offset)
        return read_dataset(header, place.is_implicit, not place.is_big_endian)
    dataset = Dataset(elements)
    dataset.set_original_encoding(place.is_implicit, not place.is_big_endian)
    return dataset


def _raw_elements(data: bytes, place: DataSetPlace) -> RawElements | None:
    """What pydicom would find, from where the scan has found it: that is sooner than to look again.

    None where they do not fill the data set one behind the other, as is also with one that comes twice, and where
    pydicom would do more with one of them than to keep its bytes: parse a sequence to find its end, or refuse the file
    for a character set that cannot be told.
    """
    found: RawElements = {}
    end = place.start_offset
    for tag, told, offset, value_offset, length in place.elements:
        if offset >= place.end_offset:
            break
        vr = KNOWN_VRS.get(told)
        is_as_said = told == b"" if place.is_implicit else vr is not None
        if offset != end or length == UNDEFINED_LENGTH or tag >= DELIMITERS or not is_as_said:
            return None
        if tag == CHARACTER_SET_TAG and vr not in (None, "CS"):
            return None
        end = value_offset + length
        value = data[value_offset:end] or EMPTY.get(vr)
        key = _tag(tag)
        found[key] = RawDataElement(
            key, vr, length, value, value_offset, place.is_implicit, not place.is_big_endian
        )
    return found if end == place.end_offset else None


def _pixel_element(head: bytes, place: DataSetPlace) -> tuple[int, str] | None:
    if len(head) < PIXEL_HEAD_BYTES:
        return None
    group, element = struct.unpack(">HH" if place.is_big_endian else "<HH", head[:4])
    tag = group << 16 | element
    if tag not in PIXEL_TAGS:
        return None
    told = head[4:].decode("latin-1")
    # Some files are implicit where they say that they are not: then this is the beginning of a length.
    return tag, "OW" if place.is_implicit or told not in PIXEL_VRS else told
