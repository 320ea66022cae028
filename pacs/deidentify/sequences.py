"""Items that stand where a sequence has to stand (action D): of the right shape, and saying nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydicom import Dataset
from pydicom.datadict import keyword_for_tag

from pacs.deidentify.decisions import STRUCTURAL
from pacs.deidentify.stand_ins import BINARY_NUMBERS, OF_NUMBERS, REMOVED, stand_in

COMMENT = ("121106", "DCM", "Comment")
NO_CODE = (REMOVED, "99LIGHTBOX", "Removed")
CODED = ("CodeValue", "CodingSchemeDesignator", "CodeMeaning")
KEPT = frozenset(("CS", *OF_NUMBERS, *BINARY_NUMBERS)) - {"AS"}
DEEPEST = 16


def dummy_items(keyword: str, items: list[Dataset], new_uid: Callable[[str], str]) -> list[Dataset]:
    """What stands for the items of this sequence."""
    if keyword == "ContentSequence":
        return [text_item()]
    if keyword == "GraphicAnnotationSequence":
        return [_no_drawing(items)]
    return [_dummied(items[0], new_uid)] if items else []


def code_item(value: str, scheme: str, meaning: str) -> Dataset:
    """A coded entry (PS3.3 8.8)."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def is_local_code(item: Dataset) -> bool:
    """Whether somebody made up this code for themselves (PS3.3 8.2): then its meaning is whatever they typed."""
    scheme = str(item.get("CodingSchemeDesignator", "") or "").strip()
    return scheme in ("", "L") or scheme.startswith("99")


def text_item(relationship: str = "CONTAINS") -> Dataset:
    """A content item (PS3.3 C.17.3) that says that something was removed."""
    item = Dataset()
    item.RelationshipType, item.ValueType = relationship, "TEXT"
    item.ConceptNameCodeSequence = [code_item(*COMMENT)]
    item.TextValue = REMOVED
    return item


def _no_drawing(items: list[Dataset]) -> Dataset:
    """A graphic annotation of a single point in the corner (PS3.3 C.10.5)."""
    point = Dataset()
    point.GraphicAnnotationUnits, point.GraphicDimensions = "PIXEL", 2
    point.NumberOfGraphicPoints, point.GraphicData = 1, [1.0, 1.0]
    point.GraphicType, point.GraphicFilled = "POINT", "N"
    item = Dataset()
    layer = items[0].get("GraphicLayer", "") if items else ""
    item.GraphicLayer = layer if str(layer).isalnum() else REMOVED
    item.GraphicObjectSequence = [point]
    return item


def _dummied(item: Dataset, new_uid: Callable[[str], str], depth: int = 0) -> Dataset:
    if "CodeMeaning" in item:
        return code_item(*NO_CODE)
    made = Dataset()
    for tag in list(item.keys()):
        if tag.group % 2 or not keyword_for_tag(tag):
            continue
        try:
            element = item[tag]
        except Exception:  # noqa: S112  # pydicom raises many kinds; what cannot be read need not stand
            continue
        value = _dummy_value(element, new_uid, depth)
        if value is not None:
            made.add_new(tag, element.VR, value)
    return made


def _dummy_value(element: Any, new_uid: Callable[[str], str], depth: int) -> Any:
    if element.VR == "SQ":
        within = [_dummied(one, new_uid, depth + 1) for one in list(element.value)[:1]]
        return within if depth < DEEPEST else None
    if element.VR == "UI":
        uids = str(element.value or "")
        return element.value if element.keyword in STRUCTURAL else new_uid(uids)
    return element.value if element.VR in KEPT else stand_in(element.VR)
