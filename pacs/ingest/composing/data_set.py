"""A data set as DICOM JSON into explicit VR little endian (PS3.5 7), in pieces: what came apart stays where it lies.

Sequences and items are of undefined length, so that nothing has to be known of what is in them before it is written.
Pure; runs in the sandbox.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pacs.ingest.composing.json_values import (
    MAY_BE_BULKDATA,
    UNCLEAR,
    VRS,
    is_whole,
    padding,
    value_field,
)
from pacs.ingest.scan import limits
from pacs.ingest.scan.part10 import LONG_VRS
from pacs.ingest.scan.unreadable import Unreadable

JsonDataset = Mapping[str, Any]
CHARACTER_SET = 0x00080005
META_GROUP, COMMAND_GROUP, DELIMITER_GROUP = 0x0002, 0x0000, 0xFFFE
LONGEST_SHORT = 0xFFFE
LONGEST_LONG = 0xFFFFFFFE
UNDEFINED = 0xFFFFFFFF
ITEM_HEAD = b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
ITEM_END = b"\xfe\xff\x0d\xe0\x00\x00\x00\x00"
SEQUENCE_END = b"\xfe\xff\xdd\xe0\x00\x00\x00\x00"
MEMBERS = frozenset(("vr", "Value", "BulkDataURI", "InlineBinary"))


@dataclass(frozen=True)
class Cut:
    """Bytes of a part that came: its number among the parts, and where in it they lie."""

    part: int
    offset: int
    length: int


Piece = bytes | Cut
Bulkdata = Mapping[str, Cut]  # by address


def elements_of(dataset: JsonDataset) -> list[tuple[int, str, Mapping[str, Any]]]:
    """Tag, VR and element of what makes a data set, in ascending order (PS3.5 7.1); group lengths are left out.

    Raises Unreadable("metadata_unclear").
    """
    found = []
    for name, element in dataset.items():
        tag = tag_of(name)
        if tag & 0xFFFF and tag >> 16 != META_GROUP:
            found.append((tag, vr_of(element), element))
    tags = [tag for tag, _, _ in found]
    if len(set(tags)) != len(tags):
        raise Unreadable(UNCLEAR)
    return sorted(found, key=lambda one: one[0])


def tag_of(name: Any) -> int:
    """The tag that names a member. Raises Unreadable where it is none, or none of a data set."""
    try:
        tag = int(name, 16) if len(name) == 8 and name.isalnum() else -1
    except (ValueError, TypeError):
        tag = -1
    if tag < 0 or tag >> 16 in (COMMAND_GROUP, DELIMITER_GROUP):
        raise Unreadable(UNCLEAR)
    return tag


def vr_of(element: Any) -> str:
    """The VR of an element that tells its value in one way at most (F.2.2). Raises Unreadable."""
    if not isinstance(element, Mapping) or not element.keys() <= MEMBERS or len(element) > 2:
        raise Unreadable(UNCLEAR)
    vr = element.get("vr")
    if not isinstance(vr, str) or vr not in VRS:
        raise Unreadable(UNCLEAR)
    return vr


def written(dataset: JsonDataset, bulkdata: Bulkdata, character_set: str, depth: int = 0) -> Iterator[Piece]:
    """The pieces of a data set. `character_set` stands wherever one is told.

    Raises Unreadable: metadata_unclear, nested_too_deep, bulkdata_missing.
    """
    if depth > limits.DEEPEST_NESTING:
        raise Unreadable("nested_too_deep")
    for tag, vr, element in elements_of(dataset):
        if tag == CHARACTER_SET:
            yield element_bytes(tag, "CS", value_field("CS", {"Value": [character_set]}))
        elif vr == "SQ":
            yield head_bytes(tag, vr, UNDEFINED)
            for item in items_of(element):
                yield ITEM_HEAD
                yield from written(item, bulkdata, character_set, depth + 1)
                yield ITEM_END
            yield SEQUENCE_END
        elif "BulkDataURI" in element:
            yield from _apart(tag, vr, element, bulkdata)
        else:
            yield element_bytes(tag, vr, value_field(vr, element))


def items_of(element: Mapping[str, Any]) -> list[JsonDataset]:
    """The items of a sequence; an empty one may be null. Raises Unreadable."""
    items = element.get("Value", [])
    if not isinstance(items, list) or not element.keys() <= {"vr", "Value"}:
        raise Unreadable(UNCLEAR)
    if not all(item is None or isinstance(item, Mapping) for item in items):
        raise Unreadable(UNCLEAR)
    return [item or {} for item in items]


def address_of(vr: str, element: Mapping[str, Any]) -> str:
    """The address of a value that comes apart. Raises Unreadable where this VR's may not."""
    address = element.get("BulkDataURI")
    if vr not in MAY_BE_BULKDATA or not isinstance(address, str) or not address.strip():
        raise Unreadable(UNCLEAR)
    return address.strip()


def _apart(tag: int, vr: str, element: Mapping[str, Any], bulkdata: Bulkdata) -> Iterator[Piece]:
    cut = bulkdata.get(address_of(vr, element))
    if cut is None or not is_whole(vr, cut.length):
        raise Unreadable("bulkdata_missing")
    yield head_bytes(tag, vr, cut.length + cut.length % 2)
    yield cut
    if cut.length % 2:
        yield padding(vr)


def element_bytes(tag: int, vr: str, value: bytes) -> bytes:
    """One element with a value of an even length."""
    return head_bytes(tag, vr, len(value)) + value


def head_bytes(tag: int, vr: str, length: int) -> bytes:
    """Tag, VR and length (PS3.5 7.1.2). What is too long for a short length is of VR UN (6.2.2)."""
    if vr.encode() not in LONG_VRS and length > LONGEST_SHORT:
        vr = "UN"
    if length > LONGEST_LONG and length != UNDEFINED:
        raise Unreadable("too_large")
    tag_and_vr = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr.encode())
    if vr.encode() in LONG_VRS:
        return tag_and_vr + struct.pack("<HI", 0, length)
    return tag_and_vr + struct.pack("<H", length)
