"""What a person has to look at before copies leave, and the regions that they black out, between objects and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pacs.media.deidentified import Edit, Judged


def edits_of(found: Sequence[Judged], told: Sequence[Mapping[str, Any]]) -> dict[str, tuple[Edit, ...]]:
    """Which regions of which object are blacked out: `told` as api/studies/{uid}/deidentified takes it."""
    edits: dict[str, tuple[Edit, ...]] = {}
    for one in found:
        mine = tuple(_edit(each) for each in told if _is_meant(one, each))
        if mine:
            edits[one.one.sop_instance_uid] = mine
    return edits


def _is_meant(found: Judged, edit: Mapping[str, Any]) -> bool:
    one = found.one
    return (
        edit["series"] == one.series_instance_uid
        and edit["instance"] in ("", one.sop_instance_uid)
        and (edit["rows"], edit["columns"]) == (_number(found, "00280010"), _number(found, "00280011"))
    )


def _edit(told: Mapping[str, Any]) -> Edit:
    frames = frozenset(number - 1 for number in told["frames"]) if told["frames"] else None
    return Edit(tuple((x, y, width, height) for x, y, width, height in told["regions"]), frames)


def looks(found: Iterable[Judged]) -> Iterator[dict[str, Any]]:
    """What somebody has to look at, series after series as the objects come, as api tells it."""
    by_series: dict[str, list[Judged]] = {}
    for one in found:
        by_series.setdefault(one.one.series_instance_uid, []).append(one)
    for series, several in by_series.items():
        first = several[0]
        yield {
            "series": series,
            "description": _text(first, "0008103E"),
            "modality": _text(first, "00080060"),
            "device": " ".join(filter(None, (_text(first, "00080070"), _text(first, "00081090")))),
            "reasons": sorted({reason for one in several for reason in one.reasons}),
            "images": [
                {
                    "uid": one.one.sop_instance_uid,
                    "frames": _number(one, "00280008") or 1,
                    "rows": _number(one, "00280010"),
                    "columns": _number(one, "00280011"),
                }
                for one in several
            ],
        }


def _text(found: Judged, tag: str) -> str:
    values = found.header.get(tag, {}).get("Value") or [""]
    return str(values[0] or "")


def _number(found: Judged, tag: str) -> int:
    text = _text(found, tag)
    return int(float(text)) if text.replace(".", "", 1).isdigit() else 0
