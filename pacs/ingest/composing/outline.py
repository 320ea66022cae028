"""What metadata ask for before anything is made of them: which objects, and which parts each of them waits for.

Pure; runs in the sandbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pacs.ingest.composing.data_set import address_of, elements_of, items_of
from pacs.ingest.composing.metadata_text import objects_in
from pacs.ingest.scan import limits
from pacs.ingest.scan.unreadable import Unreadable
from pacs.uids import is_uid

PIXEL_TAGS = frozenset((0x7FE00008, 0x7FE00009, 0x7FE00010))
OFFSET_TABLES = frozenset((0x7FE00001, 0x7FE00002))  # told anew, of where the fragments come to lie
NUMBER_OF_FRAMES = "00280008"
IDENTIFIERS = {
    "sop_class_uid": "00080016",
    "sop_instance_uid": "00080018",
    "study_instance_uid": "0020000D",
    "series_instance_uid": "0020000E",
}


@dataclass
class _Asked:
    """What one data set asks for."""

    values: dict[str, None] = field(default_factory=dict)  # addresses, each once, in their order
    spare: dict[str, None] = field(default_factory=dict)  # of values that are not taken over
    pixels: str = ""
    elements: int = 0


def outline(path: str) -> list[dict[str, Any]]:
    """Each object of the metadata: where its text lies (`start`, `end`), its `identifiers`, the addresses of its
    `values`, of its `pixels` (empty where it has none, or has them inline) and of what is `spare`, how many `frames`
    it has, and the `reason` why it cannot be taken, or the empty text. Raises Unreadable for the whole.
    """
    return [{"start": start, "end": end, **_outlined(dataset)} for start, end, dataset in objects_in(path)]


def _outlined(dataset: Mapping[str, Any]) -> dict[str, Any]:
    asked, reason = _Asked(), ""
    identifiers = {name: _uid(dataset.get(tag)) for name, tag in IDENTIFIERS.items()}
    try:
        _walk(dataset, asked, 0)
        frames = frames_of(dataset)
        if not all(identifiers.values()):
            reason = "no_identifiers"
    except Unreadable as unreadable:
        frames, reason = 1, unreadable.reason
    return {
        "identifiers": identifiers,
        "values": list(asked.values),
        "pixels": asked.pixels,
        "spare": list(asked.spare),
        "frames": frames,
        "reason": reason,
    }


def frames_of(dataset: Mapping[str, Any]) -> int:
    """How many frames the object has. Raises Unreadable."""
    element = dataset.get(NUMBER_OF_FRAMES)
    values = element.get("Value") if isinstance(element, Mapping) else None
    if not values:
        return 1
    try:
        frames = int(values[0])
    except (ValueError, TypeError, KeyError, OverflowError):
        raise Unreadable("metadata_unclear") from None
    if not 0 < frames <= limits.MOST_FRAMES:
        raise Unreadable("metadata_unclear")
    return frames


def _uid(element: Any) -> str:
    values = element.get("Value") if isinstance(element, Mapping) else None
    first = values[0] if isinstance(values, list) and values else ""
    return first if isinstance(first, str) and is_uid(first) else ""


def _walk(dataset: Mapping[str, Any], asked: _Asked, depth: int) -> None:
    if depth > limits.DEEPEST_NESTING:
        raise Unreadable("nested_too_deep")
    for tag, vr, element in elements_of(dataset):
        asked.elements += 1
        if asked.elements > limits.MOST_ELEMENTS:
            raise Unreadable("too_many_elements")
        if vr == "SQ":
            for item in items_of(element):
                _walk(item, asked, depth + 1)
        elif "BulkDataURI" in element:
            _note(tag if depth == 0 else 0, address_of(vr, element), asked)


def _note(tag: int, address: str, asked: _Asked) -> None:
    if tag in PIXEL_TAGS:
        asked.pixels = address
    elif tag in OFFSET_TABLES:
        asked.spare[address] = None
    else:
        asked.values[address] = None
