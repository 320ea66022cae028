"""What is sought, and asked to be told, in headers as they are kept (DICOM JSON, PS3.18 Annex F).

Matching of sequences is item by item (PS3.4 C.2.2.2.6): keys of one sequence have to be met by one and the same item,
and of a sequence those items are told that meet them. Nothing here asks the database.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydicom.datadict import keyword_for_tag, tag_for_keyword

from pacs.catalog import matching
from pacs.catalog.attributes import Path, name_of, vr_of
from pacs.catalog.header_matching import element_test, private_test
from pacs.catalog.levels import is_private, is_private_creator
from pacs.catalog.rules import Rules, refuse
from pacs.catalog.values import moment, to_date, to_time
from pacs.catalog.wildcards import wild_test

JsonElement = dict[str, Any]
JsonDataset = dict[str, JsonElement]
ElementTest = Callable[[str, Sequence[Any]], bool]  # of its VR and its values
DatasetTest = Callable[[JsonDataset], bool]
LONGEST_DECODED = 4096
# Anatomic Regions in Study Code Sequence (PS3.4 C.3.4) is of the query model; objects have Anatomic Region Sequence.
TOLD_BY = {"00080063": "00082218"}


def read_header(kept: bytes, needed: Iterable[str] = ()) -> JsonDataset:
    """A header as it was kept (InstanceMetadata.dicom_json); an empty one where it lacks a needed tag.

    To look for the tag in the text takes a quarter of the time that making sense of it does.
    """
    text = zlib.decompress(kept)
    if not all(f'"{tag}"'.encode() in text for tag in needed):
        return {}
    told: JsonDataset = json.loads(text)
    return told


@dataclass(frozen=True)
class HeaderKeys:
    """The keys of one data set, or of the items of one sequence."""

    tests: Mapping[str, ElementTest] = field(default_factory=dict)  # by tag
    together: tuple[DatasetTest, ...] = ()  # of several elements: dates with their times, private creators
    items: Mapping[str, HeaderKeys] = field(default_factory=dict)  # of sequences
    told: frozenset[str] = frozenset()  # asked to be told whole
    creators: Mapping[str, str] = field(default_factory=dict)  # who reserved gggg00bb, as the client says
    needed: frozenset[str] = frozenset()  # without one of these no data set meets the keys

    @property
    def is_matching(self) -> bool:
        """Whether there is anything that a header may fail to meet."""
        return bool(self.tests or self.together) or any(keys.is_matching for keys in self.items.values())

    @property
    def is_telling(self) -> bool:
        """Whether anything of a header is to be told."""
        return bool(self.told or self.tests or self.items)

    def matches(self, dataset: JsonDataset) -> bool:
        """Whether the data set meets every key."""
        return (
            all(test(*_read(dataset.get(self.place(dataset, tag)))) for tag, test in self.tests.items())
            and all(test(dataset) for test in self.together)
            and all(
                not keys.is_matching or any(map(keys.matches, _items(dataset.get(TOLD_BY.get(tag, tag)))))
                for tag, keys in self.items.items()
            )
        )

    def pick(self, dataset: JsonDataset) -> JsonDataset:
        """Of the data set what was sought and what was asked for; without a value what it has not."""
        picked: JsonDataset = {}
        for tag in (*self.told, *self.tests):
            place = self.place(dataset, tag)
            if place in dataset:
                picked[tag if tag in TOLD_BY else place] = dataset[place]
                picked |= _creator_of(dataset, place)
            elif not is_private(tag):
                picked[tag] = {"vr": vr_of(tag)}
        for tag, keys in self.items.items():
            if tag not in self.told:
                sequence = dataset.get(TOLD_BY.get(tag, tag))
                items = [keys.pick(item) for item in _items(sequence) if keys.matches(item)]
                picked[tag] = {"vr": "SQ", "Value": items} if items else {"vr": "SQ"}
        return dict(sorted(picked.items()))

    def place(self, dataset: JsonDataset, tag: str) -> str:
        """The tag under which the data set has this attribute: whoever wrote it chose the block (PS3.5 7.8.1)."""
        creator = self.creators.get(f"{tag[:4]}00{tag[4:6]}")
        if creator is None or not is_private(tag) or is_private_creator(tag):
            return TOLD_BY.get(tag, tag)
        block = next(
            (one[6:] for one in _blocks(dataset, tag[:4]) if _told_first(dataset[one]) == creator), ""
        )
        return f"{tag[:4]}{block}{tag[6:]}" if block else ""


def _read(element: JsonElement | None) -> tuple[str, list[Any]]:
    """The VR and the values of an element, those that are none left out."""
    if not isinstance(element, dict):
        return "", []
    values = element.get("Value")
    if isinstance(values, list):
        return str(element.get("vr", "")), [one for one in values if one is not None]
    return str(element.get("vr", "")), _inline(element)


def _inline(element: JsonElement) -> list[Any]:
    """The text of a short binary value: private elements of implicit files are of VR UN."""
    try:
        text = base64.b64decode(str(element.get("InlineBinary", ""))[:LONGEST_DECODED])
        return [text.decode("ascii").strip(" \0")] if text.strip(b" \0") else []
    except (binascii.Error, ValueError):
        return []


def _items(element: JsonElement | None) -> Iterator[JsonDataset]:
    return (item for item in _read(element)[1] if isinstance(item, dict))


def _blocks(dataset: JsonDataset, group: str) -> list[str]:
    return [tag for tag in dataset if tag.startswith(group) and is_private_creator(tag)]


def _told_first(element: JsonElement) -> str:
    values = _read(element)[1]
    return str(values[0]).strip() if values else ""


def _creator_of(dataset: JsonDataset, tag: str) -> JsonDataset:
    creator = f"{tag[:4]}00{tag[4:6]}"
    return {creator: dataset[creator]} if is_private(tag) and creator in dataset else {}


# --- made of what a client asks ----------------------------------------------------------------


def header_keys(sought: Mapping[Path, str], told: Iterable[Path], rules: Rules) -> HeaderKeys:
    """Of keys by their path, an empty value being universal, and of paths to be told. Raises BadRequest."""
    asked = dict.fromkeys(told, "") | dict(sought)
    creators = {path[0]: value for path, value in asked.items() if is_private_creator(path[0]) and value}
    used = {f"{tag[:4]}00{tag[4:6]}" for path in asked for tag in path if not is_private_creator(tag)}
    # A creator that another key belongs to is no key of its own: it says whose that one is (PS3.18 8.3.4.1).
    keys = {path: value for path, value in asked.items() if path[0] not in creators or path[0] not in used}
    return _keys_of(keys, "", rules, creators)


def _keys_of(asked: Mapping[Path, str], within: str, rules: Rules, creators: Mapping[str, str]) -> HeaderKeys:
    own = {path[0]: value for path, value in asked.items() if len(path) == 1}
    valued = {tag: value for tag, value in own.items() if value}
    together = [*_moments(valued, within, rules), *_creators_sought(valued, rules)]
    inner: dict[str, dict[Path, str]] = {}
    for path, value in asked.items():
        if len(path) > 1:
            inner.setdefault(path[0], {})[path[1:]] = value
    within_items = {tag: _keys_of(keys, f"{within}{tag}.", rules, creators) for tag, keys in inner.items()}
    needed = {tag for tag, value in valued.items() if not (rules.asks_for_none(value) or is_private(tag))}
    return HeaderKeys(
        tests={tag: _test(tag, value, within, rules) for tag, value in valued.items()},
        together=tuple(together),
        items=within_items,
        told=frozenset(own) - valued.keys(),
        creators=creators,
        needed=frozenset(
            needed.union(TOLD_BY.get(tag, tag) for tag, keys in within_items.items() if keys.is_matching)
        ),
    )


def _test(tag: str, value: str, within: str, rules: Rules) -> ElementTest:
    name = name_of(tuple(f"{within}{tag}".split(".")))
    if is_private(tag):
        return private_test(name, value, rules)
    if vr_of(tag) == "SQ" and not rules.asks_for_none(value):
        raise refuse(name, "This is a sequence: ask for an attribute of its items.")
    test = element_test(name, vr_of(tag), value, rules)
    return lambda vr, values: test(values)


def _moments(valued: dict[str, str], within: str, rules: Rules) -> Iterator[DatasetTest]:
    """Dates with their times, where both are ranges of the same form (PS3.4 C.2.2.2.5); taken out of `valued`."""
    for day_tag in list(valued):
        at_tag = _time_of(day_tag)
        if at_tag in valued and matching.are_ranges_alike(valued[day_tag], valued[at_tag]):
            days = matching.date_range(name_of((day_tag,)), valued.pop(day_tag))
            times = matching.time_range(name_of((at_tag,)), valued.pop(at_tag))
            yield _moment_test(day_tag, at_tag, matching.moments(days, times))


def _time_of(day_tag: str) -> str:
    keyword = keyword_for_tag(int(day_tag, 16))
    at = tag_for_keyword(f"{keyword.removesuffix('Date')}Time") if keyword.endswith("Date") else None
    return "" if at is None else f"{at:08X}"


def _moment_test(day_tag: str, at_tag: str, between: tuple[int, int]) -> DatasetTest:
    def test(dataset: JsonDataset) -> bool:
        days, times = (_read(dataset.get(tag))[1] for tag in (day_tag, at_tag))
        day, at = to_date(days[0]) if days else None, to_time(times[0]) if times else None
        return day is not None and between[0] <= moment(day, at) <= between[1]

    return test


def _creators_sought(valued: dict[str, str], rules: Rules) -> Iterator[DatasetTest]:
    """Private creators that are sought themselves, in whichever block; taken out of `valued`."""
    for tag in [tag for tag in valued if is_private_creator(tag)]:
        yield _creator_test(tag[:4], wild_test(valued.pop(tag)))


def _creator_test(group: str, matches: Callable[[str], bool]) -> DatasetTest:
    return lambda dataset: any(matches(_told_first(dataset[tag])) for tag in _blocks(dataset, group))
