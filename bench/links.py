"""What a link shows on a mobile network to who was never here before: the pad for its PIN, then the first picture."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page

from bench.bars import Figure, at_most
from bench.phone import BETWEEN_LOOKS_S, LONGEST_OPENING_S, NotSeen, chromium, profile
from bench.receiving import send
from bench.servers import Running, lightbox, settle
from bench.slices import ct_series
from bench.throttle import Network, throttle
from tests.e2e.chromium import find_chromium

SLICES = 200
TRIES = 3
LINE = Network("1.6 Mbit/s, 150 ms", 1.6, 0.75, 150)
SECONDS_TO_TYPE = 4.0  # six digits that are read from a paper
PAD = at_most(f"the pad of a link, {LINE.name}, cold", "s", 2.5, 1.5)
PICTURE = at_most(f"first picture of a link to a CT of {SLICES} after its PIN, {LINE.name}", "s", 2.5, 1.0)


def measure() -> Iterator[Figure]:
    """Both, each time in a fresh profile."""
    path = find_chromium()
    if path is None:
        yield PICTURE.none("needs Chromium")
        return
    with lightbox(role="administrator") as server, chromium(path) as browser:
        slices = list(ct_series(SLICES))
        send(server, slices)
        settle(server)
        _visit(browser, server, slices[0].study)  # a browser draws its first pages slowly, whatever they are
        visits = [_visit(browser, server, slices[0].study) for _ in range(TRIES)]
    for bar, times in ((PAD, [pad for pad, _ in visits]), (PICTURE, [picture for _, picture in visits])):
        yield bar.figure(median(times), f"median of {TRIES}, {min(times):.2f} to {max(times):.2f} s")


def _visit(browser: Browser, server: Running, study: str) -> tuple[float, float]:
    """Seconds to the pad from the navigation on, and to a picture from the press on Open on."""
    link = _new_link(server, study)
    with profile(browser, f"http://127.0.0.1:{server.port}") as context:
        page = context.new_page()
        throttle(page, LINE)
        page.goto(link["path"], wait_until="commit")
        page.get_by_role("button", name="Open", exact=True).wait_for(timeout=LONGEST_OPENING_S * 1000)
        pad_s = _now_s(page)
        for digit in link["pin"]:
            page.wait_for_timeout(SECONDS_TO_TYPE * 1000 / len(link["pin"]))
            page.get_by_role("button", name=digit, exact=True).click()
        pressed_s = _now_s(page)
        page.get_by_role("button", name="Open", exact=True).click()
        return pad_s, _picture_s(page) - pressed_s


def _new_link(server: Running, study: str) -> Any:
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/api/shares",
        json.dumps({"study": study, "hours": 1}).encode(),
        {"Content-Type": "application/json", **server.headers},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def _now_s(page: Page) -> float:
    return float(page.evaluate("performance.now()")) / 1000


def _picture_s(page: Page) -> float:
    while _now_s(page) < LONGEST_OPENING_S:
        picture = page.evaluate("window.__sight?.picture ?? null")
        if picture is not None:
            return float(picture) / 1000
        page.wait_for_timeout(BETWEEN_LOOKS_S * 1000)
    raise NotSeen("a picture")
