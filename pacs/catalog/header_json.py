"""A data set as DICOM JSON (PS3.18 Annex F). Runs in the sandbox; pure.

pydicom's own conversion stops at the first value it cannot make sense of. Here such a value is left out and
the rest of the header is told.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from pydicom import Dataset
from pydicom.dataelem import DataElement, RawDataElement

from pacs.catalog.elements import Element, Elements, elements_of
from pacs.catalog.plain_values import BINARY, DECIMAL, WHOLE, PlainElement, number

LARGEST_INLINE_BYTES = 4096
# Where a value that is left out can be had (PS3.18 F.2.2): below the address of the instance, which is not known here.
BULKDATA = "bulkdata/"
# PS3.18 F.2: what is sent is UTF-8, so no other character set may be named.
CHARACTER_SET_TAG = 0x00080005
UTF_8 = {"vr": "CS", "Value": ["ISO_IR 192"]}
PIXEL_TAGS = frozenset((0x7FE00008, 0x7FE00009, 0x7FE00010))
FILE_META_GROUP, COMMAND_GROUP, PADDING_TAG = 0x0002, 0x0000, 0xFFFCFFFC

JsonElement = dict[str, Any]
JsonDataset = dict[str, JsonElement]


def header_json(
    dataset: Dataset, pixels: tuple[int, str] | None = None, elements: Elements | None = None
) -> bytes:
    """The data set as one JSON object in UTF-8; binary values over 4 KiB, and its pixels, as an address.

    `pixels` are the tag and VR of the element that holds them, if the data set was read without; `elements` its own,
    if they are at hand.
    """
    told = _to_json_dataset(dataset, elements_of(dataset) if elements is None else elements, BULKDATA)
    if pixels is not None:
        tag, vr = pixels
        told[f"{tag:08X}"] = {"vr": vr, "BulkDataURI": f"{BULKDATA}{tag:08X}"}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _to_json_dataset(dataset: Dataset, elements: Elements, path: str) -> JsonDataset:
    """The data set as the object of PS3.18 F.2.2, tags in ascending order. `path` is the address of the data set."""
    told: JsonDataset = {}
    is_little_endian = dataset.original_encoding[1] is not False
    for tag, element in elements.items():
        if tag == CHARACTER_SET_TAG:
            told[f"{tag:08X}"] = UTF_8
        elif _is_told(tag) and not isinstance(element, RawDataElement):
            name = f"{tag:08X}"
            one = _to_json_element(element, is_little_endian, f"{path}{name}")
            if one is not None:
                told[name] = one
    return told


def _is_told(tag: int) -> bool:
    if tag in PIXEL_TAGS or tag == PADDING_TAG or tag & 0xFFFF == 0:
        return False
    return tag >> 16 not in (FILE_META_GROUP, COMMAND_GROUP)


def _to_json_element(element: Element, is_little_endian: bool, path: str) -> JsonElement | None:
    if isinstance(element, PlainElement):
        return element.told or _binary(element.VR, element.value, is_little_endian, path)
    try:
        vr = _settled_vr(element)
        if vr == "SQ":
            items = [
                _to_json_dataset(item, elements_of(item), f"{path}/{n}/")
                for n, item in enumerate(element.value, 1)
            ]
            return {"vr": vr, "Value": items}
        if vr in BINARY:
            return _binary(vr, element.value, is_little_endian, path)
        tell: Callable[[Any], Any] = TOLD_BY.get(vr, _text)
        values = [tell(value) for value in _values(element.value)]
    except Exception:
        # Whatever pydicom raises on a bad value (it raises many kinds): one element is no reason to refuse a file.
        return None
    if all(value is None for value in values):
        return {"vr": vr}
    return {"vr": vr, "Value": values}


def _settled_vr(element: DataElement) -> str:
    """One VR where pydicom could not decide between two (PS3.6, "US or SS or OW")."""
    vr = str(element.VR)
    if " or " not in vr:
        return vr
    return "OW" if isinstance(element.value, bytes) else vr.split(" or ")[0]


def _binary(vr: str, value: Any, is_little_endian: bool, path: str) -> JsonElement:
    if not isinstance(value, bytes) or not value:
        return {"vr": vr}
    # InlineBinary is little endian whatever the file is (PS3.18 F.2.7).
    is_as_told = vr in ("OB", "UN") or is_little_endian
    if len(value) <= LARGEST_INLINE_BYTES and is_as_told:
        return {"vr": vr, "InlineBinary": base64.b64encode(value).decode()}
    return {"vr": vr, "BulkDataURI": path}


def _values(value: Any) -> list[Any]:
    if value is None or (isinstance(value, str) and value == ""):
        return []
    if isinstance(value, str | bytes) or not hasattr(value, "__iter__") or hasattr(value, "alphabetic"):
        return [value]
    return list(value)


def _number(value: Any) -> float | int | str | None:
    if value is None or value == "":
        return None
    return number(float(value))


def _whole_number(value: Any) -> int | None:
    return None if value is None or value == "" else int(value)


def _person_name(value: Any) -> dict[str, str] | None:
    groups = {"Alphabetic": value.alphabetic, "Ideographic": value.ideographic, "Phonetic": value.phonetic}
    return {name: str(text) for name, text in groups.items() if text} or None


def _tag(value: Any) -> str:
    return f"{int(value):08X}"


def _text(value: Any) -> str | None:
    return str(value) or None


TOLD_BY: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(DECIMAL, _number),
    **dict.fromkeys(WHOLE, _whole_number),
    "PN": _person_name,
    "AT": _tag,
}
