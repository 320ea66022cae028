"""What to send next, given what is looked at. Pure: it knows frames by their index and levels by their number.

What is on screen comes first, as fine as the screen shows it. Who moves gets a first level of what comes towards
them; who rests gets this picture exact, then the first levels of what is near, and from there outward until every
frame is exact. With every look the plan is made anew, so that nothing stale is ever sent but what is on its way.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from viewer.streaming.shelf import MOST_LEVELS, Shelf

Reach = Literal["stack", "frame", "previews"]
EXACT = MOST_LEVELS  # no level is higher

# Faster than this a frame is gone before its next level comes (frames a second).
HURRY_PER_S = 12.0
# Who moves sees so much of the future at this speed.
AHEAD_S = 1.5
LEAST_AHEAD, MOST_AHEAD = 6, 96
NEAR_PREVIEWS = 24  # about a frame at rest: the next flick of a thumb
NEAR_EXACT = 3  # the frames that the next touch shows
CINE_AHEAD = 48
SAVER_PREVIEWS = 12


@dataclass(frozen=True)
class View:
    """What one picture on the screen shows of a stack."""

    stack: int
    at: int  # index of the frame
    direction: Literal[-1, 0, 1] = 0
    frames_per_s: float = 0.0
    zoom: float = 1.0  # device pixels for one column of the image
    reach: Reach = (
        "stack"  # all of the stack; this frame alone (a page in the background); previews (data saver)
    )
    behind: int = 1 << 30  # so many frames can be held on the side that was left,
    ahead: int = 1 << 30  # and so many where it goes (forward for who rests)
    is_playing: bool = False


@dataclass(frozen=True)
class Step:
    """One level of one frame."""

    stack: int
    frame: int
    level: int


def plan(views: Sequence[View], shelves: Mapping[int, Shelf]) -> Iterator[Step]:
    """What to send, in order. Whoever takes a step marks it on its shelf (sent, rest or close) before the next.

    Pictures side by side take turns: each has its first need met before any has its second.
    """
    tiers = [_tiers(view, shelves[view.stack]) for view in views if view.stack in shelves]
    for rank in range(max(map(len, tiers), default=0)):
        yield from _in_turns([each[rank] for each in tiers if rank < len(each)])


def needed_level(levels: int, zoom: float) -> int:
    """The first of `levels` (each doubles the sides) that has a pixel for each of the screen's; 0 where unknown."""
    if levels == 0:
        return 0
    halvings = math.floor(1e-9 - math.log2(zoom)) if 0 < zoom < 1 else 0
    return max(0, levels - 1 - halvings)


def nearest(marked: bytearray, view: View, within: int) -> Iterator[int]:
    """Where it is marked 1, nearest first, of what can be held; who moves looks twice as far ahead as back.

    Searched as bytes, so that a stack of thousands takes microseconds.
    """
    is_forward = view.direction >= 0
    ahead, behind = min(within, view.ahead), min(within, view.behind)
    highest, lowest = (
        (view.at + ahead, view.at - behind) if is_forward else (view.at + behind, view.at - ahead)
    )
    weight_up, weight_down = (1, 2 if view.direction else 1) if is_forward else (2, 1)
    up, down = view.at, view.at  # all between these were seen
    while True:
        above = marked.find(1, up + 1, highest + 1)
        below = marked.rfind(1, max(0, lowest), down) if down > 0 else -1
        if above < 0 and below < 0:
            return
        far_up = (above - view.at) * weight_up if above >= 0 else math.inf
        far_down = (view.at - below) * weight_down if below >= 0 else math.inf
        if far_up < far_down or (far_up == far_down and is_forward):
            up = above
            yield above
        else:
            down = below
            yield below


def _tiers(view: View, shelf: Shelf) -> list[Iterator[Step]]:
    if not 0 <= view.at < len(shelf):
        return []
    tiers = _Tiers(view, shelf)
    if view.reach == "frame":
        return [tiers.seen_needed(), tiers.seen(EXACT)]
    if view.reach == "previews":
        return [tiers.seen(0), tiers.seen_spared(), tiers.previews(SAVER_PREVIEWS)]
    if view.is_playing:
        return [tiers.coming(CINE_AHEAD), tiers.previews(len(shelf)), tiers.exact(len(shelf))]
    if view.frames_per_s > 0:
        return _of_who_moves(view, shelf, tiers)
    return [
        tiers.seen_needed(),
        tiers.previews(NEAR_PREVIEWS // 4),
        tiers.seen(EXACT),
        tiers.previews(NEAR_PREVIEWS),
        tiers.exact(NEAR_EXACT),
        tiers.previews(len(shelf)),
        tiers.exact(len(shelf)),
    ]


def _of_who_moves(view: View, shelf: Shelf, tiers: _Tiers) -> list[Iterator[Step]]:
    ahead = min(MOST_AHEAD, max(LEAST_AHEAD, math.ceil(view.frames_per_s * AHEAD_S)))
    first = [tiers.seen(0), tiers.previews(ahead)]
    if view.frames_per_s <= HURRY_PER_S:
        first += [tiers.seen_needed(), tiers.exact(NEAR_EXACT)]
    return [*first, tiers.previews(len(shelf)), tiers.exact(len(shelf))]


class _Tiers:
    """The kinds of wants of one view, each a lazy list."""

    def __init__(self, view: View, shelf: Shelf) -> None:
        self._view = view
        self._shelf = shelf

    def seen(self, up_to: int) -> Iterator[Step]:
        """The visible frame, level by level."""
        return self._raised(self._view.at, up_to)

    def seen_needed(self) -> Iterator[Step]:
        """The visible frame as fine as it is shown. How many levels it has is known once the first was sent."""
        yield from self._raised(self._view.at, 0)
        yield from self._raised(self._view.at, self._needed(self._view.at))

    def seen_spared(self) -> Iterator[Step]:
        """The visible frame as fine as it is shown, but for its last level, which takes most of the bytes."""
        levels = self._shelf.levels(self._view.at)
        yield from self._raised(self._view.at, min(self._needed(self._view.at), max(0, levels - 2)))

    def previews(self, within: int) -> Iterator[Step]:
        """First levels about the visible frame."""
        for frame in nearest(self._shelf.no_preview, self._view, within):
            yield from self._raised(frame, 0)

    def exact(self, within: int) -> Iterator[Step]:
        """All levels of the visible frame and of those about it."""
        yield from self.seen(EXACT)
        for frame in nearest(self._shelf.not_exact, self._view, within):
            yield from self._raised(frame, EXACT)

    def coming(self, most: int) -> Iterator[Step]:
        """A cine runs forward and begins anew at its end: what it will show, as fine as it is shown."""
        frames = len(self._shelf)
        for away in range(min(most, frames, self._view.ahead + 1)):
            frame = (self._view.at + away) % frames
            yield from self._raised(frame, 0)
            yield from self._raised(frame, self._needed(frame))

    def _needed(self, frame: int) -> int:
        return needed_level(self._shelf.levels(frame), self._view.zoom)

    def _raised(self, frame: int, up_to: int) -> Iterator[Step]:
        while (level := self._shelf.next_level(frame, up_to)) is not None:
            yield Step(self._view.stack, frame, level)


def _in_turns(waiting: Sequence[Iterator[Step]]) -> Iterator[Step]:
    turns = deque(waiting)
    while turns:
        one = turns.popleft()
        step = next(one, None)
        if step is not None:
            yield step
            turns.append(one)
