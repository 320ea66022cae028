"""A series or study in 256 pixels: of the frame that tells most, made once, kept in the derived area."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db.models import Q, Sum

from pacs.errors import NotFound
from pacs.storage.derived import derived_store
from viewer.imaging.encode import to_jpeg, to_webp
from viewer.imaging.errors import CannotShow
from viewer.rendering.cache import ByteCache
from viewer.rendering.display_order import NOT_SHOWN
from viewer.rendering.frame_values import address_frame, frame_values
from viewer.rendering.render import look_at
from viewer.rendering.representative import choose_frame, series_key
from viewer.rendering.request import Look, MediaType

if TYPE_CHECKING:
    import numpy as np
    from django.db.models import QuerySet

    from pacs.catalog.models import Series

KIND = "thumbnail"
FORM = 1
SIDE = 256
QUALITY = 80
MEMORY_BYTES = 8 << 20

ENCODERS: dict[MediaType, Callable[[np.ndarray, int], bytes]] = {"image/jpeg": to_jpeg, "image/webp": to_webp}
_memory: ByteCache[str, dict[MediaType, bytes]] = ByteCache(
    MEMORY_BYTES, lambda pictures: sum(map(len, pictures.values()))
)


def thumbnail_at_hand(series: Series, media_type: MediaType) -> bytes | None:
    """The picture if it was made already of the series as it stands."""
    key = _key(series)
    held = _memory.get(key)
    return held[media_type] if held else derived_store().get(KIND, _kept_as(series, media_type))


def make_thumbnail(series: Series, media_type: MediaType) -> bytes:
    """The picture; both forms are made and kept, by one however many ask. Raises CannotShow, Overloaded."""
    kept = thumbnail_at_hand(series, media_type)
    return kept or _memory.get_or_make(_key(series), lambda: _make(series))[media_type]


def series_of_thumbnail(series: QuerySet[Series, Any]) -> Series:
    """The one that stands for these of a study: with the most frames that can be shown, and of equals the first.

    Raises CannotShow when there is none.
    """
    shown = ~Q(instances__pixel_layout__in=NOT_SHOWN)
    frames = series.annotate(frames=Sum("instances__number_of_frames", filter=shown))
    largest: Series | None = frames.filter(frames__gt=0).order_by("-frames", "series_number", "pk").first()
    if largest is None:
        raise CannotShow("no_pixels")
    return largest


def has_pictures(series: Series) -> bool:
    """Whether there is anything in it that can be shown."""
    return series.instances.filter(number_of_frames__gt=0).exclude(pixel_layout__in=NOT_SHOWN).exists()


def forget() -> None:
    """Hold no thumbnail in memory."""
    _memory.clear()


def _make(series: Series) -> dict[MediaType, bytes]:
    choice = choose_frame(series)
    instance = series.instances.filter(sop_instance_uid=choice.sop_instance_uid).first()
    if instance is None:
        raise NotFound
    picture = look_at(frame_values(address_frame(instance, choice.frame_index)), Look(), SIDE)
    made = {media_type: encode(picture, QUALITY) for media_type, encode in ENCODERS.items()}
    for media_type, data in made.items():
        derived_store().put(KIND, _kept_as(series, media_type), data)
    return made


def _key(series: Series) -> str:
    return series_key(series, FORM)


def _kept_as(series: Series, media_type: MediaType) -> str:
    return series_key(series, FORM, media_type)
