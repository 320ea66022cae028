"""Attribute matching of PS3.4 C.2.2.2, one function for each kind: from a key's text to a condition in SQL.

All but names are matched as they are written: case and accents count. Names are matched folded, and in
whichever of their three component groups fits (PS3.4 C.2.2.2.1 allows both). Every function raises
BadRequest for a value that its kind of attribute cannot have.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from datetime import date, time
from functools import reduce
from operator import and_, or_
from typing import TypeVar

from django.db.models import Q

from pacs.catalog.names import WILD, name_pattern, words_of
from pacs.catalog.rules import listed
from pacs.catalog.values import moment, to_date, to_time, to_whole
from pacs.errors import BadRequest
from pacs.uids import is_uid

LONGEST_VALUE = 1024
LONGEST_UID_LIST = 50_000
MOST_NAME_WORDS = 32  # three groups of five components, and some of two words
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DASHED_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_ALWAYS = Q()
End = TypeVar("End")


def require_readable(keyword: str, value: str) -> str:
    """The value without its padding. Raises BadRequest where no attribute could hold it."""
    longest = LONGEST_UID_LIST if keyword.endswith("UID") else LONGEST_VALUE
    if len(value) > longest:
        raise BadRequest(parameter=keyword, reason="The value is too long.")
    if _CONTROL.search(value):
        raise BadRequest(parameter=keyword, reason="The value holds a control character.")
    return value.strip()


def match_uids(keyword: str, path: str, value: str) -> Q:
    """A UID or a list of them (PS3.4 C.2.2.2.2), between commas or backslashes (PS3.18 8.3.4.1)."""
    uids = listed(value)
    if not uids or not all(map(is_uid, uids)):
        raise BadRequest(parameter=keyword, reason="The value is not a UID or a list of UIDs.")
    return Q(**{path: uids[0]}) if len(uids) == 1 else Q(**{f"{path}__in": uids})


def match_text(keyword: str, path: str, value: str) -> Q:
    """A single value or wild cards (PS3.4 C.2.2.2.1, C.2.2.2.4)."""
    if not value.strip("*"):
        return _ALWAYS
    return Q(**{f"{path}__wild" if _is_wild(value) else path: value})


def match_single(keyword: str, path: str, value: str) -> Q:
    """A single value, of a VR without wild cards."""
    return Q(**{path: value})


def match_codes(keyword: str, path: str, value: str) -> Q:
    """The same for short codes, and any of a list of them."""
    codes = listed(value)
    if not codes:
        raise BadRequest(parameter=keyword, reason="The value is empty.")
    return _any_of(Q(**{f"{path}__wild" if _is_wild(one) else path: one}) for one in codes)


def match_modalities(keyword: str, path: str, value: str) -> Q:
    r"""Any of the modalities of a study, which are kept as "\CT\SR\"."""
    return _ALWAYS if value == "*" else _any_of(_modalities(keyword, path, value))


def match_all_modalities(keyword: str, path: str, value: str) -> Q:
    """The same by Multiple Value Matching: every one of them (PS3.4 C.2.2.2.8)."""
    return reduce(and_, _modalities(keyword, path, value), Q())


def _modalities(keyword: str, path: str, value: str) -> list[Q]:
    codes = listed(value)
    if not codes:
        raise BadRequest(parameter=keyword, reason="The value is empty.")
    return [Q(**{f"{path}__wild": f"*\\{one}\\*"}) for one in codes]


def _any_of(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions, Q())


def match_number(keyword: str, path: str, value: str) -> Q:
    """A whole number."""
    number = to_whole(value)
    if number is None or abs(number) >= 1 << 63:
        raise BadRequest(parameter=keyword, reason="The value is not a whole number.")
    return Q(**{path: number})


def to_number(keyword: str, value: str) -> float:
    """A decimal number as DS and IS write it (PS3.5 6.2). Raises BadRequest."""
    try:
        number = float(value) if value.isascii() and "_" not in value else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise BadRequest(parameter=keyword, reason="The value is not a number.")
    return number


# --- dates and times (PS3.4 C.2.2.2.5) ---------------------------------------------------------


def match_date(keyword: str, path: str, value: str) -> Q:
    """A date, or a range of them with either end open."""
    begin, end = date_range(keyword, value)
    return _between(path, begin, end)


def match_time(keyword: str, path: str, value: str) -> Q:
    """A time or a range; what a time leaves out is all that it may be: 10 is every moment of that hour."""
    begin, end = time_range(keyword, value)
    return _between(path, begin, end)


def match_moments(
    day: str, at: str, days: tuple[date | None, date | None], times: tuple[time | None, time | None]
) -> Q:
    """A range of moments over a column of dates and one of times."""
    found = Q()
    if days[0]:
        found &= Q(**{f"{day}__gt": days[0]}) | Q(**{day: days[0], f"{at}__gte": times[0] or time.min})
    if days[1]:
        found &= Q(**{f"{day}__lt": days[1]}) | Q(**{day: days[1], f"{at}__lte": times[1] or time.max})
    return found


def match_study_date(keyword: str, path: str, value: str) -> Q:
    """A date, by the index that studies are sorted by."""
    return _between(path, *moments(date_range(keyword, value), (None, None)))


def moments(days: tuple[date | None, date | None], times: tuple[time | None, time | None]) -> tuple[int, int]:
    """The first and last study_moment of a range of days from a time of the first to a time of the last."""
    begin = moment(days[0], times[0]) if days[0] else 1  # 0 is a study without a date: no range holds it
    last = times[1] or time(23, 59, 59)
    return begin, moment(days[1] or date.max, last)


