"""Looks at a received file before anything else may: whole, within limits, where its pixels lie. Runs in pacs.sandbox.

Nothing here knows Django: a child process imports it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pacs.catalog.data_sets import DataSetPlace
from pacs.catalog.identity import read_identity
from pacs.catalog.plain_values import forget_values
from pacs.ingest.scan.whole import scan_file


def examine_each(paths: list[str]) -> list[dict[str, Any]]:
    """As examine, of several files in one visit. Raises Unreadable where one of them is."""
    try:
        return [_examine(path) for path in paths]
    finally:
        forget_values()


def examine(path: str) -> dict[str, Any]:
    """What a file is, in one visit to the sandbox: the facts of its pixels and its identity (catalog.identity).

    Keys: transfer_syntax_uid, those of scan.pixels.PixelFacts, and identity. Raises Unreadable with a reason.
    """
    (told,) = examine_each([path])
    return told


def _examine(path: str) -> dict[str, Any]:
    beginning, pixels, elements = scan_file(Path(path))
    place = DataSetPlace(
        start_offset=beginning.data_set_offset,
        end_offset=pixels.pixel_offset,
        is_implicit=beginning.is_implicit,
        is_big_endian=beginning.is_big_endian,
        is_deflated=beginning.is_deflated,
        media_storage_sop_class_uid=beginning.media_storage_sop_class_uid,
        elements=elements,
    )
    identity = read_identity(path, place)
    return {"transfer_syntax_uid": beginning.transfer_syntax_uid, **vars(pixels), "identity": identity}
