"""Moments of VR DT (PS3.5 6.2), their ranges (PS3.4 C.2.2.2.5.3), and offsets from UTC. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from pacs.catalog.rules import refuse

_OFFSET = re.compile(r"([+-])(\d{2})([0-5]\d)", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:\.(\d{1,6}))?)?)?)?)?)?([+-]\d{4})?",
    re.ASCII,
)
EARLIEST, LATEST = timedelta(hours=-12), timedelta(hours=14)
REASON = "The value is not a date and time (YYYYMMDDHHMMSS.FFFFFF&ZZXX) or a range of them."


@dataclass(frozen=True)
class Span:
    """From the first to the last moment that a DT may mean, for what it leaves out may be anything."""

    first: datetime
    last: datetime


def parse_offset(text: str) -> timedelta | None:
    """An offset from UTC, +HHMM or -HHMM; None for what is none."""
    found = _OFFSET.fullmatch(text)
    if found is None:
        return None
    size = timedelta(hours=int(found[2]), minutes=int(found[3]))
    offset = size if found[1] == "+" else -size
    return offset if EARLIEST <= offset <= LATEST else None


def moment_span(text: str) -> Span | None:
    """A DT; one without an offset is taken for UTC, which leaves their order as it is. None for what is none."""
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        return None
    *parts, micro, zone = found.groups()
    offset = parse_offset(zone) if zone else timedelta()
    if offset is None:
        return None
    given = [int(part) for part in parts if part is not None]
    low, high = [1, 1, 1, 0, 0, 0], [9999, 12, 31, 23, 59, 59]
    try:
        first = datetime(*(given + low[len(given) :]), tzinfo=timezone(offset))  # type: ignore[arg-type,misc]  # so many numbers as a date has
        if micro is not None:
            first = first.replace(microsecond=int(micro.ljust(6, "0")))
            return Span(first, first + timedelta(microseconds=10 ** (6 - len(micro)) - 1))
        last = _last_of(given, high, offset)
        return Span(first, last)
    except (ValueError, OverflowError):
        return None


def _last_of(given: list[int], high: list[int], offset: timedelta) -> datetime:
    values = given + high[len(given) :]
    while True:
        try:
            return datetime(*values, 999_999, tzinfo=timezone(offset))  # type: ignore[arg-type,misc]  # so many numbers as a date has
        except ValueError:
            if len(given) >= 3 or values[2] <= 28:
                raise
            values[2] -= 1  # the last day of a shorter month


def moments_between(name: str, value: str) -> tuple[datetime | None, datetime | None]:
    """The ends of a range of moments, None where it is open; of a single DT, all that it may mean.

    A hyphen before an offset that there is belongs to it (PS3.4 C.2.2.2.5.3). Raises BadRequest.
    """
    single = moment_span(value)
    if single is not None:
        return _within_years(single.first), _within_years(single.last)
    for place in (place for place, one in enumerate(value) if one == "-"):
        before, after = value[:place].strip(), value[place + 1 :].strip()
        begin, end = moment_span(before), moment_span(after)
        if (begin or not before) and (end or not after) and (begin or end):
            return _within_years(begin.first) if begin else None, _within_years(end.last) if end else None
    raise refuse(name, REASON)


def _within_years(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return moment