def is_range(value: str) -> bool:
    """Whether this is a range of dates or times."""
    return "-" in value and not _DASHED_DATE.fullmatch(value)


def are_ranges_alike(days: str, times: str) -> bool:
    """Whether a date and a time specify the same form of range, and so one range of moments (PS3.4 C.2.2.2.5)."""
    return _form(days) != (False, False) and _form(days) == _form(times)


def _form(value: str) -> tuple[bool, bool]:
    if not is_range(value):
        return False, False
    before, _, after = value.partition("-")
    return bool(before.strip()), bool(after.strip())


def date_range(keyword: str, value: str) -> tuple[date | None, date | None]:
    """The ends of the range, None where it is open; of a single date, that date twice."""
    return _range(keyword, value, to_date, to_date, "The value is not a date (YYYYMMDD) or a range of dates.")


def time_range(keyword: str, value: str) -> tuple[time | None, time | None]:
    """The same for times of day."""
    return _range(keyword, value, to_time, _to_last, "The value is not a time (HHMMSS) or a range of times.")


def _range(
    keyword: str,
    value: str,
    to_begin: Callable[[str], End | None],
    to_end: Callable[[str], End | None],
    reason: str,
) -> tuple[End | None, End | None]:
    before, _, after = value.partition("-") if is_range(value) else (value, "", value)
    texts = before.strip(), after.strip()
    begin, end = (
        parse(text) if text else None for parse, text in zip((to_begin, to_end), texts, strict=True)
    )
    if (texts[0] and begin is None) or (texts[1] and end is None) or not any(texts):
        raise BadRequest(parameter=keyword, reason=reason)
    return begin, end


def _to_last(text: str) -> time | None:
    """The last moment that a time of day may mean."""
    first = to_time(text)
    digits = text.partition(".")[0].replace(":", "")
    if first is None or "." in text:
        return first
    return first.replace(
        minute=59 if len(digits) < 4 else first.minute,
        second=59 if len(digits) < 6 else first.second,
        microsecond=999_999,
    )


def _between(path: str, begin: object, end: object) -> Q:
    ends = {f"{path}__gte": begin, f"{path}__lte": end}
    return Q(**{name: value for name, value in ends.items() if value is not None})


# --- names (PS3.4 C.2.2.2.1, C.2.2.2.4) --------------------------------------------------------


def match_name(keyword: str, path: str, value: str) -> Q:
    """A person name against a column that holds its name_key.

    "Yamada^*" matches in any component group; with "=" in it, each group matches its own.
    """
    patterns = name_patterns(keyword, value)
    return _ALWAYS if patterns is None else _any_of(_key(path, pattern) for pattern in patterns)


def name_patterns(keyword: str, value: str) -> list[str] | None:
    """The patterns of which a name's key has to match one; None where every name does. Raises BadRequest."""
    groups = [name_pattern(group) for group in value.split("=", MOST_NAME_WORDS)]
    _require_few(keyword, " ".join(groups).split())
    while groups and not groups[-1]:
        groups.pop()
    if not groups or not "".join(groups).strip("*= "):
        _require_wild(keyword, value)
        return None
    if len(groups) == 1:
        return _in_any_group(groups[0])
    pattern = "=".join(group or "*" for group in groups)
    return [pattern, f"{pattern}=*"]


def _require_wild(keyword: str, value: str) -> None:
    if "*" not in value:
        raise BadRequest(parameter=keyword, reason="The value has no letter of a name.")


def _require_few(keyword: str, words: list[str]) -> None:
    if len(words) > MOST_NAME_WORDS:
        raise BadRequest(parameter=keyword, reason="The value has more words than a name.")


def _in_any_group(pattern: str) -> list[str]:
    begins = ("",) if pattern.startswith("*") else ("", "*=")
    ends = ("",) if pattern.endswith("*") else ("", "=*")
    found = [f"{begin}{pattern}{end}" for begin in begins for end in ends]
    if pattern.endswith(" *"):  # "Doe^*" is also who has no given name
        found += _in_any_group(pattern[:-2])
    return found


def _key(path: str, pattern: str) -> Q:
    return Q(**{f"{path}__wild" if _is_wild(pattern) else path: pattern})


def match_name_words(keyword: str, path: str, value: str) -> Q:
    """Fuzzy matching (PS3.18 8.3.4.2): every word begins a word of the name, in any order and group."""
    found = Q()
    for patterns in word_patterns(keyword, value):
        found &= _any_of(Q(**{f"{path}__wild": pattern}) for pattern in patterns)
    return found


def word_patterns(keyword: str, value: str) -> list[list[str]]:
    """For each word the patterns of which a name's key has to match one. Raises BadRequest."""
    words = words_of(value)
    _require_few(keyword, words)
    if not words:
        _require_wild(keyword, value)
    return [[f"{before}{word}*" for before in ("", "* ", "*=")] for word in words]


def first_words(value: str) -> list[str]:
    """The beginnings of words that a name with wild cards surely has: of "Do*^?ane" that is "do"."""
    words = name_pattern(value.replace("=", " ")).split()
    begun = (re.split(r"[*?]", word)[0] for word in words)
    return [word for word in begun if word]


def _is_wild(value: str) -> bool:
    return any(card in value for card in WILD)
