"""Attribute matching of PS3.4 C.2.2.2 on the values of a kept header, by VR: from a key's text to a test of DICOM JSON.

The same rules as pacs.catalog.matching has for columns. Making a test raises BadRequest for a value that the attribute
cannot have; a test never raises, whatever a file says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from pacs.catalog import matching
from pacs.catalog.moments import Span, moment_span, moments_between
from pacs.catalog.names import WILD, name_key
from pacs.catalog.rules import Rules, listed, refuse
from pacs.catalog.values import to_date, to_time
from pacs.catalog.wildcards import wild_test
from pacs.uids import is_uid

ValueTest = Callable[[Any], bool]  # of one value
Test = Callable[[Sequence[Any]], bool]  # of all values of an element
MakeTest = Callable[[str, str, Rules], ValueTest]

TEXTS = frozenset(("AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"))
NUMBERS = frozenset(("DS", "FD", "FL", "IS", "SL", "SS", "SV", "UL", "US", "UV"))
# PS3.4 C.2.2.2.8
WITH_MULTIPLE_VALUES = frozenset(("AE", "AS", "AT", "CS", "LO", "PN", "SH", "UC"))
NAME_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")


def element_test(name: str, vr: str, value: str, rules: Rules) -> Test:
    """The test of an element's values, those that are none left out. Raises BadRequest."""
    if rules.asks_for_none(value):
        return lambda values: not values
    if vr not in MAKERS:
        raise refuse(name, f"Attributes of VR {vr} are not matched.")
    make = MAKERS[vr]
    if rules.multiple_values and vr in WITH_MULTIPLE_VALUES and len(listed(value)) > 1:
        tests = [make(name, one, rules) for one in listed(value)]
        return lambda values: all(any(map(test, values)) for test in tests)
    test = make(name, value, rules)
    return lambda values: any(map(test, values))


def private_test(name: str, value: str, rules: Rules) -> Callable[[str, Sequence[Any]], bool]:
    """The same for an attribute whose VR only the file knows; a value that this VR cannot have matches nothing."""
    by_vr: dict[str, Test] = {}

    def test(vr: str, values: Sequence[Any]) -> bool:
        if vr not in by_vr:
            try:
                by_vr[vr] = element_test(name, vr if vr in MAKERS else "LO", value, rules)
            except Exception:
                by_vr[vr] = lambda values: False
        return by_vr[vr](values)

    return test


def _text(name: str, value: str, rules: Rules) -> ValueTest:
    if not value.strip("*"):
        return lambda told: True
    if any(card in value for card in WILD):
        matches = wild_test(value)
        return lambda told: isinstance(told, str) and matches(told.strip())
    return lambda told: isinstance(told, str) and told.strip() == value


def _code(name: str, value: str, rules: Rules) -> ValueTest:
    tests = [_text(name, one, rules) for one in listed(value)] or [_text(name, value, rules)]
    return lambda told: any(test(told) for test in tests)


def _single(name: str, value: str, rules: Rules) -> ValueTest:
    return lambda told: isinstance(told, str) and told.strip() == value


def _person_name(name: str, value: str, rules: Rules) -> ValueTest:
    if rules.fuzzy:
        by_word = [[wild_test(one) for one in patterns] for patterns in matching.word_patterns(name, value)]
        return lambda told: all(any(test(_key_of(told)) for test in tests) for tests in by_word)
    patterns = matching.name_patterns(name, value)
    if patterns is None:
        return lambda told: True
    tests = [wild_test(pattern) for pattern in patterns]
    return lambda told: any(test(_key_of(told)) for test in tests)


def _key_of(told: Any) -> str:
    if not isinstance(told, dict):
        return ""
    return name_key("=".join(str(told.get(group, "")) for group in NAME_GROUPS))


def _uid(name: str, value: str, rules: Rules) -> ValueTest:
    uids = frozenset(listed(value))
    if not uids or not all(map(is_uid, uids)):
        raise refuse(name, "The value is not a UID or a list of UIDs.")
    return lambda told: isinstance(told, str) and told in uids


def _tag(name: str, value: str, rules: Rules) -> ValueTest:
    digits = value.strip("()").replace(",", "").upper()
    if len(digits) != 8 or not all(one in "0123456789ABCDEF" for one in digits):
        raise refuse(name, "The value is not a tag.")
    return lambda told: told == digits


def _number(name: str, value: str, rules: Rules) -> ValueTest:
    number = matching.to_number(name, value)
    return lambda told: (
        not isinstance(told, bool) and isinstance(told, int | float | str) and _same(told, number)
    )


def _same(told: float | str, number: float) -> bool:
    try:
        return float(told) == number
    except ValueError:
        return False


def _date(name: str, value: str, rules: Rules) -> ValueTest:
    return _between(to_date, *matching.date_range(name, value))


def _time(name: str, value: str, rules: Rules) -> ValueTest:
    return _between(to_time, *matching.time_range(name, value))


def _between(parse: Callable[[Any], Any], begin: Any, end: Any) -> ValueTest:
    def test(told: Any) -> bool:
        value = parse(told)
        return value is not None and (begin is None or begin <= value) and (end is None or value <= end)

    return test


def _date_time(name: str, value: str, rules: Rules) -> ValueTest:
    begin, end = moments_between(name, value)

    def test(told: Any) -> bool:
        span = moment_span(told) if isinstance(told, str) else None
        return span is not None and _is_within(span, begin, end)

    return test


def _is_within(span: Span, begin: datetime | None, end: datetime | None) -> bool:
    return (begin is None or span.first >= begin) and (end is None or span.first <= end)


MAKERS: dict[str, MakeTest] = {
    **dict.fromkeys(TEXTS, _text),
    **dict.fromkeys(NUMBERS, _number),
    "AS": _single,
    "AT": _tag,
    "CS": _code,
    "DA": _date,
    "DT": _date_time,
    "PN": _person_name,
    "TM": _time,
    "UI": _uid,
}
