"""The walk over a data set: every attribute at every depth meets its action (PS3.15 E.1.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydicom import Dataset
from pydicom.datadict import keyword_for_tag
from pydicom.dataelem import DataElement
from pydicom.tag import BaseTag

from pacs.deidentify.choices import Choices, Option
from pacs.deidentify.content_items import (
    VALUE_KEYWORDS,
    Ruling,
    dummy_value,
    is_content_item,
    placeholder,
    ruling_on,
)
from pacs.deidentify.decisions import DATES, Action, Place, action_for, vrs_of
from pacs.deidentify.identities import Identities
from pacs.deidentify.private import unsafe_private
from pacs.deidentify.pseudonyms import Pseudonyms
from pacs.deidentify.safe_words import cleaned, safe_words
from pacs.deidentify.sequences import dummy_items, is_local_code
from pacs.deidentify.stand_ins import REMOVED, TEXTS, moved, stand_in

STANDARD_ROOT = (
    "1.2.840.10008."  # UIDs of the standard itself: classes, well-known frames of reference, palettes
)
NOT_IN_OBJECTS = frozenset((0x0000, 0x0002, 0x0004))  # commands, file meta information, directories
CURVES, OVERLAYS = 0x5000, 0x6000
SHORTEST_IN_BINARY = 5
# As PS3.5 6.2 has them, and somewhat more: what is wrong and tells nothing may stay.
SHAPES = {
    "CS": re.compile(rb"[A-Za-z0-9_ .+\-/()\\\0]*"),
    "DS": re.compile(rb"[0-9eE+\-. \\\0]*"),
    "IS": re.compile(rb"[0-9+\- \\\0]*"),
    "AS": re.compile(rb"(\d{3}[DWMY])?[ \0]*"),
    "DA": re.compile(rb"[\d.\-\\ \0]*"),
    "TM": re.compile(rb"[\d.:\-\\ \0]*"),
    "DT": re.compile(rb"[\d.+\-\\ \0]*"),
    "UI": re.compile(rb"[\d.\\ \0]*"),
}
LONGEST_CS = 16
# Code strings that say what an object is made of: somebody may be called Text, or Primary.
TERMS = frozenset(
    [
        "ImageType",
        "FrameType",
        "ValueType",
        "RelationshipType",
        "GraphicType",
        "GraphicAnnotationUnits",
        "PhotometricInterpretation",
        "Modality",
        "ContinuityOfContent",
        "TemporalRangeType",
        "DirectoryRecordType",
        "SegmentationType",
    ]
)
SAME_KIND = (
    frozenset(TEXTS | {"UR"}),
    frozenset(("IS", "DS")),
    frozenset(("OB", "OW", "OF", "OD", "OL", "OV", "US", "SS", "UL", "SL", "FL", "FD", "SV", "UV", "AT")),
)


@dataclass(frozen=True)
class Patient:
    """Who stands for the patient, and by how many days the patient's dates are moved."""

    pseudonym: str
    days: int


