"""Values that are as plain as most are: text in ASCII, numbers, as the standard writes them. Runs in the sandbox; pure.

pydicom converts every value in a way that is ready for the strangest, which takes longer than all else that is done
with a header. What is plain is read here and has the same value (a test holds the two beside each other); the rest is
pydicom's. A short value that has come before in the same visit (forget_values) is not read again: of a series nearly
all are the same in every object.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from pydicom.dataelem import RawDataElement

Value = Any  # str | int | float | bytes | list[str] | list[int] | list[float] | None, as pydicom has DataElement.value
PADDING = " \0"  # PS3.5 6.2; either is found behind any text
LONGEST_WHOLE = 12  # PS3.5 6.2; a longer one is a float to pydicom, or nothing
SEPARATORS = frozenset(b"\x1c\x1d\x1e\x1f")  # white space to Python, but not to pydicom
GROUPS_AND_NAMES = frozenset("=\\")  # PS3.5 6.2, 6.4: several groups, or several names
REMEMBERED, LONGEST_REMEMBERED = 2048, 64  # values, bytes
DECIMAL = frozenset(("DS", "FL", "FD"))
WHOLE = frozenset(("IS", "SL", "SS", "SV", "UL", "US", "UV"))
BINARY = frozenset(("OB", "OD", "OF", "OL", "OV", "OW", "UN"))
LARGEST_EXACT_INTEGER = 1 << 53  # of a JSON reader that has only doubles
ESCAPE = b"\x1b"  # PS3.5 6.1.2.5: what follows is of another character set


class PlainElement(NamedTuple):
    """As pydicom's DataElement, of a VR of VALUE_OF: text, a number, a list of several, octets; None for no value.

    `told` is the element in DICOM JSON (PS3.18 F.2.2), but of octets, which may be told by an address. It may be
    another data set's as well: nobody changes it.
    """

    VR: str
    value: Value
    told: dict[str, Any] | None


class _NotPlain(ValueError):
    """The value wants to be looked at more closely."""


def plain_element(vr: str, known: str | None, raw: RawDataElement) -> PlainElement | None:
    """The element where its value is plain; None where pydicom must look at it. Raises nothing.

    `vr` is the element's, `known` the one of PS3.6 for its tag, if there is one (pacs.catalog.element_vrs).
    """
    value = b"" if raw.length == 0 else raw.value  # None where it was left in the file
    # Under a VR that is not the one of PS3.6, or one of "US or SS", there may be anything.
    if vr not in VALUE_OF or value is None or (known not in (None, vr) and vr not in known.split(" or ")):
        return None
    if vr in BINARY or len(value) > LONGEST_REMEMBERED:
        return _read(vr, value, raw.is_little_endian)
    return _remembered(vr, value, raw.is_little_endian)


def forget_values() -> None:
    """The next files are somebody else's: nothing is kept of these."""
    _remembered.cache_clear()


def _read(vr: str, value: bytes, is_little_endian: bool) -> PlainElement | None:
    try:
        made = VALUE_OF[vr](value, is_little_endian)
    except (ValueError, struct.error):
        return None
    return PlainElement(vr, made, None if vr in BINARY else _told(vr, made))


_remembered = lru_cache(maxsize=REMEMBERED)(_read)


def _told(vr: str, value: Value) -> dict[str, Any]:
    if value is None or value == "":
        return {"vr": vr}
    if vr == "PN":
        return {"vr": vr, "Value": [{"Alphabetic": value}]}
    values = value if isinstance(value, list) else [value]
    if vr in DECIMAL:
        values = [number(one) for one in values]
    elif vr not in WHOLE:
        values = [one or None for one in values]
        if not any(values):
            return {"vr": vr}
    return {"vr": vr, "Value": values}


def number(value: float) -> float | int | str:
    """As DICOM JSON has it (PS3.18 F.2.3): a whole number as one; in words what JSON has no number for."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "inf" if value > 0 else "-inf"
    return int(value) if value.is_integer() and abs(value) < LARGEST_EXACT_INTEGER else value


def _ascii(value: bytes) -> str:
    # Every character set of PS3.3 C.12.1.1.2 has ASCII in the places of ASCII until there is an escape sequence.
    if ESCAPE in value:
        raise _NotPlain
    return value.decode("ascii")


def _one_or_several(items: list[Any]) -> Value:
    return items[0] if len(items) == 1 else items


def _codes(value: bytes, _: bool) -> Value:
    return _one_or_several(_ascii(value).rstrip(PADDING).split("\\"))


def _uids(value: bytes, _: bool) -> Value:
    return _one_or_several([one.strip() for one in _ascii(value).rstrip(PADDING).split("\\")])


def _words(value: bytes, _: bool) -> Value:
    return _one_or_several([one.rstrip(PADDING) for one in _ascii(value).split("\\")])


def _passage(value: bytes, _: bool) -> Value:
    return _ascii(value).rstrip(PADDING)


def _name(value: bytes, _: bool) -> Value:
    text = _ascii(value).rstrip(PADDING)
    if not GROUPS_AND_NAMES.isdisjoint(text):
        raise _NotPlain
    return text


def _octets(value: bytes, _: bool) -> Value:
    return value or None


def _decimals(value: bytes, _: bool) -> Value:
    if not value:
        return None
    return _one_or_several([float(one) for one in _items_of(value)])


def _wholes(value: bytes, _: bool) -> Value:
    if not value:
        return None
    items = _items_of(value)
    if max(map(len, items)) > LONGEST_WHOLE:
        raise _NotPlain
    numbers = [int(one) for one in items]
    if list(map(str, numbers)) != items:  # "007" and "+7" are told as they are written
        raise _NotPlain
    return _one_or_several(numbers)


def _items_of(value: bytes) -> list[str]:
    if not SEPARATORS.isdisjoint(value):
        raise _NotPlain
    return value.decode("ascii").strip().rstrip(PADDING).split("\\")


def _numbers(code: str) -> Callable[[bytes, bool], Value]:
    size = struct.calcsize(f"<{code}")

    def read(value: bytes, is_little_endian: bool) -> Value:
        if not value:
            return None
        order = "<" if is_little_endian else ">"
        return _one_or_several(list(struct.unpack(f"{order}{len(value) // size}{code}", value)))

    return read


VALUE_OF: dict[str, Callable[[bytes, bool], Value]] = {
    **dict.fromkeys(("AS", "CS", "DA", "DT", "TM"), _codes),
    "UI": _uids,
    **dict.fromkeys(("LO", "SH", "UC"), _words),
    **dict.fromkeys(("LT", "ST", "UT"), _passage),
    "PN": _name,
    "DS": _decimals,
    "IS": _wholes,
    **{vr: _numbers(code) for vr, code in {"US": "H", "SS": "h", "UL": "I", "SL": "i"}.items()},
    **{vr: _numbers(code) for vr, code in {"FL": "f", "FD": "d"}.items()},
    **dict.fromkeys(BINARY, _octets),
}
