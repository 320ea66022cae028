"""The frames of a stack, found and permitted: which instances a viewer means, in the order in which it means them."""

from __future__ import annotations

import zlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from pacs.access.opened import note_opened
from pacs.access.permit import access_series, instances_within
from pacs.access.standing import actor_for_scope
from pacs.errors import NotFound
from viewer.rendering.digest import can_be_shown
from viewer.rendering.display_order import in_display_order
from viewer.streaming.sayings import Open

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from pacs.catalog.models import Instance

MOST_FRAMES = 50_000


class AnotherOrder(Exception):
    """The series is not laid out as the viewer thinks: something came since."""


class TooManyFrames(Exception):
    """More than one viewer may hold open."""


@dataclass(frozen=True)
class FrameList:
    """Frames one after another: those of the first instance, then those of the next."""

    instances: tuple[str, ...]
    ends: tuple[int, ...]  # of each instance's frames

    def __len__(self) -> int:
        return self.ends[-1] if self.ends else 0

    def address(self, place: int) -> tuple[str, int]:
        """The instance and the frame's index in it, of the frame at this place of the stack."""
        at = bisect_right(self.ends, place)
        return self.instances[at], place - (self.ends[at - 1] if at else 0)


def open_stack(scope: Mapping[str, Any], asked: Open) -> FrameList:
    """The frames that are asked for, if their study is open to whoever asks; that it is looked at is written down.

    Blocks. Raises NotSignedIn, NotFound, AnotherOrder, TooManyFrames.
    """
    actor = actor_for_scope(scope)
    series = access_series(actor, asked.series)
    note_opened(actor, series.study)
    shown = _shown(instances_within(actor, series))
    found = _named(shown, asked.instances) if asked.instances else _in_places(shown, asked)
    frames = FrameList(
        tuple(instance.sop_instance_uid for instance in found),
        tuple(accumulate(instance.number_of_frames for instance in found)),
    )
    if len(frames) > MOST_FRAMES:
        raise TooManyFrames
    return frames


def order_of(instances: Iterable[tuple[str, int]]) -> int:
    """One number for a series as it is laid out: (UID, number of frames) of each instance, in their order."""
    told = "/".join(f"{uid}:{frames}" for uid, frames in instances)
    return zlib.crc32(told.encode())


def _shown(instances: QuerySet[Instance, Any]) -> list[Instance]:
    """As the digest lists them (viewer.rendering.digest), which is what the viewer goes by."""
    rows = instances.only(
        "series_id",
        "sop_instance_uid",
        "instance_number",
        "number_of_frames",
        "pixel_layout",
        "position_mm",
        "display",
    )
    return [instance for instance in in_display_order(rows) if can_be_shown(instance)]


def _in_places(shown: list[Instance], asked: Open) -> list[Instance]:
    if asked.order != order_of((one.sop_instance_uid, one.number_of_frames) for one in shown):
        raise AnotherOrder
    if any(last >= len(shown) for _, last in asked.runs):
        raise NotFound
    return [shown[place] for first, last in asked.runs for place in range(first, last + 1)][: MOST_FRAMES + 1]


def _named(shown: list[Instance], uids: tuple[str, ...]) -> list[Instance]:
    known = {instance.sop_instance_uid: instance for instance in shown}
    try:
        return [known[uid] for uid in uids]
    except KeyError:
        raise NotFound from None