@dataclass(frozen=True)
class Walk:
    """One object's walk. `encodings` are those of its texts, as Python names them."""

    choices: Choices
    pseudonyms: Pseudonyms
    patient: Patient
    identities: Identities
    encodings: tuple[str, ...]
    sop_class_uid: str
    places_count: bool  # content items point to others by their place

    @cached_property
    def unusual(self) -> Identities:
        """Those that are no word of the body or of technique: of such words code strings are made."""
        return Identities(self.identities.names - safe_words(), self.identities.numbers)

    def walk(self, dataset: Dataset, parent: str = "", passed: frozenset[str] = frozenset()) -> None:
        """Change the data set in place. Attributes of the keywords `passed` have been seen to."""
        keep_safe = Option.RETAIN_SAFE_PRIVATE in self.choices
        for tag in unsafe_private(dataset, keep_safe):
            del dataset[tag]
        if "CodeMeaning" in dataset and is_local_code(dataset):
            passed |= {"CodeMeaning"}
            dataset.CodeMeaning = self._cleaned("LO", str(dataset.CodeMeaning)) or REMOVED
        for tag in list(dataset.keys()):
            if tag.group % 2:
                self._look_through(dataset, tag)
            elif tag.group in NOT_IN_OBJECTS or tag.element == 0 or _is_drawn(tag):
                del dataset[tag]
            elif keyword_for_tag(tag) not in passed:
                self._act(dataset, tag, Place(self.sop_class_uid, parent))

    def _act(self, dataset: Dataset, tag: BaseTag, place: Place) -> None:
        vr = _vr_of(dataset, tag)
        action = action_for(tag, vr, place, self.choices)
        if action in (Action.EMPTY, Action.DUMMY) and keyword_for_tag(tag) in ("PatientName", "PatientID"):
            _put(dataset, tag, vr, self.patient.pseudonym)
        elif action is Action.REMOVE:
            del dataset[tag]
        elif action is Action.EMPTY:
            _put(dataset, tag, vr, [] if vr == "SQ" else None)
        elif vr == "SQ":
            self._in_sequence(dataset, tag, action)
        else:
            self._in_value(dataset, tag, vr, action)

    # --- sequences ---------------------------------------------------------------------------

    def _in_sequence(self, dataset: Dataset, tag: BaseTag, action: Action) -> None:
        items = _items_of(dataset, tag)
        if items is None:
            del dataset[tag]  # it is called a sequence and is none
            return
        keyword = keyword_for_tag(tag)
        if action in (Action.DUMMY, Action.EMPTY):
            _put(dataset, tag, "SQ", dummy_items(keyword, items, self._new_uid))
            return
        kept = [item for item in map(self._content_item, items) if item is not None]
        for item in kept:
            self._walk_item(item, keyword)
        if kept or not items:
            _put(dataset, tag, "SQ", kept)
        else:
            del dataset[tag]

    def _walk_item(self, item: Dataset, keyword: str) -> None:
        self.walk(item, keyword, VALUE_KEYWORDS if is_content_item(item) else frozenset())

    def _content_item(self, item: Dataset) -> Dataset | None:
        """The item with its value seen to, if it is a content item; None where it has to go."""
        if not is_content_item(item):
            return item
        ruling = ruling_on(item, self.choices)
        if ruling.action == "X":
            return placeholder(item) if self.places_count else None
        if ruling.keyword and ruling.keyword in item:
            self._see_to_value(item, ruling)
        return item

    def _see_to_value(self, item: Dataset, ruling: Ruling) -> None:
        text = str(item.get(ruling.keyword, "") or "")
        if ruling.action == "K":
            self._look_through(item, item[ruling.keyword].tag)
        elif ruling.vr == "UI":
            setattr(item, ruling.keyword, self._new_uid(text))
        elif ruling.action == "C":
            setattr(item, ruling.keyword, self._cleaned(ruling.vr, text) or dummy_value(ruling.vr))
        else:
            setattr(item, ruling.keyword, dummy_value(ruling.vr))

    # --- values ------------------------------------------------------------------------------

    def _in_value(self, dataset: Dataset, tag: BaseTag, vr: str, action: Action) -> None:
        if action is Action.KEEP:
            self._look_through(dataset, tag)
        elif vr == "UI":
            _put(dataset, tag, vr, _each(_text_of(dataset, tag, self.encodings), self._new_uid))
        elif action is Action.CLEAN:
            clean = self._cleaned(vr, _text_of(dataset, tag, self.encodings))
            _put(dataset, tag, vr, clean or stand_in(vr))
        else:
            _put(dataset, tag, vr, stand_in(vr))

    def _cleaned(self, vr: str, text: str) -> str | None:
        """What may stay of it; None for nothing."""
        if vr in DATES:
            parts = [moved(vr, part, self.patient.days) for part in text.split("\\")]
            return None if None in parts else "\\".join(part or "" for part in parts)
        return cleaned(text, self.identities.names) if vr in TEXTS else None

    def _new_uid(self, original: str) -> str:
        uid = original.strip(" \0")
        if not uid or uid.startswith(STANDARD_ROOT):
            return uid
        return uid if Option.RETAIN_UIDS in self.choices else self.pseudonyms.uid(uid)

    def _look_through(self, dataset: Dataset, tag: BaseTag) -> None:
        """Let the value stay, unless it is not what its VR says, or tells who the object is about."""
        vr, claimed = _vr_of(dataset, tag), dataset.get_item(tag).VR
        if vr == "SQ":
            self._in_sequence(dataset, tag, Action.KEEP)
            return
        value = _bytes_of(dataset, tag, self.encodings)
        if not _is_of_one_kind(tag, vr, claimed) or value is None or not _has_shape(vr, value):
            _put(dataset, tag, vr, self.pseudonyms.uid(repr(value)) if vr == "UI" else None)
        elif vr == "CS":
            if keyword_for_tag(tag) not in TERMS and self.unusual.are_in(value, self.encodings):
                _put(dataset, tag, vr, None)
        elif vr in TEXTS or vr == "UR":
            if self.identities.are_in(value, self.encodings):
                _put(dataset, tag, vr, REMOVED)
        elif vr not in SHAPES and any(
            end - start >= SHORTEST_IN_BINARY for start, end in self.identities.spans_in(value)
        ):
            del dataset[tag]


