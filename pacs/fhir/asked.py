"""What a FHIR search asks of the trail (R4 AuditEvent search parameters), and the links that lead on from an answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from pacs.access.trail import Asked, patients_called
from pacs.errors import BadRequest
from pacs.trail.fhir import OUTCOMES
from pacs.trail.meanings import actions_of
from pacs.uids import parse_uid

DEFAULT_COUNT, MOST_COUNT = 50, 500
AFTER = "_after"  # ours: the number of the event behind which a page begins
Given = Mapping[str, list[str]]
_LETTERS = frozenset("CRUDE")
_CODES = frozenset(("0", "4", "8", "12"))
_DATE = re.compile(
    r"(?P<prefix>[a-z]{2})?(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:T(?P<time>\d\d:\d\d)(?P<second>:\d\d)?(?P<fraction>\.\d{1,6})?(?P<zone>Z|[+-]\d\d:\d\d)?)?)?)?"
)


@dataclass(frozen=True)
class Search:
    """A search that was understood. `told` are its parameters as its links repeat them."""

    asked: Asked
    told: tuple[tuple[str, str], ...] = ()
    count: int = DEFAULT_COUNT
    after: int | None = None
    oldest_first: bool = False

    def link(self, address: str, after: int | None) -> str:
        """The address of this search, or of its page behind an event. A Patient ID is in none of them."""
        given = [*self.told, *([(AFTER, str(after))] if after is not None else [])]
        return f"{address}?{urlencode(given)}" if given else address


def parse_search(given: Given, *, strictly: bool) -> Search:
    """What is asked for. Raises BadRequest for what cannot be understood; `strictly`, for an unknown parameter too.

    Otherwise those are left out (FHIR 3.1.1.6), and the link to the search itself tells which were not.
    """
    search = Search(Asked())
    for name, values in given.items():
        reader = _READERS.get(name)
        if reader is None:
            if strictly and name != "_format":
                raise BadRequest(parameter=name, reason="There is no such search parameter here.")
            continue
        if len(values) > 1 and name != "date":
            raise BadRequest(parameter=name, reason="It is given twice.")
        for value in values:
            search = reader(search, name, value) if value else search
    return search


def _telling(search: Search, name: str, value: str) -> Search:
    return replace(search, told=(*search.told, (name, value)))


def _date(search: Search, name: str, value: str) -> Search:
    found = _DATE.fullmatch(value)
    try:
        if found is None:
            raise ValueError
        first, behind = _span(found)
        since, until = _BOUNDS[found["prefix"] or "eq"](first, behind)
    except (ValueError, KeyError, OverflowError):
        reason = "This is not a date, with eq, gt, ge, lt, le, sa or eb before it."
        raise BadRequest(parameter=name, reason=reason) from None
    asked = search.asked
    narrowed = replace(
        asked,
        since=max(filter(None, (asked.since, since)), default=None),
        until=min(filter(None, (asked.until, until)), default=None),
    )
    return _telling(replace(search, asked=narrowed), name, value)


def _span(found: re.Match[str]) -> tuple[datetime, datetime]:
    """The first moment of a date of any precision, and the first behind it. Without a zone it is UTC."""
    year, month, day = int(found["year"]), int(found["month"] or 1), int(found["day"] or 1)
    if found["time"] is None:
        first = datetime(year, month, day, tzinfo=UTC)
        if found["day"]:
            return first, first + timedelta(days=1)
        return first, _months_later(first, 1 if found["month"] else 12)
    zone = (found["zone"] or "Z").replace("Z", "+00:00")
    text = f"{year:04}-{month:02}-{day:02}T{found['time']}{found['second'] or ':00'}{found['fraction'] or ''}{zone}"
    first = datetime.fromisoformat(text)
    if found["fraction"]:
        return first, first + timedelta(milliseconds=1)
    return first, first + (timedelta(seconds=1) if found["second"] else timedelta(minutes=1))


def _months_later(first: datetime, months: int) -> datetime:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return first.replace(year=year, month=month + 1)


Bounds = tuple[datetime | None, datetime | None]
# FHIR 3.1.1.5.3: an event is a moment, what it is held against is a span.
_BOUNDS: dict[str, Callable[[datetime, datetime], Bounds]] = {
    "eq": lambda first, behind: (first, behind),
    "gt": lambda first, behind: (behind, None),
    "sa": lambda first, behind: (behind, None),
    "ge": lambda first, behind: (first, None),
    "lt": lambda first, behind: (None, first),
    "eb": lambda first, behind: (None, first),
    "le": lambda first, behind: (None, behind),
}


def _agent(search: Search, name: str, value: str) -> Search:
    account = value.rpartition("|")[2]
    return _telling(replace(search, asked=replace(search.asked, agent=account)), name, value)


def _patient(search: Search, name: str, value: str) -> Search:
    numbers = [one.removeprefix("Patient/") for one in value.split(",")]
    if not all(re.fullmatch(r"[0-9]{1,18}", one) for one in numbers):
        raise BadRequest(parameter=name, reason="This is not a reference like Patient/12.")
    patients = frozenset(map(int, numbers))
    return _telling(replace(search, asked=replace(search.asked, patients=patients)), name, value)


def _patient_identifier(search: Search, name: str, value: str) -> Search:
    """By Patient ID; from here on the patients are numbers, also in every link (promise P16)."""
    found = patients_called(value.rpartition("|")[2])
    return _patient(search, "patient", ",".join(str(number) for number in sorted(found)) or "0")


def _entity(search: Search, name: str, value: str) -> Search:
    uid = parse_uid(value.rpartition("|")[2].removeprefix("urn:oid:"), name)
    return _telling(replace(search, asked=replace(search.asked, study=uid)), name, value)


def _action(search: Search, name: str, value: str) -> Search:
    letters = frozenset(code.rpartition("|")[2] for code in value.split(","))
    if not letters <= _LETTERS:
        raise BadRequest(parameter=name, reason="This is none of C, R, U, D, E.")
    actions = frozenset[str]().union(*map(actions_of, letters))
    return _telling(replace(search, asked=replace(search.asked, actions=actions)), name, value)


def _outcome(search: Search, name: str, value: str) -> Search:
    codes = frozenset(code.rpartition("|")[2] for code in value.split(","))
    if not codes <= _CODES:
        raise BadRequest(parameter=name, reason="This is none of 0, 4, 8, 12.")
    outcomes = frozenset(OUTCOMES[code] for code in codes if code in OUTCOMES)
    return _telling(replace(search, asked=replace(search.asked, outcomes=outcomes)), name, value)


def _address(search: Search, name: str, value: str) -> Search:
    return _telling(replace(search, asked=replace(search.asked, address=value)), name, value)


def _count(search: Search, name: str, value: str) -> Search:
    count = min(_number(name, value), MOST_COUNT)
    return _telling(replace(search, count=max(count, 1)), name, value)


def _sort(search: Search, name: str, value: str) -> Search:
    if value not in ("date", "-date"):
        raise BadRequest(parameter=name, reason="Events are sorted by date or -date.")
    return _telling(replace(search, oldest_first=value == "date"), name, value)


def _after(search: Search, name: str, value: str) -> Search:
    return replace(search, after=_number(name, value))


def _number(name: str, value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", value):
        raise BadRequest(parameter=name, reason="This is not a number.")
    return int(value)


_READERS: dict[str, Callable[[Search, str, str], Search]] = {
    "date": _date,
    "agent": _agent,
    "agent:identifier": _agent,
    "altid": _agent,
    "patient": _patient,
    "patient.identifier": _patient_identifier,
    "patient:identifier": _patient_identifier,
    "entity": _entity,
    "entity:identifier": _entity,
    "action": _action,
    "outcome": _outcome,
    "address": _address,
    "_count": _count,
    "_sort": _sort,
    AFTER: _after,
}
# As the capability statement tells them.
SEARCH_PARAMETERS = {
    "date": "date",
    "agent": "reference",
    "altid": "token",
    "patient": "reference",
    "entity": "reference",
    "action": "token",
    "outcome": "token",
    "address": "string",
}
