"""The query of a search (PS3.18 8.3.4), read into keys, rules and paging. No filter is passed over in silence: what
cannot be honoured is refused, for a filter that is left out finds too much. A parameter that is no attribute is
ignored with a warning, as PS3.18 8.3 has it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pacs.catalog.attributes import BY_KEYWORD, meant_keyword, name_of
from pacs.catalog.keys import printable, require_path
from pacs.catalog.levels import Level
from pacs.catalog.moments import parse_offset
from pacs.catalog.rules import LITERAL, Rules
from pacs.dicomweb.search_transactions import PARAMETER_NAMES
from pacs.errors import BadRequest
from pacs.uids import parse_uid

if TYPE_CHECKING:
    from django.http import QueryDict

MOST_RESULTS = 5000  # whoever wants more asks for the next page; a series of slices fits
MOST_DIGITS = 9
MOST_FIELDS = 500
ALL = "all"
TIMEZONE, CHARACTER_SET = "TimezoneOffsetFromUTC", "SpecificCharacterSet"
# PS3.18 8.3.1: names of parameters; those of attributes begin with a capital, or are tags.
_PARAMETER = re.compile(r"[a-z_][A-Za-z0-9_-]*")
_TAG = re.compile(r"[0-9A-Fa-f]{8}")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A search as it was asked. Attributes are named by keyword, by tag where they have none, dots between."""

    keys: Mapping[str, str]
    rules: Rules = LITERAL
    limit: int = MOST_RESULTS
    offset: int = 0
    after: str = ""  # the UID of the result that the page begins behind
    include_all: bool = False
    included: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()  # what was ignored

    @property
    def included_keywords(self) -> list[str]:
        """The attributes that are told beyond those of the tables; all that have a column where all are."""
        return [*(BY_KEYWORD if self.include_all else ()), *self.included]


def parse_search(query: QueryDict, level: Level, scope: Mapping[str, str]) -> Asked:
    """What is asked of this level; `scope` are the keys that the path has set. Raises BadRequest."""
    ignored: list[str] = []
    keys = _keys(query, scope, ignored)
    fields = _fields(query.getlist("includefield"))
    return Asked(
        keys=_of_level({**keys, **scope}, level),
        rules=Rules(
            fuzzy=_is_true(query, "fuzzymatching"),
            empty_values=_is_true(query, "emptyvaluematching"),
            multiple_values=_is_true(query, "multiplevaluematching"),
        ),
        limit=min(_number(query, "limit", MOST_RESULTS), MOST_RESULTS),
        offset=_number(query, "offset", 0),
        after=_uid(query, "after"),
        include_all=ALL in fields,
        included=tuple(name_of(require_path(name)) for name in fields if name != ALL),
        warnings=tuple(ignored),
    )


def _keys(query: QueryDict, scope: Mapping[str, str], ignored: list[str]) -> dict[str, str]:
    keys: dict[str, str] = {}
    for given, values in query.lists():
        if given in PARAMETER_NAMES or _is_ignorable(given, ignored):
            continue
        name = name_of(require_path(given))
        if name in keys:
            raise BadRequest(parameter=name, reason="This attribute is given more than once.")
        value = _one_value(name, values)
        if name in scope and value not in ("", scope[name]):
            raise BadRequest(parameter=name, reason="The address names another.")
        if not _is_of_dates_and_letters(name, value, ignored):
            keys[name] = value
    return keys


def _is_ignorable(name: str, ignored: list[str]) -> bool:
    """Whether this is no attribute, nor meant to be one."""
    if _TAG.fullmatch(name) or not _PARAMETER.fullmatch(name) or meant_keyword(name):
        return False
    ignored.append(f"The parameter {printable(name)} is not supported and was ignored.")
    return True


def _is_of_dates_and_letters(name: str, value: str, ignored: list[str]) -> bool:
    """Whether the attribute says how others are to be read, and is never matched itself (PS3.4 C.2.2.2)."""
    if name == TIMEZONE and value:
        if parse_offset(value) is None:
            raise BadRequest(parameter=name, reason="The value is not an offset from UTC (+HHMM or -HHMM).")
        ignored.append("Dates and times were matched as they are written, whatever the time zone.")
    return name in (TIMEZONE, CHARACTER_SET) and bool(value)


def _one_value(name: str, values: list[str]) -> str:
    given = [value for value in values if value]
    if len(given) > 1 and not name.endswith("UID"):
        raise BadRequest(parameter=name, reason="This attribute is given more than once.")
    return ",".join(given)


def _of_level(keys: dict[str, str], level: Level) -> dict[str, str]:
    """The keys; those that are empty match all, and of a level below there is nothing to tell."""
    return {
        name: value
        for name, value in keys.items()
        if value or name not in BY_KEYWORD or BY_KEYWORD[name].level <= level
    }


def _fields(given: Iterable[str]) -> list[str]:
    fields = [name.strip() for value in given for name in value.split(",") if name.strip()]
    if len(fields) > MOST_FIELDS:
        raise BadRequest(parameter="includefield", reason=f"At most {MOST_FIELDS} attributes.")
    return list(dict.fromkeys(fields))


def _is_true(query: QueryDict, name: str) -> bool:
    value = _single(query, name) or "false"
    if value.lower() not in ("true", "false"):
        raise BadRequest(parameter=name, reason="The value is neither true nor false.")
    return value.lower() == "true"


def _number(query: QueryDict, name: str, default: int) -> int:
    value = _single(query, name)
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and len(value) <= MOST_DIGITS):
        raise BadRequest(parameter=name, reason="The value is not a number of results.")
    return int(value)


def _uid(query: QueryDict, name: str) -> str:
    value = _single(query, name)
    return parse_uid(value, name) if value else ""


def _single(query: QueryDict, name: str) -> str:
    values = query.getlist(name)
    if len(values) > 1:
        raise BadRequest(parameter=name, reason="This parameter is given more than once.")
    return values[0] if values else ""
