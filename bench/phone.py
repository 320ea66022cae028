"""A phone in Chromium: touched, 390 x 844, on a throttled network, with eyes of our own in front of its screen."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.throttle import Network, Traffic, throttle
from tests.e2e.chromium import ARGUMENTS
from tests.e2e.screens import PHONE, Screen

SIGHT = Path(__file__).with_name("sight.js")
LONGEST_OPENING_S = 240
BETWEEN_LOOKS_S = 0.05


class NotSeen(Exception):
    """What was waited for did not come."""


@dataclass(frozen=True)
class Opened:
    """A viewer that was opened by its address, and what was seen of it so far. Times are from the navigation on."""

    page: Page
    traffic: Traffic
    picture_s: float

    @property
    def bytes_to_picture(self) -> int:
        """What had come by then."""
        return self.traffic.bytes_until(self._on_wire_s(self.picture_s))

    @property
    def requests_to_picture(self) -> int:
        """How many were answered by then."""
        return self.traffic.requests_until(self._on_wire_s(self.picture_s))

    def sight(self) -> dict[str, Any]:
        """All that sight.js saw so far."""
        told: dict[str, Any] = self.page.evaluate("window.__sight")
        return told

    def until_word(self, word: str, within_s: float = LONGEST_OPENING_S) -> float:
        """When the badge first said this. Raises NotSeen."""
        ends_at = time.monotonic() + within_s
        while time.monotonic() < ends_at:
            for seen in self.sight()["words"]:
                if seen["word"].startswith(word):
                    return float(seen["at"]) / 1000
            self.page.wait_for_timeout(BETWEEN_LOOKS_S * 1000)
        raise NotSeen(word)

    def now_s(self) -> float:
        """The page's clock."""
        return float(self.page.evaluate("performance.now()")) / 1000

    def picture_bytes_between(self, first_s: float, last_s: float) -> tuple[int, int]:
        """Bytes of pictures that came from then to then: those of use, and the others."""
        return self.traffic.useful_between(self._on_wire_s(first_s), self._on_wire_s(last_s))

    def _on_wire_s(self, moment_s: float) -> float:
        origin_ms = float(self.page.evaluate("performance.timeOrigin"))
        return moment_s + (origin_ms - self.traffic.began_wall_ms) / 1000


@contextmanager
def chromium(path: str) -> Iterator[Browser]:
    """A browser that runs already, as that of a phone does."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def profile(
    browser: Browser, address: str, state: Any = None, screen: Screen = PHONE
) -> Iterator[BrowserContext]:
    """A fresh profile: nothing kept of any visit before but the cookies given."""
    context = browser.new_context(base_url=address, storage_state=state, **screen.context())
    context.add_init_script(path=SIGHT)
    yield context
    context.close()


def open_viewer(context: BrowserContext, path: str, network: Network) -> Opened:
    """Go there in a new page, and wait until a picture is seen. Raises NotSeen."""
    page = context.new_page()
    session = throttle(page, network)
    traffic = Traffic(session)
    page.goto(path, wait_until="commit")
    ends_at = time.monotonic() + LONGEST_OPENING_S
    while time.monotonic() < ends_at:
        picture = page.evaluate("window.__sight?.picture ?? null")
        if picture is not None:
            return Opened(page, traffic, float(picture) / 1000)
        page.wait_for_timeout(BETWEEN_LOOKS_S * 1000)
    raise NotSeen("a picture")
