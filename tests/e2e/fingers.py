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
        """Twice, quickly."""
        self._at_moments(
            ("touchStart", [at], 0.0),
            ("touchEnd", [], 0.04),
            ("touchStart", [at], 0.1),
            ("touchEnd", [], 0.14),
        )

    def drag(self, *paths: tuple[Point, Point], steps: int = 12, hold_s: float = 0.1) -> None:
        """Each path is one finger's way; all go together. Resting before leaving, so that nothing is flicked."""
        self._go(paths, steps)
        time.sleep(hold_s)
        self._send("touchEnd", [])

    def flick(self, start: Point, end: Point) -> None:
        """Let go while still moving."""
        steps = 6
        self._at_moments(
            ("touchStart", [start], 0.0),
            *(
                ("touchMove", [_between(start, end, step / steps)], step * STEP_S)
                for step in range(1, steps + 1)
            ),
            ("touchEnd", [], (steps + 1) * STEP_S),
        )

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
                [_between(start, end, share) for start, end in paths],
            )

    def _at_moments(self, *touches: tuple[str, Sequence[Point], float]) -> None:
        """At the moments of a hand (s), as a screen tells them, however long a busy page takes to hear of each."""
        first = time.time()
        for kind, points, after_s in touches:
            time.sleep(max(0.0, first + after_s - time.time()))  # a hand takes that long
            self._send(kind, points, first + after_s)

    def _send(self, kind: str, points: Sequence[Point], at_s: float | None = None) -> None:
        touches = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(points)]
        told: dict[str, Any] = {"type": kind, "touchPoints": touches}
        if at_s is not None:
            told["timestamp"] = at_s
        self._session.send("Input.dispatchTouchEvent", told)


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
