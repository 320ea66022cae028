"""One viewing session's state: which stacks are open, what is looked at, and what is on its way. Bounded.

Everything here happens on the event loop. Whoever changes something touches the desk; the one who sends
(viewer.streaming.sending) wakes, and plans anew where it must.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass

from viewer.streaming.credit import Credit
from viewer.streaming.orders import Step, View, plan
from viewer.streaming.sayings import Have
from viewer.streaming.shelf import Run, Shelf
from viewer.streaming.stacks import FrameList

MOST_STACKS = 24  # a study's series as they are gone through; the ones longest out of sight are closed first
MOST_FRAMES_IN_ALL = 100_000


@dataclass(frozen=True, eq=False)
class Stack:
    """An open stack."""

    number: int
    frames: FrameList
    shelf: Shelf


class Desk:
    """What a viewer has before it."""

    def __init__(self) -> None:
        self.credit = Credit(time.monotonic())
        self.owes_idle = False
        self._stacks: dict[int, Stack] = {}  # the last seen is the last
        self._views: tuple[View, ...] = ()
        self._version = 0
        self._touched = asyncio.Event()

    @property
    def version(self) -> int:
        """Another number when the plan is another."""
        return self._version

    @property
    def stacks(self) -> tuple[Stack, ...]:
        """Those that are open."""
        return tuple(self._stacks.values())

    @property
    def is_looked_at(self) -> bool:
        """Whether anything is on screen."""
        return bool(self._views)

    def stack(self, number: int) -> Stack | None:
        """The open stack of this number."""
        return self._stacks.get(number)

    def open(self, number: int, frames: FrameList, have: tuple[Run, ...]) -> tuple[int, ...]:
        """A stack, and what the viewer has of it. Answers which stacks had to be closed to make room."""
        self._stacks.pop(number, None)
        stack = self._stacks[number] = Stack(number, frames, Shelf(len(frames)))
        stack.shelf.has(0, have)
        closed = tuple(self._make_room(number))
        self.replan(owes_idle=True)
        return closed

    def close(self, number: int) -> None:
        """Nothing more of this stack."""
        if self._stacks.pop(number, None) is not None:
            self.replan()

    def look(self, views: tuple[View, ...]) -> None:
        """This is what is looked at now."""
        for view in views:
            seen = self._stacks.pop(view.stack, None)
            if seen is not None:
                self._stacks[view.stack] = seen
        if views != self._views:
            self._views = views
            self.replan()

    def have(self, said: Have) -> None:
        """The viewer has this, of frames of a stack."""
        stack = self._stacks.get(said.stack)
        if stack is None:
            return
        stack.shelf.has(said.first_frame, said.runs)
        for frame, part_bytes in said.parts:
            if frame < len(stack.shelf):
                stack.shelf.sent_part(frame, part_bytes)
        self.replan()

    def acknowledge(self, total_bytes: int) -> bool:
        """So much has come. False where that cannot be."""
        is_possible = self.credit.acknowledge(total_bytes, time.monotonic())
        self._touched.set()
        return is_possible

    def replan(self, owes_idle: bool = False) -> None:
        """Something changed that decides what is sent."""
        self.owes_idle |= owes_idle
        self._version += 1
        self._touched.set()

    def steps(self) -> Iterator[Step]:
        """What to send, in order, until the version is another."""
        return plan(self._views, {number: stack.shelf for number, stack in self._stacks.items()})

    def is_seen(self, step: Step) -> bool:
        """Whether its frame is on screen."""
        return any(view.stack == step.stack and view.at == step.frame for view in self._views)

    async def touched(self) -> None:
        """Until something happens that had not when this was last awaited."""
        await self._touched.wait()
        self._touched.clear()

    def _make_room(self, newest: int) -> Iterator[int]:
        seen = {view.stack for view in self._views} | {newest}
        for number in list(self._stacks):
            frames = sum(len(stack.frames) for stack in self._stacks.values())
            if len(self._stacks) <= MOST_STACKS and frames <= MOST_FRAMES_IN_ALL:
                return
            if number not in seen:
                del self._stacks[number]
                yield number
