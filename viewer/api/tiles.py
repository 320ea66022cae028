"""GET /view/instances/{instance}/frames/{frame}/tiles/{z}/{x}/{y}.jpg — one windowed tile."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from pacs.http.conditional import is_known
from pacs.http.requests import DoorRequest, parameters_of
from viewer.api.answers import Answer, Later, not_modified, picture
from viewer.api.params import parse_tile_request
from viewer.api.pictures import remembered_instance, visible_instance, with_frame
from viewer.imaging.types import Window
from viewer.rendering.cache import ByteCache
from viewer.rendering.frame_values import FrameValues, address_frame, frame_at_hand
from viewer.rendering.render import render_tile, shown_by
from viewer.rendering.request import TileRequest, etag

if TYPE_CHECKING:
    from pacs.catalog.models import Instance

JPEG = "image/jpeg"
# Each slice may bring a window of its own, or none: what was applied is told, that a viewer can print it.
WINDOW_HEADER = b"lightbox-window"
# To read a question takes longer than to find the tile that answers it: so many are known by heart, of this length
# at most, that nobody can fill the memory with them.
MOST_QUESTIONS = 4096
LONGEST_QUESTION = 512

# Whole answers, by ETag, which stands for the file's bytes and everything asked of them.
_tiles: ByteCache[str, Answer] = ByteCache(settings.TILE_CACHE_BYTES, lambda tile: len(tile.body))


def tile_at_once(request: DoorRequest) -> Answer | None:
    """The answer where it takes microseconds: access was decided before, and the tile is held. None elsewhere."""
    instance = remembered_instance(request)
    if instance is None:
        return None
    return _held(request, _asked_of(request, instance)[1])


def get_tile(request: DoorRequest) -> Answer | Later[FrameValues]:
    """Access first, then the cheapest way: the browser's copy, ours, a frame at hand, a frame to be decoded."""
    instance = visible_instance(request)
    asked, tag = _asked_of(request, instance)
    held = _held(request, tag)
    if held is not None:
        return held

    def render(frame: FrameValues) -> Answer:
        return _tiles.get_or_make(tag, lambda: _make(frame, asked, tag))

    return with_frame(address_frame(instance, asked.frame_index), render)


def tile_at_hand(instance: Instance, asked: TileRequest) -> Answer | None:
    """The tile where that takes milliseconds and no sandbox; access was decided before. Raises CannotShow, NotFound."""
    tag = etag(instance.blob, asked)
    held = _tiles.get(tag)
    if held is not None:
        return held
    frame = frame_at_hand(address_frame(instance, asked.frame_index))
    return None if frame is None else _tiles.get_or_make(tag, lambda: _make(frame, asked, tag))


def _asked_of(request: DoorRequest, instance: Instance) -> tuple[TileRequest, str]:
    path, query = request.scope["path"], request.scope["query_string"]
    read = _asked if len(path) + len(query) <= LONGEST_QUESTION else _asked.__wrapped__
    return read(instance.blob, tuple(request.arguments.items()), query)


@lru_cache(maxsize=MOST_QUESTIONS)
def _asked(blob: str, path: tuple[tuple[str, str], ...], query: bytes) -> tuple[TileRequest, str]:
    """What is asked of these bytes, and its ETag. Raises BadRequest."""
    asked = parse_tile_request(dict(path), dict(parameters_of(query)))
    return asked, etag(blob, asked)


def _held(request: DoorRequest, tag: str) -> Answer | None:
    if is_known(request.header(b"if-none-match"), tag):
        return not_modified(tag)
    return _tiles.get(tag)


def _make(frame: FrameValues, asked: TileRequest, tag: str) -> Answer:
    answer = picture(render_tile(frame, asked), JPEG, tag)
    shown = shown_by(frame, asked.look) if frame.description.is_monochrome else None
    if not isinstance(shown, Window):
        return answer
    told = f"{shown.center:.10g},{shown.width:.10g},{shown.function}".encode()
    return replace(answer, headers=(*answer.headers, (WINDOW_HEADER, told)))


def forget() -> None:
    """Hold no tile."""
    _tiles.clear()
