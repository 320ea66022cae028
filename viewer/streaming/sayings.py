"""What a viewer says on its socket, read strictly: anything else is answered with why, and the socket is closed.

open   {"type":"open","stack":1,"series":UID,"order":CRC,"runs":[[0,119]],"have":[120,0,0]}
open   {"type":"open","stack":1,"series":UID,"instances":[UID,…],"have":[…]}
look   {"type":"look","views":[{"stack":1,"at":7,"direction":1,"speed":4.5,"zoom":2.1,
                                    "reach":"stack","behind":40,"ahead":80,"playing":false}]}
    have   {"type":"have","stack":1,"from":10,"levels":[3,5,5, 2,1,5],"parts":[[13,8192]]}
close  {"type":"close","stack":1}
ack    {"type":"ack","bytes":123456}
ping   {"type":"ping"}
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, cast

from pacs.uids import is_uid
from viewer.streaming.orders import Reach, View
from viewer.streaming.shelf import MOST_LEVELS, Run

MOST_MESSAGE_BYTES = 512 << 10  # the UIDs of the largest series that is opened by its instances
MOST_VIEWS = 8
MOST_STACK_NUMBER = 1 << 30
MOST_INSTANCES = 8_000
MOST_RUNS = 20_000
MOST_PARTS = 64
MOST_COUNT = 1 << 40
FASTEST_PER_S = 1_000.0
LARGEST_ZOOM = 1_000.0
REACHES = ("stack", "frame", "previews")


class Unreadable(Exception):
    """It is not one of ours. `place` says what of it is not; it holds nothing of what was said."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


@dataclass(frozen=True)
class Open:
    """Frames of one series that will be looked at, in the viewer's order, and what it has of them.

    Either `runs` of places in the series as our digest lays it out, which `order` (a CRC) proves that both mean; or
    the `instances` themselves.
    """

    stack: int
    series: str
    order: int = 0
    runs: tuple[tuple[int, int], ...] = ()
    instances: tuple[str, ...] = ()
    have: tuple[Run, ...] = ()


@dataclass(frozen=True)
class Look:
    """All that is on screen, the one in hand first. Takes the place of the look before."""

    views: tuple[View, ...]


@dataclass(frozen=True)
class Have:
    """What the viewer has of some frames: less than before where it had to make room."""

    stack: int
    first_frame: int
    runs: tuple[Run, ...]
    parts: tuple[tuple[int, int], ...] = field(default=())  # (frame, bytes of its next level's payload)


@dataclass(frozen=True)
class Close:
    """The stack is looked at no more."""

    stack: int


@dataclass(frozen=True)
class Ack:
    """So many bytes of binary messages have come since the socket opened."""

    total_bytes: int


@dataclass(frozen=True)
class Ping:
    """Is anybody there?"""


Saying: TypeAlias = "Open | Look | Have | Close | Ack | Ping"


def parse_saying(text: str | None) -> Saying:
    """What was said. Raises Unreadable."""
    if text is None or len(text) > MOST_MESSAGE_BYTES:
        raise Unreadable("message")
    try:
        wire = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("message") from None
    if not isinstance(wire, dict):
        raise Unreadable("message")
    reader = _READERS.get(wire.get("type", "")) if isinstance(wire.get("type"), str) else None
    if reader is None:
        raise Unreadable("type")
    return cast(Saying, reader(wire))


def _open(wire: Mapping[str, Any]) -> Open:
    series, stack, have = _uid(wire, "series"), _stack(wire), _runs(wire, "have")
    if "instances" in wire:
        named = _list(wire, "instances", MOST_INSTANCES)
        if not all(isinstance(uid, str) and is_uid(uid) for uid in named):
            raise Unreadable("instances")
        return Open(stack, series, instances=tuple(named), have=have)
    pairs = tuple(_pair(pair, "runs") for pair in _list(wire, "runs", MOST_INSTANCES))
    if any(last < first for first, last in pairs):
        raise Unreadable("runs")
    return Open(stack, series, _count(wire, "order"), pairs, have=have)


