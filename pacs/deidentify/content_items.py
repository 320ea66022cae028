"""Content items of structured reports and acquisition context (PS3.15 E.3.4): kept, emptied or left out one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydicom import Dataset

from pacs.deidentify.choices import Option
from pacs.deidentify.sequences import text_item
from pacs.deidentify.stand_ins import EARLIEST, REMOVED
from pacs.deidentify.tables import Row, content_items

if TYPE_CHECKING:
    from pacs.deidentify.choices import Choices

# Where an item of each type keeps its value, and the VR of that.
VALUES = {
    "TEXT": ("TextValue", "UT"),
    "PNAME": ("PersonName", "PN"),
    "DATE": ("Date", "DA"),
    "TIME": ("Time", "TM"),
    "DATETIME": ("DateTime", "DT"),
    "UIDREF": ("UID", "UI"),
}
VALUE_KEYWORDS = frozenset(keyword for keyword, _ in VALUES.values())
DATES = {"retain_full_dates": "K", "retain_modified_dates": "C"}
# Of items that the table does not name: who and what they tell is not known, only of which type they are.
UNLISTED = {
    "TEXT": Row("X", {"clean_descriptors": "C"}),
    "PNAME": Row("X", {}),
    "DATE": Row("X", DATES),
    "TIME": Row("X", DATES),
    "DATETIME": Row("X", DATES),
    "UIDREF": Row("D", {"retain_uids": "K"}),
}


@dataclass(frozen=True)
class Ruling:
    """What happens to an item: `action` is X, D, C or K, and for C and D, its value is that of `keyword` and `vr`."""

    action: str
    keyword: str = ""
    vr: str = ""


def is_content_item(item: Dataset) -> bool:
    """Whether an item of a sequence is one (PS3.3 C.17.3, 10.2)."""
    return "ValueType" in item and ("ConceptNameCodeSequence" in item or "RelationshipType" in item)


def ruling_on(item: Dataset, choices: Choices) -> Ruling:
    """By its concept and type. References, codes and numbers not named in the table stay, their UIDs new."""
    value_type = str(item.get("ValueType", "")).strip()
    row = content_items().get((*_concept(item), value_type)) or UNLISTED.get(value_type) or Row("K", {})
    chosen = {action for option, action in row.options.items() if option in choices.options}
    action = ("C" if "C" in chosen else chosen.pop()) if chosen else row.basic
    # X/D is X unless its template wants it: that is not known here, and a dummy tells as little.
    action = "D" if "D" in action else action
    return Ruling(action, *VALUES.get(value_type, ("", "")))


def dummy_value(vr: str) -> str:
    """What stands for the value of an item."""
    return EARLIEST.get(vr, REMOVED)


def has_references(dataset: Dataset) -> bool:
    """Whether items point to others by their place (PS3.3 C.17.3.2.5): then no place may change."""
    for item in dataset.get("ContentSequence", None) or ():
        if "ReferencedContentItemIdentifier" in item or has_references(item):
            return True
    return False


def placeholder(item: Dataset) -> Dataset:
    """What stands in the place of an item that was left out."""
    return text_item(str(item.get("RelationshipType", "CONTAINS") or "CONTAINS"))


def keeps_content(choices: Choices) -> bool:
    """Whether content stays at all, item by item."""
    return Option.CLEAN_STRUCTURED_CONTENT in choices


def _concept(item: Dataset) -> tuple[str, str]:
    names: Any = item.get("ConceptNameCodeSequence", None)
    name = names[0] if names else Dataset()
    return str(name.get("CodeValue", "")).strip(), str(name.get("CodingSchemeDesignator", "")).strip()
