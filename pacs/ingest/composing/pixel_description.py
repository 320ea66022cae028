"""The Image Pixel Description Macro (PS3.3 Table C.7-11b) of who left it to the codestream (PS3.18 10.5.1.4, 10.5.2).

Only what is missing is told; what the sender says stands. Pure; runs in the sandbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pacs.ingest.composing.codestream_heads import METHODS, CodestreamHead

ROWS, COLUMNS = "00280010", "00280011"
LOSSY, RATIO, METHOD = "00282110", "00282112", "00282114"


def described(dataset: Mapping[str, Any], head: CodestreamHead | None, coded_bytes: int) -> dict[str, Any]:
    """The data set with what its codestream knows of it, and with whether it lost something (PS3.3 C.7.6.1.1.5)."""
    if head is None:
        return dict(dataset)
    told = {**_pixel_description(head), **_loss(dataset, head, coded_bytes)}
    return {**told, **dataset}


def _pixel_description(head: CodestreamHead) -> dict[str, Any]:
    allocated = 8 if head.bits <= 8 else 16 if head.bits <= 16 else 32
    told = {
        "00280002": _element("US", head.samples),
        "00280004": _element("CS", head.photometric),
        ROWS: _element("US", head.rows),
        COLUMNS: _element("US", head.columns),
        "00280100": _element("US", allocated),
        "00280101": _element("US", head.bits),
        "00280102": _element("US", head.bits - 1),
        "00280103": _element("US", int(head.is_signed)),
    }
    return {**told, "00280006": _element("US", 0)} if head.samples > 1 else told


def _loss(dataset: Mapping[str, Any], head: CodestreamHead, coded_bytes: int) -> dict[str, Any]:
    method = METHODS.get(head.syntax)
    if method is None or LOSSY in dataset:
        return {}
    frames = dataset.get("00280008", {}).get("Value") or [1]
    native_bytes = head.rows * head.columns * head.samples * -(-head.bits // 8) * int(frames[0])
    ratio = f"{native_bytes / max(coded_bytes, 1):.2f}"
    return {LOSSY: _element("CS", "01"), RATIO: _element("DS", ratio), METHOD: _element("CS", method)}


def _element(vr: str, value: Any) -> dict[str, Any]:
    return {"vr": vr, "Value": [value]}
