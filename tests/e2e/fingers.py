"""Real touches, as Chromium receives them from a screen: by the DevTools protocol, not dispatched by script."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Page

Point = tuple[float, float]
STEP_S = 0.016  # a screen reports touches about as often as it draws


class Fingers:
    """One hand on a page."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)

    def tap(self, at: Point) -> None:
        """Touch and leave."""
        self._send("touchStart", [at])
        time.sleep(0.04)
        self._send("touchEnd", [])

    def double_tap(self, at: Point) -> None:
        """Twice, quickly: at the moments of a hand, as a screen tells them, however long a busy page takes to hear."""
        first = time.time()
        for kind, after_s in (
            ("touchStart", 0.0),
            ("touchEnd", 0.04),
            ("touchStart", 0.1),
            ("touchEnd", 0.14),
        ):
            time.sleep(max(0.0, first + after_s - time.time()))
            self._send(kind, [at] if kind == "touchStart" else [], first + after_s)

    def drag(self, *paths: tuple[Point, Point], steps: int = 12, hold_s: float = 0.1) -> None:
        """Each path is one finger's way; all go together. Resting before leaving, so that nothing is flicked."""
        self._go(paths, steps)
        time.sleep(hold_s)
        self._send("touchEnd", [])

    def flick(self, start: Point, end: Point) -> None:
        """Let go while still moving."""
        self._go(((start, end),), steps=6)
        self._send("touchEnd", [])

    def press(self, at: Point, seconds: float) -> None:
        """Stay; leave with leave()."""
        self._send("touchStart", [at])
        time.sleep(seconds)

    def leave(self) -> None:
        """Take every finger off."""
        self._send("touchEnd", [])

    def _go(self, paths: Sequence[tuple[Point, Point]], steps: int) -> None:
        self._send("touchStart", [start for start, _ in paths])
        for step in range(1, steps + 1):
            time.sleep(STEP_S)
            share = step / steps
            self._send(
                "touchMove",
                [(x0 + (x1 - x0) * share, y0 + (y1 - y0) * share) for (x0, y0), (x1, y1) in paths],
            )

    def _send(self, kind: str, points: Sequence[Point], at_s: float | None = None) -> None:
        touches = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(points)]
        told: dict[str, Any] = {"type": kind, "touchPoints": touches}
        if at_s is not None:
            told["timestamp"] = at_s
        self._session.send("Input.dispatchTouchEvent", told)
