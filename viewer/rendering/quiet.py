"""Whether somebody is being served right now: what is made ahead makes way for them."""

from __future__ import annotations

import threading
import time

QUIET_AFTER_S = 0.25  # a reader who scrolls asks more often than that


class Quiet:
    """Hears of requests, and lets work in the background wait until there was none for a moment."""

    def __init__(self, quiet_after_s: float = QUIET_AFTER_S) -> None:
        self._quiet_after_s = quiet_after_s
        self._heard_at = float("-inf")

    def note_request(self) -> None:
        """Somebody asks for something. Costs nothing."""
        self._heard_at = time.monotonic()

    def wait(self, longest_s: float, has_ended: threading.Event) -> None:
        """Until it is quiet, but no longer than this: a server that is never quiet has work done all the same."""
        ends_at = time.monotonic() + longest_s
        while not has_ended.is_set():
            now = time.monotonic()
            quiet_at = self._heard_at + self._quiet_after_s
            if now >= min(quiet_at, ends_at):
                return
            has_ended.wait(min(quiet_at, ends_at) - now)


quiet = Quiet()