def _is_drawn(tag: BaseTag) -> bool:
    """Of a curve or an overlay plane: without its data, nothing that tells of it is of use."""
    return tag.group & 0xFF00 in (CURVES, OVERLAYS)


def _vr_of(dataset: Dataset, tag: BaseTag) -> str:
    """By the dictionary, which a file may contradict; by the file for what the dictionary leaves open."""
    known, claimed = vrs_of(tag), str(dataset.get_item(tag).VR or "")
    if not known or (claimed in known):
        return claimed or "UN"
    return known[0]


def _is_of_one_kind(tag: BaseTag, vr: str, claimed: str | None) -> bool:
    if claimed is None or claimed in ("UN", vr):
        return claimed != "UN" or vr != "UN"
    return any(vr in kind and claimed in kind for kind in SAME_KIND) or not vrs_of(tag)


def _items_of(dataset: Dataset, tag: BaseTag) -> list[Dataset] | None:
    try:
        element = dataset[tag]
        return list(element.value) if element.VR == "SQ" else None
    except Exception:
        return None  # pydicom raises many kinds for what is no sequence


def _bytes_of(dataset: Dataset, tag: BaseTag, encodings: tuple[str, ...]) -> bytes | None:
    """As they are in the file; None where they are too odd to look through."""
    value = dataset.get_item(tag).value
    if value is None or isinstance(value, bytes):
        return value or b""
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = "\\".join(map(str, value))
    return str(value).encode((encodings or ("utf-8",))[0], "replace")


def _text_of(dataset: Dataset, tag: BaseTag, encodings: tuple[str, ...]) -> str:
    value = _bytes_of(dataset, tag, encodings) or b""
    return value.decode((encodings or ("latin-1",))[-1], "replace").strip(" \0")


def _has_shape(vr: str, value: bytes) -> bool:
    shape = SHAPES.get(vr)
    if shape is None:
        return True
    return shape.fullmatch(value) is not None and (
        vr != "CS" or all(len(one.strip(b" \0")) <= LONGEST_CS for one in value.split(b"\\"))
    )


def _each(text: str, change: Callable[[str], str]) -> Any:
    several = [change(one) for one in text.split("\\")]
    return several if len(several) > 1 else several[0]


def _put(dataset: Dataset, tag: BaseTag, vr: str, value: Any) -> None:
    dataset[tag] = DataElement(tag, vr, value)
