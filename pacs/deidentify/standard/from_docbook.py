"""Makes the tables beside this file from the standard itself. Run by hand when an edition is taken over.

    python -m pacs.deidentify.standard.from_docbook part15.xml module_attribute_map.json iod_module_map.json \
        sop_class_iod_map.json

`part15.xml` is PS3.15 as DICOM publishes it (DocBook). The other three tell the modules, IODs and SOP classes of
PS3.3 and PS3.4 in the form in which highdicom (MIT) ships them; only facts of the standard are taken from them.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from pydicom.datadict import dictionary_VR, tag_for_keyword

HERE = Path(__file__).parent
DOCBOOK = "{http://docbook.org/ns/docbook}"
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
ZERO_WIDTH_SPACE = "\u200b"
OPTIONS = (
    "retain_safe_private",
    "retain_uids",
    "retain_device_identity",
    "retain_institution_identity",
    "retain_patient_characteristics",
    "retain_full_dates",
    "retain_modified_dates",
    "clean_descriptors",
    "clean_structured_content",
    "clean_graphics",
)
PROFILE_HEAD = (
    "Attribute Name",
    "Tag",
    "Retd.",
    "In Std. Comp. IOD",
    "Basic Prof.",
    "Rtn. Safe Priv.",
    "Rtn. UIDs",
)
ITEMS_HEAD = ("Code Meaning", "Code Value", "Coding Scheme Designator", "Value Type")
# Those of the options that have a column in the table of content items, in its order.
ITEM_OPTIONS = OPTIONS[1:8]
# Attributes whose Type decides: of an action with a choice, of Z where nothing may be empty, of X where something has
# to be there (E.1.1), or not in the table and yet not to be kept (decisions.py).
CHOICES = frozenset(("X/D", "X/Z", "X/Z/D", "Z/D", "X/Z/U*", "Z"))
LEFT_TO_VR = frozenset(("ST", "LT", "UT", "UC", "UR", "PN", "DA", "TM", "DT"))
REQUIRED, EMPTY_ALLOWED, OPTIONAL = 1, 2, 3
RANK = {"1": REQUIRED, "1C": REQUIRED, "2": EMPTY_ALLOWED, "2C": EMPTY_ALLOWED}


def main(part15: str, modules: str, iods: str, sop_classes: str) -> None:
    """Write all four tables."""
    source = Path(part15).read_bytes()
    root = ET.fromstring(source)  # noqa: S314  # the standard, given by whoever runs this
    subtitle = _text(root.find(f"{DOCBOOK}subtitle"))
    edition = re.match(r"DICOM PS3\.15 \d{4}[a-z]", subtitle)
    if edition is None:
        raise SystemExit("this is not PS3.15")
    about = {"edition": edition.group(), "source_sha256": hashlib.sha256(source).hexdigest()}
    tables = {table.get(XML_ID, ""): table for table in root.iter(f"{DOCBOOK}table")}
    profile = list(_profile(_rows(tables["table_E.1-1"])))
    _write("profile", about | {"table": "E.1-1"}, profile)
    _write(
        "content_items", about | {"table": "E.3.4-1"}, list(_content_items(_rows(tables["table_E.3.4-1"])))
    )
    _write(
        "safe_private", about | {"table": "E.3.10-1"}, list(_safe_private(_rows(tables["table_E.3.10-1"])))
    )
    actions = {row[1]: row[2] for row in profile}
    given = [json.loads(Path(path).read_text()) for path in (modules, iods, sop_classes)]
    _write_types(_types(actions, *given), sorted(given[2]))


def _rows(table: ET.Element) -> list[list[str]]:
    return [[_text(cell) for cell in row] for row in table.iter(f"{DOCBOOK}tr")]


def _text(element: ET.Element | None) -> str:
    whole = "" if element is None else "".join(element.itertext())
    return " ".join(whole.replace(ZERO_WIDTH_SPACE, "").split())


def _profile(rows: list[list[str]]) -> Iterator[list[Any]]:
    """Name, tag as eight digits (x any; "private"), basic action, actions of the options that have one."""
    _require_head(rows, PROFILE_HEAD)
    for name, tag, _retired, _in_iod, basic, *of_options in rows[1:]:
        compact = "private" if "odd" in tag else re.sub(r"[(),]", "", tag)
        compact = compact if compact == "private" else compact.upper().replace("X", "x")
        yield [name, compact, basic, _given(OPTIONS, of_options)]


def _content_items(rows: list[list[str]]) -> Iterator[list[Any]]:
    """Meaning, code value, coding scheme, value type, basic action, actions of options."""
    _require_head(rows, ITEMS_HEAD)
    for meaning, value, scheme, value_type, _retired, _in_template, basic, *of_options in rows[1:]:
        yield [meaning, value, scheme, value_type, basic, _given(ITEM_OPTIONS, of_options)]


def _safe_private(rows: list[list[str]]) -> Iterator[list[Any]]:
    """Tag with the block as xx, private creator."""
    for tag, creator, *_ in rows[1:]:
        yield [re.sub(r"[(),]", "", tag).upper().replace("X", "x"), creator]


def _require_head(rows: list[list[str]], expected: tuple[str, ...]) -> None:
    if not all(cell.startswith(wanted) for cell, wanted in zip(rows[0], expected, strict=False)):
        raise SystemExit(f"columns have moved: {rows[0]}")


def _given(names: Iterable[str], cells: Iterable[str]) -> dict[str, str]:
    return {name: cell for name, cell in zip(names, cells, strict=True) if cell}


def _types(
    actions: dict[str, str], modules: dict[str, Any], iods: dict[str, Any], sop_classes: dict[str, str]
) -> dict[str, dict[str, int]]:
    """By "parent sequence>attribute" and SOP Class UID, the strictest Type that the attribute has there."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for sop_class, iod in sop_classes.items():
        for module in iods[iod]:
            for attribute in modules.get(module["key"], ()):
                if _is_decided_by_type(actions, attribute, module["usage"] == "M"):
                    key = f"{(attribute['path'] or [''])[-1]}>{attribute['keyword']}"
                    known = found[key].get(sop_class, OPTIONAL)
                    found[key][sop_class] = min(known, RANK.get(attribute["type"], OPTIONAL))
    return found


def _is_decided_by_type(actions: dict[str, str], attribute: dict[str, Any], is_mandatory: bool) -> bool:
    tag = tag_for_keyword(attribute["keyword"])
    if tag is None:
        return False
    action = actions.get(f"{tag:08X}")
    if action == "X":  # it is removed, unless the object were no longer one of its class
        return is_mandatory and attribute["type"] in ("1", "2")
    return action in CHOICES or (action is None and dictionary_VR(tag) in LEFT_TO_VR)


def _write_types(types: dict[str, dict[str, int]], sop_classes: list[str]) -> None:
    """Most attributes have one Type wherever they occur: only the others name SOP classes."""
    rows: list[list[Any]] = []
    for key, by_class in sorted(types.items()):
        ranks = sorted(set(by_class.values()), key=list(by_class.values()).count)
        most = ranks.pop()
        others = {str(rank): sorted(uid for uid, one in by_class.items() if one == rank) for rank in ranks}
        rows.append([key, most, others])
    _write("types", {"edition": "DICOM PS3.3", "sop_classes": sop_classes}, rows)


def _write(name: str, about: dict[str, Any], rows: list[list[Any]]) -> None:
    head = json.dumps(about, ensure_ascii=False, indent=1)[:-2]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (HERE / f"{name}.json").write_text(f'{head},\n "rows": [\n{lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
