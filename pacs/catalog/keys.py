"""From what is searched by to its conditions: columns in SQL, what has no column in the kept headers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from pacs.catalog import matching
from pacs.catalog.attributes import (
    BY_KEYWORD,
    BY_TAG,
    TOLD_ONLY,
    Attribute,
    Path,
    meant_keyword,
    name_of,
    path_of,
)
from pacs.catalog.headers import HeaderKeys, header_keys
from pacs.catalog.levels import Level, level_of_tag
from pacs.catalog.models import Instance, StudyWord
from pacs.catalog.names import LONGEST_WORD, is_east_asian, words_of
from pacs.catalog.requests import requested
from pacs.catalog.rules import LITERAL, Rules, refuse

Match = Callable[[str, str, str], Q]
HavingWords = Callable[[list[str], str], Q]

MATCH_BY_VR: dict[str, Match] = {
    "AS": matching.match_single,
    "CS": matching.match_codes,
    "DA": matching.match_date,
    "IS": matching.match_number,
    "LO": matching.match_text,
    "PN": matching.match_name,
    "SH": matching.match_text,
    "TM": matching.match_time,
    "UI": matching.match_uids,
    "US": matching.match_number,
}
# Columns that were made for searching: what a key is matched against instead of the attribute's own.
SEARCHED_BY = {
    "ModalitiesInStudy": ("modalities_in_study", matching.match_modalities),
    "ReferringPhysicianName": ("referring_physician_key", matching.match_name),
    "StudyDate": ("study_moment", matching.match_study_date),
}
TEXT_VRS = frozenset(("AS", "CS", "LO", "PN", "SH", "UI"))
MOST_WORDS = 16
LEVEL_NAMES = {Level.STUDY: "study", Level.SERIES: "series", Level.INSTANCE: "instance"}
SOP_CLASSES_IN_STUDY = path_of("SOPClassesInStudy")


@dataclass(frozen=True)
class Conditions:
    """What rows, and what headers, have to be."""

    columns: Q
    headers: HeaderKeys


def require_path(name: str) -> Path:
    """The attribute that is named so. Raises BadRequest where there is none."""
    path = path_of(name)
    if path:
        return path
    meant = meant_keyword(name)
    hint = f" Did you mean {meant}?" if meant else ""
    raise refuse(printable(name), f"There is no attribute of this name or tag.{hint}")


def printable(name: str) -> str:
    """As much of a name as may be repeated."""
    return "".join(
        letter for letter in name[:64] if (letter.isascii() and letter.isalnum()) or letter in "._-"
    )


def conditions_of(
    level: Level,
    keys: Mapping[str, str],
    told: Iterable[str] = (),
    rules: Rules = LITERAL,
    *,
    few: bool = False,
) -> Conditions:
    """Of keys by keyword, tag or path of either; what is only to be told is looked for too. Raises BadRequest.

    An empty value matches everything (PS3.4 C.2.2.2.3).
    """
    columns: dict[Attribute, str] = {}
    headers: dict[Path, str] = {}
    condition = Q()
    for name, given in keys.items():
        value, path = matching.require_readable(name, given), require_path(name)
        if path == SOP_CLASSES_IN_STUDY:
            condition &= _sop_classes(level, value) if value else Q()
        elif path[0] in BY_TAG and len(path) == 1:
            columns[_of_level(BY_TAG[path[0]], level, value)] = value
        else:
            headers[_in_header(path, level, value)] = value
    condition &= requested(level, headers, rules, few=few)
    valued = {attribute: value for attribute, value in columns.items() if value}
    condition &= _moments(valued, level)
    for attribute, value in valued.items():
        condition &= _condition(attribute, level, value, rules, having_one_by_one if few else having_words)
    only_told = [path for name in told if (path := require_path(name))[0] not in BY_TAG]
    wanted = [path for path in only_told if path[0] not in TOLD_ONLY and level_of_tag(path[0]) <= level]
    seekable = {path: value for path, value in headers.items() if level_of_tag(path[0]) <= level}
    return Conditions(condition, header_keys(seekable, wanted, rules))


def _of_level(attribute: Attribute, level: Level, value: str) -> Attribute:
    if value and not attribute.is_key:
        raise refuse(attribute.keyword, "Searching by this attribute is not supported.")
    if value and attribute.level > level:
        raise refuse(attribute.keyword, f"This is no attribute of a {LEVEL_NAMES[level]}.")
    return attribute


def _in_header(path: Path, level: Level, value: str) -> Path:
    if value and path[0] in TOLD_ONLY:
        raise refuse(name_of(path), "Searching by this attribute is not supported.")
    if value and level_of_tag(path[0]) > level:
        raise refuse(name_of(path), f"This is no attribute of a {LEVEL_NAMES[level]}.")
    return path


def _condition(attribute: Attribute, level: Level, value: str, rules: Rules, having: HavingWords) -> Q:
    path, match = SEARCHED_BY.get(attribute.keyword, (attribute.path, MATCH_BY_VR[attribute.vr]))
    to_study = attribute.path_from(level).removesuffix(attribute.path)
    if rules.asks_for_none(value):
        return _without_value(attribute, attribute.path_from(level))
    if attribute.keyword == "PatientName":
        return _patient_name(to_study, value, rules.fuzzy, having)
    if attribute.vr == "PN" and rules.fuzzy:
        match = matching.match_name_words
    if attribute.keyword == "ModalitiesInStudy" and rules.multiple_values:
        match = matching.match_all_modalities
    return match(attribute.keyword, to_study + path, value)


def _without_value(attribute: Attribute, path: str) -> Q:
    if attribute.vr in TEXT_VRS:
        return Q(**{path: ""})
    return Q(**{path: 0}) if attribute.is_never_zero else Q(**{f"{path}__isnull": True})


def _patient_name(to_study: str, value: str, fuzzy: bool, having: HavingWords) -> Q:
    """The name itself, looked for only among the studies that the index of words gives."""
    keyword, path, study = "PatientName", f"{to_study}patient__name_key", f"{to_study}pk"
    if not fuzzy:
        return matching.match_name(keyword, path, value) & having(matching.first_words(value), study)
    words = words_of(value)
    # Family and given name typed in one piece are in the index in one piece, and nowhere else.
    apart = " ".join(word for word in words if not is_east_asian(word))
    found = having(words, study)
    return found & matching.match_name_words(keyword, path, apart) if apart or not words else found


def _moments(valued: dict[Attribute, str], level: Level) -> Q:
    """Ranges of a date and of its time are one range of moments (PS3.4 C.2.2.2.5): both are taken out of `valued`."""
    found = Q()
    for day in [one for one in valued if one.vr == "DA"]:
        at = BY_KEYWORD.get(f"{day.keyword.removesuffix('Date')}Time")
        if at is None or not matching.are_ranges_alike(valued[day], valued.get(at, "")):
            continue
        days = matching.date_range(day.keyword, valued.pop(day))
        times = matching.time_range(at.keyword, valued.pop(at))
        if day.keyword == "StudyDate":
            begin, end = matching.moments(days, times)
            path = day.path_from(level).removesuffix(day.path) + "study_moment"
            found &= Q(**{f"{path}__gte": begin, f"{path}__lte": end})
        else:
            found &= matching.match_moments(day.path_from(level), at.path_from(level), days, times)
    return found


def having_words(words: list[str], study: str) -> Q:
    """Studies of which every one of these begins a word."""
    found = Q()
    for word in words[:MOST_WORDS]:
        begun = StudyWord.objects.filter(word__wild=f"{word[:LONGEST_WORD]}*")
        found &= Q(**{f"{study}__in": begun.values("study_id")})
    return found


def having_one_by_one(words: list[str], study: str) -> Q:
    """The same, asked of each study in turn: for rows that are few already. Words of other studies are not read."""
    found = Q()
    for word in words[:MOST_WORDS]:
        own = StudyWord.objects.filter(study_id=OuterRef(study), word__wild=f"{word[:LONGEST_WORD]}*")
        found &= Q(Exists(own))
    return found


TO_STUDY = {Level.STUDY: "pk", Level.SERIES: "study_id", Level.INSTANCE: "series__study_id"}


def _sop_classes(level: Level, value: str) -> Q:
    """Studies that have an instance of one of these SOP Classes."""
    instances = Instance.objects.filter(series__study_id=OuterRef(TO_STUDY[level]))
    wanted = matching.match_uids("SOPClassesInStudy", "sop_class_uid", value)
    return Q(Exists(instances.filter(wanted)))
