"""From what a header says to what a column can hold: made valid (cut, emptied), never refused. Pure.

The bytes stay as they came (promise P2); these rules are for the rows alone. Nothing here trusts its
argument to be even text: the child that read the header may have been taken over.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from pacs.uids import is_uid

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
# "2024.01.02" is ACR-NEMA's way (PS3.5 6.2, note to DA); dashes are some vendors' own.
_DATE = re.compile(r"([0-9]{4})([.-]?)([0-9]{2})\2([0-9]{2})")
_TIME = re.compile(r"([0-9]{2})(?::?([0-9]{2})(?::?([0-9]{2})(?:\.([0-9]{1,6}))?)?)?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}(?:\.0*)?")
LONGEST_LOOKED_AT = 1 << 16
LONGEST_INDEXED_BYTES = 1200  # PostgreSQL refuses a row whose indexed text comes near 2,700


def clean_text(value: Any, length: int) -> str:
    """At most `length` characters that any database takes: no NUL or other control, no half of a surrogate pair."""
    if not isinstance(value, str):
        return ""
    text = value[:LONGEST_LOOKED_AT]
    if text.isprintable():  # most are, and it is the quicker question: no control and no half of a pair is
        return text.strip()[:length].rstrip()
    text = _CONTROL.sub(" ", text)
    return _SURROGATE.sub("\ufffd", text).strip()[:length].rstrip()


def clean_name(value: Any, length: int) -> str:
    """A person name: as clean_text, without empty groups and components at its end (PS3.5 6.2.1.1)."""
    groups = [group.strip().rstrip("^").rstrip() for group in clean_text(value, LONGEST_LOOKED_AT).split("=")]
    return "=".join(groups).rstrip("=")[:length].rstrip(" ^=")


def clean_uid(value: Any) -> str:
    """The UID, or empty where it has not the shape of one. Padding is taken off."""
    text = value.strip(" \0") if isinstance(value, str) else ""
    return text if is_uid(text) else ""


def to_date(value: Any) -> date | None:
    """A DA (PS3.5 6.2) as a date; None for a range, a day that is not in the calendar, anything else."""
    match = _DATE.fullmatch(clean_text(value, 32))
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[3]), int(match[4]))
    except ValueError:
        return None


def to_time(value: Any) -> time | None:
    """A TM (PS3.5 6.2) as a time of day; what it leaves out is zero, a leap second is the one before."""
    match = _TIME.fullmatch(clean_text(value, 32))
    if match is None:
        return None
    hour, minute, second = (int(part or 0) for part in match.groups()[:3])
    try:
        return time(
            hour, minute, min(second, 59) if second == 60 else second, int((match[4] or "0").ljust(6, "0"))
        )
    except ValueError:
        return None


def to_whole(value: Any) -> int | None:
    """An IS (PS3.5 6.2) as a whole number of at most 64 bits; None for anything else."""
    text = clean_text(value, 64)
    return int(text.split(".")[0]) if _WHOLE.fullmatch(text) else None


def to_finite(value: Any) -> float | None:
    """The number, when it is one that a database and JSON can hold."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def moment(day: date | None, at: time | None) -> int:
    """Date and time as the number YYYYMMDDHHMMSS; 0 without a date."""
    if day is None:
        return 0
    clock = at.hour * 10000 + at.minute * 100 + at.second if at else 0
    return (day.year * 10000 + day.month * 100 + day.day) * 1000000 + clock


def cut_bytes(text: str, most: int) -> str:
    """The text, cut so that its UTF-8 is at most `most` bytes and no character is halved."""
    return text.encode()[:most].decode(errors="ignore")


def said_anew(said: Mapping[str, Any], row: object) -> dict[str, Any]:
    """What a header says that the row does not say yet. Silence changes nothing: it is no correction."""
    return {
        name: value
        for name, value in said.items()
        if value is not None and value != "" and value != getattr(row, name)
    }