def _look(wire: Mapping[str, Any]) -> Look:
    views = _list(wire, "views", MOST_VIEWS)
    if not all(isinstance(view, dict) for view in views):
        raise Unreadable("views")
    return Look(tuple(_view(view) for view in views))


def _view(wire: Mapping[str, Any]) -> View:
    direction, reach, playing = wire.get("direction"), wire.get("reach"), wire.get("playing")
    if _kind(direction) is not int or direction not in (-1, 0, 1):
        raise Unreadable("direction")
    if reach not in REACHES:
        raise Unreadable("reach")
    if not isinstance(playing, bool):
        raise Unreadable("playing")
    return View(
        stack=_stack(wire),
        at=_count(wire, "at"),
        direction=cast(Literal[-1, 0, 1], direction),
        frames_per_s=_number(wire, "speed", FASTEST_PER_S),
        zoom=_number(wire, "zoom", LARGEST_ZOOM),
        reach=cast(Reach, reach),
        behind=_count(wire, "behind"),
        ahead=_count(wire, "ahead"),
        is_playing=playing,
    )


def _have(wire: Mapping[str, Any]) -> Have:
    parts = tuple(_pair(pair, "parts") for pair in _list(wire, "parts", MOST_PARTS))
    return Have(_stack(wire), _count(wire, "from"), _runs(wire, "levels"), parts)


def _close(wire: Mapping[str, Any]) -> Close:
    return Close(_stack(wire))


def _ack(wire: Mapping[str, Any]) -> Ack:
    return Ack(_count(wire, "bytes"))


def _ping(_: Mapping[str, Any]) -> Ping:
    return Ping()


_READERS = {"open": _open, "look": _look, "have": _have, "close": _close, "ack": _ack, "ping": _ping}


def _kind(value: object) -> type:
    return type(value)  # a bool is no number here


def _stack(wire: Mapping[str, Any]) -> int:
    stack = _count(wire, "stack")
    if stack > MOST_STACK_NUMBER:
        raise Unreadable("stack")
    return stack


def _count(wire: Mapping[str, Any], name: str) -> int:
    value = wire.get(name)
    if _kind(value) is not int or not 0 <= cast(int, value) <= MOST_COUNT:
        raise Unreadable(name)
    return cast(int, value)


def _number(wire: Mapping[str, Any], name: str, most: float) -> float:
    value = wire.get(name)
    if _kind(value) not in (int, float) or not math.isfinite(cast(float, value)):
        raise Unreadable(name)
    return min(most, max(0.0, float(cast(float, value))))


def _uid(wire: Mapping[str, Any], name: str) -> str:
    value = wire.get(name)
    if not isinstance(value, str) or not is_uid(value):
        raise Unreadable(name)
    return value


def _list(wire: Mapping[str, Any], name: str, most: int) -> list[Any]:
    value = wire.get(name)
    if not isinstance(value, list) or len(value) > most:
        raise Unreadable(name)
    return value


def _pair(value: object, name: str) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != 2 or not _are_counts(value):
        raise Unreadable(name)
    return value[0], value[1]


def _runs(wire: Mapping[str, Any], name: str) -> tuple[Run, ...]:
    """Three numbers each: so many frames, levels held, levels there are (0: not known)."""
    flat = _list(wire, name, 3 * MOST_RUNS)
    if len(flat) % 3 or not _are_counts(flat):
        raise Unreadable(name)
    runs = tuple(Run(*flat[at : at + 3]) for at in range(0, len(flat), 3))
    if any(run.held > MOST_LEVELS or run.levels > MOST_LEVELS for run in runs):
        raise Unreadable(name)
    return runs


def _are_counts(values: list[Any]) -> bool:
    return all(_kind(value) is int and 0 <= value <= MOST_COUNT for value in values)
