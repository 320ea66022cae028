"""The one who sends: takes the next step of the plan, sends it in parts as the line has room, and plans anew when told.

No part goes out unless its step is the first of the plan that holds now; a level of many parts that is no longer
first is left where it is, and gone on with from there when its turn comes again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterator
from typing import Protocol

from pacs.errors import NotFound, NotSignedIn, Overloaded, places_of
from viewer.imaging.errors import CannotShow, NoStream
from viewer.streaming.desk import Desk, Stack
from viewer.streaming.messages import ViewingMessage
from viewer.streaming.orders import Step
from viewer.streaming.parts import Part

log = logging.getLogger(__name__)

MOST_MAKING = 2  # streams that are made for one session at once; beside them, one of what is on screen
MOST_MISSED = 8  # frames without a stream that are passed over before it is waited for one
LEAST_PART_BYTES, MOST_PART_BYTES = 8 << 10, 256 << 10
OVERLOADED_PAUSE_S = 1.0
FAILED, NO_STREAM = "failed", "no_stream"


class Levels(Protocol):
    """Where levels come from; access is asked for each part."""

    async def part(self, frame: tuple[str, int], level: int, offset: int, most_bytes: int) -> Part | None:
        """Bytes of the level from `offset` on, as a message; None where the frame's stream is not made yet.

        Raises NotSignedIn, NotFound, CannotShow, Overloaded.
        """

    async def make(self, frame: tuple[str, int]) -> None:
        """Make the frame's stream; seconds, perhaps. Raises as part, and NoStream."""


class Viewer(Protocol):
    """Who sits at the other end."""

    async def send_level(self, data: bytes) -> None:
        """A binary message."""

    async def tell(self, message: ViewingMessage) -> None:
        """A text message."""


class Sender:
    """Sends to one viewer what its desk plans."""

    def __init__(self, desk: Desk, levels: Levels, viewer: Viewer) -> None:
        self._desk = desk
        self._levels = levels
        self._viewer = viewer
        self._version = -1
        self._steps: Iterator[Step] = iter(())
        self._first: Step | None = None  # of the plan, where it was looked at and not taken
        self._making: set[asyncio.Task[None]] = set()
        self._missed: list[tuple[Stack, int]] = []

    async def run(self) -> None:
        """Until it is cancelled. Raises NotSignedIn once whoever looks may look no longer."""
        try:
            while True:
                step = self._next_step()
                if step is not None:
                    await self._take(step)
                    continue
                if not self._making:
                    await self._tell_idle()
                await self._desk.touched()
        finally:
            for task in self._making:
                task.cancel()

    def _next_step(self) -> Step | None:
        if len(self._missed) >= MOST_MISSED and self._version == self._desk.version:
            return None
        self._plan_anew_if_told()
        step, self._first = self._first, None
        return step or next(self._steps, None)

    def _plan_anew_if_told(self) -> None:
        if self._version != self._desk.version:
            self._version = self._desk.version
            for stack, frame in self._missed:
                stack.shelf.wake(frame)
            self._missed.clear()
            self._steps = self._desk.steps()
            self._first = next(self._steps, None)

    def _is_still_first(self, step: Step) -> bool:
        if self._version == self._desk.version:
            return True
        self._plan_anew_if_told()
        if self._first != step:
            return False
        self._first = None
        return True

    async def _take(self, step: Step) -> None:
        stack = self._desk.stack(step.stack)
        if stack is None:
            return
        try:
            await self._send(step, stack)
        except NotSignedIn:
            raise
        except NotFound:
            self._desk.close(step.stack)
            await self._viewer.tell({"type": "closed", "stack": step.stack, "reason": "not_found"})
        except Overloaded:
            await asyncio.sleep(OVERLOADED_PAUSE_S)
            self._desk.replan()
        except CannotShow as error:
            await self._give_up(stack, step.frame, error.reason)

    async def _send(self, step: Step, stack: Stack) -> None:
        """All parts of the level, or as many as go out while it is first."""
        shelf, frame = stack.shelf, stack.frames.address(step.frame)
        while await self._has_room_for(step):
            offset, most_bytes = shelf.part_bytes(step.frame), self._part_bytes()
            part = await self._levels.part(frame, step.level, offset, most_bytes)
            if part is None:
                self._miss(step, stack)
                return
            shelf.learn_levels(step.frame, part.levels)
            if not part.message:  # the viewer has all there is
                return
            if not self._is_still_first(step):
                return
            times_told = shelf.times_told
            await self._viewer.send_level(part.message)
            self._desk.owes_idle = True
            self._desk.credit.sent(len(part.message), time.monotonic())
            if shelf.times_told != times_told:
                return  # the viewer said meanwhile what it has: the plan is another
            if part.is_last:
                shelf.sent(step.frame, step.level)
                return
            shelf.sent_part(step.frame, part.end)

    async def _has_room_for(self, step: Step) -> bool:
        while self._is_still_first(step):
            if self._desk.credit.room_bytes > 0:
                return True
            await self._desk.touched()
        return False

    def _part_bytes(self) -> int:
        """Small on a slow line, so that little is between two looks; large on a quick one, where each costs as much."""
        return max(LEAST_PART_BYTES, min(MOST_PART_BYTES, self._desk.credit.window_bytes // 4))

    async def _tell_idle(self) -> None:
        if self._desk.owes_idle and self._desk.is_looked_at:
            self._desk.owes_idle = False
            await self._viewer.tell({"type": "idle"})

    def _miss(self, step: Step, stack: Stack) -> None:
        """The stream has to be made: that is begun, or waited for, and others are sent meanwhile."""
        stack.shelf.rest(step.frame)
        if len(self._making) < MOST_MAKING + self._desk.is_seen(step):
            task = asyncio.ensure_future(self._make(stack, step.frame))
            self._making.add(task)
            task.add_done_callback(self._made)
        else:
            self._missed.append((stack, step.frame))

    async def _make(self, stack: Stack, frame: int) -> None:
        try:
            await self._levels.make(stack.frames.address(frame))
        except (NotSignedIn, NotFound):
            pass  # whoever asks for its bytes is told
        except Overloaded:
            await asyncio.sleep(OVERLOADED_PAUSE_S)
        except CannotShow as error:
            await self._give_up(stack, frame, error.reason)
        except NoStream:
            await self._give_up(stack, frame, NO_STREAM)
        except Exception as error:
            log.error(
                "a stream could not be made: %s", places_of(error)
            )  # its words may quote the file (P10)
            await self._give_up(stack, frame, FAILED)
        stack.shelf.wake(frame)

    def _made(self, task: asyncio.Task[None]) -> None:
        self._making.discard(task)
        if not task.cancelled():
            task.exception()  # taken note of: it can only be that the viewer went
        self._desk.replan()

    async def _give_up(self, stack: Stack, frame: int, reason: str) -> None:
        stack.shelf.close(frame)
        uid, frame_index = stack.frames.address(frame)
        with contextlib.suppress(ConnectionError):
            await self._viewer.tell(
                {
                    "type": "cannot",
                    "stack": stack.number,
                    "instance": uid,
                    "frame": frame_index + 1,
                    "reason": reason,
                    "permanent": reason != FAILED,
                }
            )
