"""Private attributes (PS3.15 E.3.10): all go, but those that the standard lists as safe where that was chosen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydicom import Dataset
from pydicom.tag import BaseTag, Tag

from pacs.deidentify.tables import safe_private

NUMBERS = frozenset(("US", "SS", "UL", "SL", "FL", "FD", "SV", "UV", "IS", "DS"))


def unsafe_private(dataset: Dataset, keep_safe: bool) -> Iterator[BaseTag]:
    """The tags that have to go: private elements, and the reservations of blocks of which nothing is left."""
    tags = [tag for tag in list(dataset.keys()) if tag.group % 2]
    kept = {tag for tag in tags if keep_safe and _is_safe(dataset, tag)}
    kept |= {_creator_of(tag) for tag in kept}
    yield from (tag for tag in tags if tag not in kept)


def _is_safe(dataset: Dataset, tag: BaseTag) -> bool:
    """Listed, and a number: what a text says, no list knows (PS3.15 E.3.10, note 2)."""
    if tag.element < 0x1000 or _creator_of(tag) not in dataset:
        return False
    creator = _text(dataset, _creator_of(tag))
    listed = f"{tag.group:04X}xx{tag.element & 0xFF:02X}"
    return (creator, listed) in safe_private() and _vr(dataset, tag) in NUMBERS


def _creator_of(tag: BaseTag) -> BaseTag:
    return Tag(tag.group, tag.element >> 8)


def _text(dataset: Dataset, tag: BaseTag) -> str:
    value: Any = dataset.get_item(tag).value
    return (value.decode("latin-1") if isinstance(value, bytes) else str(value or "")).strip(" \0")


def _vr(dataset: Dataset, tag: BaseTag) -> str:
    """As the file says, or as pydicom's list of private attributes does where the file does not."""
    try:
        return str(dataset[tag].VR)
    except Exception:
        return ""  # pydicom raises many kinds for what cannot be read
