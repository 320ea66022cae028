"""Frames that were decoded for a picture, held for a moment so that their streams cost no second decoding."""

from __future__ import annotations

import contextlib
import queue
from dataclasses import dataclass

from viewer.rendering.descriptions import Described
from viewer.rendering.stored_frame import FrameAddress, StoredFrame

MOST_HELD = (
    4  # tens of megabytes each where they are mammograms; what finds no place is decoded again some day
)


@dataclass(frozen=True)
class Offer:
    """A decoded frame."""

    address: FrameAddress
    known: Described
    stored: StoredFrame


class Offers:
    """A few frames in a row; nothing is held while nobody is there to take them."""

    def __init__(self) -> None:
        self._row: queue.Queue[Offer] = queue.Queue(MOST_HELD)
        self.has_taker = False

    def offer(self, address: FrameAddress, known: Described, stored: StoredFrame) -> None:
        """Hold the frame if there is room and somebody to take it."""
        if self.has_taker:
            with contextlib.suppress(queue.Full):
                self._row.put_nowait(Offer(address, known, stored))

    def take(self, wait_s: float) -> Offer | None:
        """The first of them; None where none came for so long."""
        try:
            return self._row.get(block=wait_s > 0, timeout=wait_s)
        except queue.Empty:
            return None


offers = Offers()
