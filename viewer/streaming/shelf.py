"""What is known of the frames of one stack: which levels the viewer has, how many there are, what cannot be had.

A few bytes a frame, and marks that can be searched as bytes: a stack of thousands of frames is planned anew with
every look, sixty times a second.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MOST_LEVELS = 32
MOST_PARTS = 64
OPEN, RESTS, CLOSED = 0, 1, 2


@dataclass(frozen=True)
class Run:
    """So many frames one after another, of which the viewer has `held` of `levels` levels (0: it does not know)."""

    frames: int
    held: int
    levels: int


class Shelf:
    """The frames of one stack, by their index in it."""

    def __init__(self, frames: int) -> None:
        self._held = bytearray(frames)
        self._levels = bytearray(frames)  # 0: not known yet
        self._state = bytearray(frames)
        self._parts: dict[int, int] = {}
        self.times_told = 0  # by the viewer what it has
        self.no_preview = bytearray(b"\1" * frames)  # 1: a first level may be sent
        self.not_exact = bytearray(b"\1" * frames)  # 1: some level may be sent

    def __len__(self) -> int:
        return len(self._held)

    def held(self, frame: int) -> int:
        """How many levels the viewer has of this frame, from the first on."""
        return self._held[frame]

    def levels(self, frame: int) -> int:
        """How many there are; 0 while that is not known."""
        return self._levels[frame]

    def part_bytes(self, frame: int) -> int:
        """How much of the next level's payload the viewer has: it was cut off there."""
        return self._parts.get(frame, 0)

    def next_level(self, frame: int, up_to: int) -> int | None:
        """The level to send next, `up_to` that one; None where nothing is to be sent."""
        level = self._held[frame]
        return level if level <= up_to and self.not_exact[frame] else None

    def learn_levels(self, frame: int, levels: int) -> None:
        """There are so many."""
        self._levels[frame] = levels
        self._mark(frame)

    def sent(self, frame: int, level: int) -> None:
        """The viewer has this level, and all before it."""
        self._held[frame] = level + 1
        self._parts.pop(frame, None)
        self._mark(frame)

    def sent_part(self, frame: int, part_bytes: int) -> None:
        """Of the next level the viewer has its first bytes. Of many frames only the latest such are remembered."""
        self._parts.pop(frame, None)
        self._parts[frame] = part_bytes
        if len(self._parts) > MOST_PARTS:
            del self._parts[next(iter(self._parts))]

    def has(self, first_frame: int, runs: Iterable[Run]) -> None:
        """The viewer says what it has, from `first_frame` on. What lies beyond the end is passed over."""
        self.times_told += 1
        frame = first_frame
        for run in runs:
            end = min(frame + run.frames, len(self))
            for each in range(frame, end):
                self._held[each] = run.held
                self._levels[each] = run.levels or self._levels[each]
                self._parts.pop(each, None)
                self._mark(each)
            frame = end

    def rest(self, frame: int) -> None:
        """Not now: it is being made."""
        self._set(frame, RESTS)

    def wake(self, frame: int) -> None:
        """It may be sent again, unless it was closed for good."""
        if self._state[frame] == RESTS:
            self._set(frame, OPEN)

    def close(self, frame: int) -> None:
        """It cannot be had: nothing of it will be sent."""
        self._set(frame, CLOSED)

    def _set(self, frame: int, state: int) -> None:
        self._state[frame] = state
        self._mark(frame)

    def _mark(self, frame: int) -> None:
        held, levels = self._held[frame], self._levels[frame]
        is_open = self._state[frame] == OPEN
        self.no_preview[frame] = is_open and held == 0
        self.not_exact[frame] = is_open and (held < levels if levels else held < MOST_LEVELS)
