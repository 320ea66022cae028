"""Rows of the catalogue as DICOM JSON (PS3.18 Annex F)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, time
from functools import cache
from operator import attrgetter
from typing import Any

from pacs.catalog.attributes import ATTRIBUTES, BY_TAG, TOLD_IF_KNOWN, Attribute
from pacs.catalog.headers import JsonDataset, JsonElement
from pacs.catalog.levels import Level
from pacs.catalog.names import name_groups

GROUP_NAMES = {"alphabetic": "Alphabetic", "ideographic": "Ideographic", "phonetic": "Phonetic"}
AVAILABILITY_TAG, RETRIEVE_URL_TAG = "00080056", "00081190"
ONLINE: JsonElement = {"vr": "CS", "Value": ["ONLINE"]}
# A study of series without a modality: viewers read the first value without asking whether there is one.
OTHER = ["OT"]


def to_json_row(row: Any, level: Level, told: Iterable[Attribute], retrieve_url: str) -> JsonDataset:
    """A row of this level with these attributes, tags in ascending order."""
    elements = {
        attribute.tag: _element(attribute, value)
        for attribute in told
        if (value := row_value(row, attribute, level)) or attribute.keyword not in TOLD_IF_KNOWN
    }
    elements[AVAILABILITY_TAG] = ONLINE
    elements[RETRIEVE_URL_TAG] = {"vr": "UR", "Value": [retrieve_url]}
    return dict(sorted(elements.items()))


UIDS = frozenset(("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"))


def attributes_of(level: Level, from_level: Level, keywords: Iterable[str] = ()) -> tuple[Attribute, ...]:
    """The attributes of the levels from `from_level` down to `level`; of those above, UIDs and these keywords."""
    wanted = UIDS.union(TOLD_IF_KNOWN, keywords)
    known = (one for one in ATTRIBUTES if one.level <= level)
    return tuple(one for one in known if one.level >= from_level or one.keyword in wanted)


def row_value(row: Any, attribute: Attribute, level: Level) -> Any:
    """What the row, or one above it, has in the column of this attribute."""
    return _column(attribute.tag, level)(row)


@cache
def _column(tag: str, level: Level) -> Callable[[Any], Any]:
    return attrgetter(BY_TAG[tag].path_from(level).replace("__", "."))


def _element(attribute: Attribute, value: Any) -> JsonElement:
    values = _values(attribute, value)
    return {"vr": attribute.vr, "Value": values} if values else {"vr": attribute.vr}


def _values(attribute: Attribute, value: Any) -> list[Any]:
    if attribute.keyword == "ModalitiesInStudy":
        return [one for one in value.split("\\") if one] or OTHER
    if value is None or value == "" or (value == 0 and attribute.is_never_zero):
        return []
    if attribute.vr == "PN":
        groups = {GROUP_NAMES[name]: text for name, text in name_groups(value).items() if text}
        return [groups] if groups else []
    if isinstance(value, date):
        return [value.isoformat().replace("-", "")]  # strftime writes the year 800 in three digits
    return [_time(value)] if isinstance(value, time) else [value]


def _time(value: time) -> str:
    return value.isoformat("microseconds" if value.microsecond else "seconds").replace(":", "")
