"""Values as DICOM JSON tells them (PS3.18 F.2.3) into the bytes of a Value Field, explicit VR little endian. Pure.

Nothing is guessed: what does not fit its VR is refused, for whoever sent it can still put it right.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import struct
from collections.abc import Callable, Mapping
from typing import Any

from pydicom.valuerep import format_number_as_ds

from pacs.ingest.scan.unreadable import Unreadable

JsonElement = Mapping[str, Any]
UNCLEAR = "metadata_unclear"
BINARY = frozenset(("OB", "OD", "OF", "OL", "OV", "OW", "UN"))
# VRs of one value, in which a backslash is a letter (PS3.5 6.2).
UNDIVIDED = frozenset(("LT", "ST", "UR", "UT"))
TEXTS = frozenset(("AE", "AS", "CS", "DA", "DT", "LO", "SH", "TM", "UC", "UI"))
# Little endian, by VR (PS3.5 6.2).
NUMBERS = {
    "FD": "<d",
    "FL": "<f",
    "SL": "<i",
    "SS": "<h",
    "SV": "<q",
    "UL": "<I",
    "US": "<H",
    "UV": "<Q",
}
WORDS = {
    **{vr: struct.calcsize(form) for vr, form in NUMBERS.items()},
    "AT": 4,
    "OD": 8,
    "OF": 4,
    "OL": 4,
    "OV": 8,
}  # an OW of 8-bit samples may come in an odd length: it is padded
# Those whose value may be an address (F.2.2).
MAY_BE_BULKDATA = frozenset((*BINARY, *NUMBERS, *UNDIVIDED, "DS", "IS", "UC")) - {"UR"}
VRS = frozenset((*BINARY, *UNDIVIDED, *TEXTS, *NUMBERS, "AT", "DS", "IS", "PN", "SQ"))
GROUPS = ("Alphabetic", "Ideographic", "Phonetic")
LONGEST_DS = 16
_WHOLE = re.compile(r" *[+-]?\d{1,20} *")
_DECIMAL = re.compile(r" *[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)? *")
_TAG = re.compile(r"[0-9A-Fa-f]{8}")


def value_field(vr: str, element: JsonElement) -> bytes:
    """The Value Field of an element that tells its value itself, padded to an even length.

    Raises Unreadable("metadata_unclear") where the value is none of this VR.
    """
    inline = element.get("InlineBinary")
    if inline is not None:
        return padded(vr, _decoded(vr, inline))
    values = element.get("Value", [])
    if not isinstance(values, list) or (values and vr in BINARY):
        raise Unreadable(UNCLEAR)
    if vr in NUMBERS:
        return b"".join(_number(vr, one) for one in values)
    if vr == "AT":
        return b"".join(_tag(one) for one in values)
    if vr in UNDIVIDED and len(values) > 1:
        raise Unreadable(UNCLEAR)
    return padded(vr, _encoded("\\".join(_text(vr, one) for one in values)))


def padded(vr: str, data: bytes) -> bytes:
    """Of an even length (PS3.5 6.2). Raises Unreadable where it is no whole number of the VR's words."""
    if not is_whole(vr, len(data)):
        raise Unreadable(UNCLEAR)
    return data + padding(vr) if len(data) % 2 else data


def padding(vr: str) -> bytes:
    """What a value of an odd length is filled up with (PS3.5 6.2)."""
    return b"\0" if vr in BINARY or vr == "UI" else b" "


def is_whole(vr: str, length: int) -> bool:
    """Whether a value of this length ends with one of its words."""
    return length % WORDS.get(vr, 1) == 0


def _decoded(vr: str, text: Any) -> bytes:
    if vr not in BINARY or not isinstance(text, str):
        raise Unreadable(UNCLEAR)
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable(UNCLEAR) from None


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:  # half of a surrogate pair
        raise Unreadable(UNCLEAR) from None


def _number(vr: str, value: Any) -> bytes:
    try:
        number = _float(value) if vr in ("FL", "FD") else _integer(value)
        return struct.pack(NUMBERS[vr], number)
    except (struct.error, OverflowError, ValueError, TypeError):
        raise Unreadable(UNCLEAR) from None


def _float(value: Any) -> float:
    """Infinity and NaN have no number in JSON: they come as text (F.2.3)."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError
    return float(value)


def _integer(value: Any) -> int:
    if isinstance(value, bool):
        raise TypeError
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    if not isinstance(value, int):
        raise TypeError
    return value


def _tag(value: Any) -> bytes:
    if not isinstance(value, str) or not _TAG.fullmatch(value):
        raise Unreadable(UNCLEAR)
    return struct.pack("<HH", int(value[:4], 16), int(value[4:], 16))


def _text(vr: str, value: Any) -> str:
    if value is None:
        return ""
    told = _TEXT_OF.get(vr, _plain)(value)
    if "\\" in told and vr not in UNDIVIDED:
        raise Unreadable(UNCLEAR)  # it would become two values
    return told


def _plain(value: Any) -> str:
    if not isinstance(value, str):
        raise Unreadable(UNCLEAR)
    return value


def _integer_text(value: Any) -> str:
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return value
    try:
        return str(_integer(value))
    except TypeError:
        raise Unreadable(UNCLEAR) from None


def _decimal_text(value: Any) -> str:
    """A number as it fits into the 16 letters of a DS, without loss where there is a way."""
    if isinstance(value, str):
        if value.strip() and not _DECIMAL.fullmatch(value):
            raise Unreadable(UNCLEAR)
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Unreadable(UNCLEAR)
    plain = repr(value)
    ways = (
        plain,
        plain.replace("0.", ".", 1) if plain.lstrip("-").startswith("0.") else plain,
        f"{value:.9e}",
    )
    for way in ways:
        if len(way) <= LONGEST_DS and float(way) == value:
            return way
    try:
        return format_number_as_ds(float(value))
    except (ValueError, OverflowError):
        raise Unreadable(UNCLEAR) from None


def _name(value: Any) -> str:
    if not isinstance(value, dict) or not value.keys() <= set(GROUPS):
        raise Unreadable(UNCLEAR)
    groups = [_plain(value.get(group) or "") for group in GROUPS]
    if any("=" in group for group in groups):
        raise Unreadable(UNCLEAR)
    return "=".join(groups).rstrip("=")


_TEXT_OF: dict[str, Callable[[Any], str]] = {"IS": _integer_text, "DS": _decimal_text, "PN": _name}
