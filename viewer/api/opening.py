"""The first picture of a study, sent along with its digest: it would otherwise be a journey of its own."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pacs.errors import LightboxError
from viewer.api.tiles import WINDOW_HEADER, tile_at_hand
from viewer.imaging.errors import CannotShow
from viewer.rendering.request import TileRequest

if TYPE_CHECKING:
    from pacs.catalog.models import Study

TILE_SIZE = 256  # as the viewer's quick preview: the whole picture in one tile


def opening_of(study: Study, digest: Mapping[str, Any]) -> dict[str, Any] | None:
    """The quick preview of what the digest wants shown first, where it can be had in milliseconds; else None.

    `jpeg` is in base64, `window` as the tile route tells it. The study is open to whoever asks.
    """
    first = digest["first"]
    if first is None:
        return None
    uid = digest["series"][first["series"]]["instances"][first["instance"]][0]
    asked = TileRequest(frame_index=first["frame"] - 1, tile_size=TILE_SIZE, z=0, x=0, y=0)
    try:
        series = study.series.get(series_instance_uid=digest["series"][first["series"]]["uid"])
        tile = tile_at_hand(series.instances.get(sop_instance_uid=uid), asked)
    except (CannotShow, LightboxError):
        return None  # the viewer asks for it as for every other, and is told why
    if tile is None:
        return None
    window = dict(tile.headers).get(WINDOW_HEADER)
    return {
        "instance": uid,
        "frame": first["frame"],
        "jpeg": base64.b64encode(tile.body).decode(),
        "window": None if window is None else window.decode(),
    }
