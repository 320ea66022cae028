"""Levels for one viewer: in threads, and with the question who looks before every part of them (promises P13, P14)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings

from pacs.access.actors import Actor
from pacs.access.opened import note_opened
from pacs.access.standing import actor_and_instance, actor_for_scope, visible_instance_for
from pacs.errors import NotFound, NotSignedIn
from pacs.http.lanes import Lane, SingleFlight
from viewer.imaging.errors import CannotShow
from viewer.rendering.stored_frame import FrameAddress, address_frame
from viewer.rendering.streams import has_stream, make_stream
from viewer.streaming.parts import Part, part_at_hand
from viewer.streaming.sayings import Open
from viewer.streaming.sending import FAILED
from viewer.streaming.stacks import FrameList, open_stack

# Each session has one piece of work inside at a time: nobody waits longer than for one of each of the others.
MOST_WAITING = 2048
MOST_WAITING_FOR_STREAMS = 256
reading = Lane("viewing", settings.RENDER_THREADS, MOST_WAITING)
making = SingleFlight(Lane("streams", settings.SANDBOX_CHILDREN, MOST_WAITING_FOR_STREAMS))
standing = Lane("viewing-standing", 1, MOST_WAITING)


class PermittedLevels:
    """Where one viewer's levels come from."""

    def __init__(self, scope: Mapping[str, Any]) -> None:
        self._scope = scope

    async def open(self, asked: Open) -> FrameList:
        """The frames of a stack. Raises as stacks.open_stack, and Overloaded."""
        return await reading.run(open_stack, self._scope, asked)

    async def part(self, frame: tuple[str, int], level: int, offset: int, most_bytes: int) -> Part | None:
        """As sending.Levels has it."""
        return await reading.run(_part, self._scope, frame, level, offset, most_bytes)

    async def make(self, frame: tuple[str, int]) -> None:
        """As sending.Levels has it."""
        address = await reading.run(_address, self._scope, frame)
        await making.run(address.key, lambda: _make(address))

    async def closed(self, instances: Iterable[tuple[int, str]]) -> tuple[int, ...]:
        """Which of these stacks, each with one of its instances, are open to them no more. Raises NotSignedIn."""
        return await standing.run(_closed, self._scope, tuple(instances))


def _address(scope: Mapping[str, Any], frame: tuple[str, int]) -> FrameAddress:
    uid, frame_index = frame
    actor, visible = actor_and_instance(scope, uid)
    note_opened(actor, visible.instance.series.study)
    return address_frame(visible.instance, frame_index)


def _part(
    scope: Mapping[str, Any], frame: tuple[str, int], level: int, offset: int, most_bytes: int
) -> Part | None:
    return part_at_hand(_address(scope, frame), level, offset, most_bytes)


def _make(address: FrameAddress) -> None:
    if not has_stream(address):
        make_stream(address)
    if not has_stream(address):
        raise CannotShow(FAILED)  # there was no room to keep it


def _closed(scope: Mapping[str, Any], instances: tuple[tuple[int, str], ...]) -> tuple[int, ...]:
    actor = actor_for_scope(scope)
    if actor.kind == "nobody":
        raise NotSignedIn
    return tuple(number for number, uid in instances if not _is_visible(actor, uid))


def _is_visible(actor: Actor, uid: str) -> bool:
    try:
        visible_instance_for(actor, uid)
    except NotFound:
        return False
    return True
