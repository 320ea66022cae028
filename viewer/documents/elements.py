"""Values of a header as DICOM JSON (PS3.18 F.2) by keyword, as plain text: what is not there is empty."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from pydicom.datadict import tag_for_keyword

Dataset = Mapping[str, Any]
_DATE = re.compile(r"(\d{4})\.?(\d{2})\.?(\d{2})")
_TIME = re.compile(r"(\d{2}):?(\d{2})?:?(\d{2})?(?:\.\d+)?")
_MOMENT = re.compile(r"(\d{4})(\d{2})?(\d{2})?(\d{2}(?:\d{2}(?:\d{2}(?:\.\d+)?)?)?)?([+-]\d{4})?")


@lru_cache(maxsize=256)
def _tag(keyword: str) -> str:
    tag = tag_for_keyword(keyword)
    assert tag is not None, keyword  # noqa: S101  # a keyword of ours, and not of a file
    return f"{tag:08X}"


def element_of(dataset: Dataset, keyword: str) -> Mapping[str, Any]:
    """The element; an empty one where there is none."""
    element = dataset.get(_tag(keyword))
    return element if isinstance(element, dict) else {}


def values_of(dataset: Dataset, keyword: str) -> list[Any]:
    """Its values, without those that are none."""
    values = element_of(dataset, keyword).get("Value")
    return [one for one in values if one is not None] if isinstance(values, list) else []


def items_of(dataset: Dataset, keyword: str) -> Iterator[Dataset]:
    """The items of a sequence."""
    return (one for one in values_of(dataset, keyword) if isinstance(one, dict))


def first_item(dataset: Dataset, keyword: str) -> Dataset:
    """The first item of a sequence; an empty one where there is none."""
    return next(items_of(dataset, keyword), {})


def numbers_of(dataset: Dataset, keyword: str) -> list[float]:
    """Its finite numbers; empty where one of its values is none."""
    told = values_of(dataset, keyword)
    is_whole = all(
        isinstance(one, int | float) and not isinstance(one, bool) and math.isfinite(one) for one in told
    )
    return [float(one) for one in told] if is_whole else []


def number_of(dataset: Dataset, keyword: str) -> float | None:
    """Its first number."""
    return next(iter(numbers_of(dataset, keyword)), None)


def text_of(dataset: Dataset, keyword: str) -> str:
    """Its first value, trimmed. What is no text or number has none."""
    first: Any = next(iter(values_of(dataset, keyword)), "")
    return str(first).strip() if isinstance(first, str | int | float) else ""


def person_of(dataset: Dataset, keyword: str) -> str:
    """The first person's name, group after group, without the marks between its parts (PS3.5 6.2.1)."""
    first: Any = next(iter(values_of(dataset, keyword)), {})
    if not isinstance(first, dict):
        return ""
    groups = (str(first.get(name, "")) for name in ("Alphabetic", "Ideographic", "Phonetic"))
    return " / ".join(filter(None, (" ".join(group.replace("^", " ").split()) for group in groups)))


def date_of(dataset: Dataset, keyword: str) -> str:
    """2024-01-02; a text that is no date stays as it is (PS3.5 6.2, DA)."""
    told = text_of(dataset, keyword)
    found = _DATE.fullmatch(told)
    return "-".join(found.groups()) if found else told


def time_of(dataset: Dataset, keyword: str) -> str:
    """03:04:05, without parts of a second (PS3.5 6.2, TM)."""
    told = text_of(dataset, keyword)
    found = _TIME.fullmatch(told)
    return ":".join(filter(None, found.groups())) if found else told


def moment_of(dataset: Dataset, keyword: str) -> str:
    """2024-01-02 03:04:05 +0100, as far as it is told (PS3.5 6.2, DT)."""
    told = text_of(dataset, keyword)
    found = _MOMENT.fullmatch(told)
    if found is None:
        return told
    year, month, day, time, zone = found.groups()
    clock = time_of({_tag("StudyTime"): {"Value": [time]}}, "StudyTime") if time else ""
    return " ".join(filter(None, ("-".join(filter(None, (year, month, day))), clock, zone)))


def meaning_of(dataset: Dataset, keyword: str) -> str:
    """What the code of a Code Sequence means; where that is not told, the code itself (PS3.3 8.8)."""
    code = first_item(dataset, keyword)
    told = text_of(code, "CodeMeaning")
    return told or next(
        filter(None, (text_of(code, name) for name in ("CodeValue", "LongCodeValue", "URNCodeValue"))), ""
    )
