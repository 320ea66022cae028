"""Looks at a received file before anything else may: whole, within limits, where its pixels lie. Runs in pacs.sandbox.

Nothing here knows Django: a child process imports it.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from pacs.catalog.identity import DataSetPlace, read_identity
from pacs.ingest.scan.whole import scan_file


def examine(path: str) -> dict[str, Any]:
    """What a file is, in one visit to the sandbox: the facts of its pixels and its identity (catalog.identity).

    Keys: transfer_syntax_uid, those of scan.pixels.PixelFacts, and identity. Raises Unreadable with a reason.
    """
    beginning, pixels = scan_file(Path(path))
    place = DataSetPlace(
        start_offset=beginning.data_set_offset,
        end_offset=pixels.pixel_offset,
        is_implicit=beginning.is_implicit,
        is_big_endian=beginning.is_big_endian,
        is_deflated=beginning.is_deflated,
        media_storage_sop_class_uid=beginning.media_storage_sop_class_uid,
    )
    identity = read_identity(path, place)
    return {"transfer_syntax_uid": beginning.transfer_syntax_uid, **asdict(pixels), "identity": identity}
