"""Five hundred slices under a thumb on a mobile network: never blank, soon a picture of each, and then all exact."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, CDPSession, Page

from bench.bare_socket import carried_by_socket
from bench.bars import Figure, at_least, at_most
from bench.phone import Opened, open_viewer, profile
from bench.throttle import GOOD_4G
from tests.e2e.fingers import Fingers
from tests.e2e.screencast import Screencast

SLICES_PER_S = 20.0
FLICKS = 6
SOON_MS = 50
SOMETHING = 6.0  # standard deviation of the greys of a screen's middle
QUIET_S = 3.0
LONGEST_REST_S = 300.0
MB = 1e6
SCROLL = f"a CT of 500 scrolled from end to end, {GOOD_4G.name}"
BLANK = at_most(f"{SCROLL}: blank pictures on the screen", "", 0, 0)
WAIT = at_most("... longest wait for some picture of a slice", "ms", SOON_MS, 34)
OWN = at_least(f"... slices with a picture of their own within {SOON_MS} ms", "%", 95, 100)
USEFUL = at_least("after the finger rests: share of the link that brings what is not here yet", "%", 85, 92)
MEMORY = at_most("pictures, textures and JavaScript of the phone, at most", "MB", 96, 80)


def _deviation(jpeg: bytes) -> float:
    with Image.open(io.BytesIO(jpeg)) as image:
        greys = np.asarray(image.convert("L"), dtype=np.float32)
    rows, columns = greys.shape
    return float(greys[rows // 3 : 2 * rows // 3, columns // 4 : 3 * columns // 4].std())


def measure(browser: Browser, address: str, study_path: str, state: Any) -> Iterator[Figure]:
    """The figures of one long look: a thumb on the scrubber from end to end, flicks back, and a rest."""
    with profile(browser, address, state) as context:
        opened = open_viewer(context, study_path, GOOD_4G)
        opened.until_word("Preview")
        memory = _Memory(opened)
        screen = Screencast(opened.page, 200, 440)
        came_by = len(opened.sight()["places"])
        _drag_scrubber(opened.page, memory)
        scrolled = opened.sight()["places"][came_by:]
        _flick_back(opened.page, memory)
        blanks = [_deviation(drawn.jpeg) for drawn in screen.stop()]
        yield BLANK.figure(
            sum(1 for deviation in blanks if deviation < SOMETHING),
            f"of {len(blanks)} frames of a screencast",
        )
        yield from _waits(scrolled)
        yield _rest(opened, memory, carried_by_socket(browser, GOOD_4G))
        yield MEMORY.figure(memory.most_mb, memory.told)


class _Memory:
    """The most that was held at any time it was looked at."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._session = opened.page.context.new_cdp_session(opened.page)
        self._session.send("Performance.enable")
        self.most_mb = 0.0
        self.told = ""

    def look(self) -> None:
        """Once now."""
        metrics = {
            one["name"]: one["value"] for one in self._session.send("Performance.getMetrics")["metrics"]
        }
        heap_mb = metrics["JSHeapUsedSize"] / MB
        drawn_mb = self._opened.page.evaluate("window.__sight.mostDrawnBytes") / MB
        if heap_mb + drawn_mb > self.most_mb:
            self.most_mb = heap_mb + drawn_mb
            self.told = f"bitmaps and textures {drawn_mb:.0f} MB, heap of the page {heap_mb:.0f} MB"


def _drag_scrubber(page: Page, memory: _Memory) -> None:
    """From the first slice to the last, at a steady pace by the clock."""
    slider = page.get_by_role("slider").first
    box = slider.bounding_box()
    assert box
    count = int(slider.get_attribute("aria-valuemax") or 0)
    x, top, height = box["x"] + box["width"] / 2, box["y"] + 1, box["height"] - 2
    hand = page.context.new_cdp_session(page)
    _touch(hand, "touchStart", [(x, top)])
    page.wait_for_timeout(1000)
    began, looked = time.monotonic(), 0.0
    lasts_s = count / SLICES_PER_S
    while (passed := time.monotonic() - began) < lasts_s:
        _touch(hand, "touchMove", [(x, top + height * passed / lasts_s)])
        if passed - looked > 1:
            memory.look()
            looked = passed
        page.wait_for_timeout(8)
    _touch(hand, "touchMove", [(x, top + height)])
    _touch(hand, "touchEnd", [])


def _touch(hand: CDPSession, kind: str, points: Sequence[tuple[float, float]]) -> None:
    touches = [{"x": x, "y": y, "id": place} for place, (x, y) in enumerate(points)]
    hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


def _flick_back(page: Page, memory: _Memory) -> None:
    size = page.viewport_size or {"width": 390, "height": 844}
    x, low, high = size["width"] / 2, size["height"] * 0.65, size["height"] * 0.3
    hand = Fingers(page)
    for _ in range(FLICKS):
        hand.flick((x, low), (x, high))
        page.wait_for_timeout(700)
        memory.look()


def _waits(places: Sequence[Mapping[str, Any]]) -> Iterator[Figure]:
    """Of each slice that was come to: how long none was shown at all, and how long another in its place."""
    nothing_ms, own_late, slices = [0.0], 0, 0
    for number, came in enumerate(places):
        if number > 0 and places[number - 1]["place"] == came["place"]:
            continue  # the badge alone changed
        slices += 1
        stay = [came]
        for later in places[number + 1 :]:
            stay.append(later)
            if later["place"] != came["place"]:
                break
        nothing_ms.append(_until(stay, lambda word: word != "Loading"))
        own_late += _until(stay, lambda word: not word.startswith("Loading")) > SOON_MS
    yield WAIT.figure(max(nothing_ms), f"{slices} slices come to, {SLICES_PER_S:.0f} a second")
    yield OWN.figure(
        100 * (slices - own_late) / slices, f"{own_late} of {slices} later, while they were looked at"
    )


def _until(stay: Sequence[Mapping[str, Any]], holds: Any) -> float:
    """Milliseconds from coming to a slice until its badge holds this, or until it was left."""
    first = stay[0]
    for seen in stay:
        if seen["place"] != first["place"] or holds(seen["word"]):
            return float(seen["at"] - first["at"])
    return float(stay[-1]["at"] - first["at"])


def _rest(opened: Opened, memory: _Memory, link_bytes_per_s: float) -> Figure:
    """From the end of all movement until nothing more comes, against what the link carries at most."""
    opened.page.wait_for_timeout(1000)
    began_s = opened.now_s()
    last_s, before = began_s, -1
    while (now_s := opened.now_s()) - last_s < QUIET_S and now_s - began_s < LONGEST_REST_S:
        came = opened.traffic.picture_bytes()
        if came != before:
            last_s, before = now_s, came
        memory.look()
        opened.page.wait_for_timeout(250)
    useful, wasted = opened.picture_bytes_between(began_s, last_s)
    took_s = max(0.001, last_s - began_s)
    words = opened.sight()["words"]
    told = (
        f"{useful / MB:.1f} MB in {took_s:.1f} s, {wasted / 1000:.0f} kB of no use; "
        f"a bare socket: {link_bytes_per_s / MB:.2f} MB/s; the badge: {words[-1]['word']}"
    )
    if useful == 0:
        return USEFUL.none("nothing was left to bring")
    return USEFUL.figure(100 * useful / (took_s * link_bytes_per_s), told)
