"""Values that stand where something has to stand (action D), and dates that were moved."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

REMOVED = "REMOVED"
EARLIEST = {"DA": "19000101", "TM": "000000", "DT": "19000101000000"}
OF_NUMBERS = {"IS": "0", "DS": "0", "AS": "000D"}
TEXTS = frozenset(("AE", "CS", "LO", "SH", "ST", "LT", "UC", "UT", "PN"))
BINARY_NUMBERS = frozenset(("US", "SS", "UL", "SL", "FL", "FD", "SV", "UV", "AT"))
_DATE = re.compile(r"(\d{4})(\d\d)?(\d\d)?")
_OLD_DATE = re.compile(r"(\d{4})\.(\d\d)\.(\d\d)")  # of ACR-NEMA (PS3.5 6.2, note of DA)


def stand_in(vr: str) -> Any:
    """A value of this VR that tells nothing: what action D puts in its place. Not for SQ and UI."""
    if vr in EARLIEST:
        return EARLIEST[vr]
    if vr in OF_NUMBERS:
        return OF_NUMBERS[vr]
    if vr in TEXTS:
        return REMOVED
    if vr == "UR":
        return "urn:removed"
    return 0 if vr in BINARY_NUMBERS else b"\0\0"


def moved(vr: str, text: str, days: int) -> str | None:
    """A date (DA) or the date in a moment (DT) moved by whole days; a time of day (TM) as it is.

    As precise as it was; None where it is no such value. Several values, and ranges, are no such value.
    """
    text = text.strip(" \0")
    if vr == "TM":
        return text if re.fullmatch(r"[\d:.]{2,16}", text) else None
    old = _OLD_DATE.fullmatch(text)
    text = "".join(old.groups()) if old else text
    found = _DATE.match(text)
    rest = text[found.end() :] if found else ""
    if found is None or not re.fullmatch(r"[\d.]*([+-]\d{4})?" if vr == "DT" else "", rest):
        return None
    try:
        day = date(int(found[1]), int(found[2] or 1), int(found[3] or 1)) + timedelta(days)
    except (ValueError, OverflowError):
        return None
    return f"{day:%Y%m%d}".rjust(8, "0")[: found.end()] + rest
