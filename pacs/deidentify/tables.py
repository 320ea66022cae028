"""The standard's tables as data: what the profile does to which attribute, and of which Type that is where.

PS3.15 Tables E.1-1, E.3.4-1 and E.3.10-1; Types by the modules of PS3.3. Made by standard/from_docbook.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "standard"
REQUIRED, EMPTY_ALLOWED, OPTIONAL = 1, 2, 3  # Types 1 and 1C, 2 and 2C, 3


@dataclass(frozen=True)
class Row:
    """The basic action for something, and those of options that override it."""

    basic: str
    options: Mapping[str, str]


@cache
def edition() -> str:
    """Of PS3.15, as the standard names itself: "DICOM PS3.15 2026c"."""
    return str(_read("profile")["edition"])


@cache
def profile() -> Mapping[int, Row]:
    """Table E.1-1 by tag; repeating groups and private attributes are not among them (masked_row)."""
    return {
        int(tag, 16): Row(basic, options)
        for _, tag, basic, options in _read("profile")["rows"]
        if "x" not in tag and tag != "private"
    }


def row_of(tag: int) -> Row | None:
    """The row of a standard attribute; None where it has none."""
    return profile().get(tag) or _masked().get(_mask(tag))


def _mask(tag: int) -> str:
    """As the table writes repeating groups: all of curves (50xx), single elements of overlays (60xx)."""
    group, element = tag >> 16, tag & 0xFFFF
    if 0x5000 <= group <= 0x50FF:
        return "50xxxxxx"
    return f"60xx{element:04X}" if 0x6000 <= group <= 0x60FF else ""


@cache
def _masked() -> Mapping[str, Row]:
    return {tag: Row(basic, options) for _, tag, basic, options in _read("profile")["rows"] if "x" in tag}


@cache
def content_items() -> Mapping[tuple[str, str, str], Row]:
    """Table E.3.4-1 by code value, coding scheme designator and value type."""
    return {
        (value, scheme, value_type): Row(basic, options)
        for _, value, scheme, value_type, basic, options in _read("content_items")["rows"]
    }


@cache
def safe_private() -> frozenset[tuple[str, str]]:
    """Table E.3.10-1: private creator, and tag with its block as "xx"."""
    return frozenset((creator, tag) for tag, creator in _read("safe_private")["rows"])


def type_of(sop_class_uid: str, parent: str, keyword: str) -> int:
    """REQUIRED, EMPTY_ALLOWED or OPTIONAL: the strictest Type of an attribute within an object of this class.

    `parent` is the keyword of the sequence around it, "" for none. What no module of the standard holds there is
    optional; of an unknown class the strictest that there is.
    """
    most, others = _types().get(f"{parent}>{keyword}", (0, {}))
    if not most:
        return _anywhere().get(keyword, OPTIONAL) if parent and not _is_known_within(parent) else OPTIONAL
    if sop_class_uid not in _sop_classes():
        return min(most, *others.values()) if others else most
    return int(others.get(sop_class_uid, most))


@cache
def _types() -> Mapping[str, tuple[int, Mapping[str, int]]]:
    return {
        key: (most, {uid: int(rank) for rank, uids in others.items() for uid in uids})
        for key, most, others in _read("types")["rows"]
    }


@cache
def _sop_classes() -> frozenset[str]:
    return frozenset(_read("types")["sop_classes"])


@cache
def _anywhere() -> Mapping[str, int]:
    """The strictest Type that an attribute has anywhere."""
    strictest: dict[str, int] = {}
    for key, (most, others) in _types().items():
        keyword = key.split(">")[1]
        strictest[keyword] = min(strictest.get(keyword, OPTIONAL), most, *others.values())
    return strictest


@cache
def _parents() -> frozenset[str]:
    return frozenset(key.split(">")[0] for key in _types())


def _is_known_within(parent: str) -> bool:
    return parent in _parents()


def is_standard_class(sop_class_uid: str) -> bool:
    """Whether it is a Storage SOP Class whose IOD is known here."""
    return sop_class_uid in _sop_classes()


@cache
def _read(name: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return table
