"""What a phone on a mobile network sees of a long CT: first picture, exact picture, a scroll from end to end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from playwright.sync_api import Browser

from bench import scrolling
from bench.bars import Bar, Figure, at_most
from bench.phone import NotSeen, Opened, chromium, open_viewer, profile
from bench.reader import make_account, signed_in_state
from bench.receiving import send
from bench.servers import Running, lightbox, settle
from bench.slices import ct_series
from bench.throttle import GOOD_4G, SLOW_4G, Network
from tests.e2e.chromium import find_chromium

SLICES = 500
TRIES = 3
LONGEST_EXACT_S = 60
AFTER_A_VISIT_MS = 6500  # the app keeps its shell, once all is loaded
COLD_GOOD = at_most(f"first picture of a CT of {SLICES}, {GOOD_4G.name}, cold", "s", 1.0, 0.8)
WARM_GOOD = at_most("... on the second visit", "s", 0.4, 0.3)
COLD_SLOW = at_most(f"first picture of a CT of {SLICES}, {SLOW_4G.name}, cold", "s", 2.0, 1.4)
WARM_SLOW = at_most("... on the second visit", "s", 0.8, 0.6)
EXACT_SLOW = at_most("... every stored value of it, cold", "s", 3.5, 2.5)


@dataclass(frozen=True)
class Place:
    """Where the study is, and who may open it."""

    browser: Browser
    address: str
    study_path: str
    state: Any


@dataclass(frozen=True)
class Visit:
    """One opening."""

    picture_s: float
    exact_s: float | None
    bytes_to_picture: int
    requests_to_picture: int

    @property
    def told(self) -> str:
        """What was brought for it."""
        return f"{self.bytes_to_picture / 1000:.0f} kB in {self.requests_to_picture} answers"


def measure() -> Iterator[Figure]:
    """All figures of a phone; in turns, so that a busy minute of the machine hits both networks."""
    path = find_chromium()
    if path is None:
        yield COLD_GOOD.none("needs Chromium")
        return
    with lightbox(role="administrator") as server, chromium(path) as browser:
        place = _prepared(server, browser)
        yield from _openings(place)
        yield from scrolling.measure(place.browser, place.address, place.study_path, place.state)


def _prepared(server: Running, browser: Browser) -> Place:
    slices = list(ct_series(SLICES))
    send(server, slices)
    make_account(server)
    address = f"http://127.0.0.1:{server.port}"
    place = Place(browser, address, f"/study/{slices[0].study}", signed_in_state(browser, server))
    settle(server)
    # A browser draws its first pages slowly, whatever they are.
    _visits(place, GOOD_4G)
    return place


def _openings(place: Place) -> Iterator[Figure]:
    seen: dict[str, list[tuple[Visit, Visit]]] = {GOOD_4G.name: [], SLOW_4G.name: []}
    for _ in range(TRIES):
        for network in (GOOD_4G, SLOW_4G):
            seen[network.name].append(_visits(place, network))
    good, slow = seen[GOOD_4G.name], seen[SLOW_4G.name]
    yield _figure(COLD_GOOD, [cold for cold, _ in good])
    yield _figure(WARM_GOOD, [warm for _, warm in good])
    yield _figure(COLD_SLOW, [cold for cold, _ in slow])
    yield _figure(WARM_SLOW, [warm for _, warm in slow])
    exact = [cold.exact_s for cold, _ in slow if cold.exact_s is not None]
    if len(exact) < TRIES:
        yield EXACT_SLOW.none(
            f"the badge said so in {len(exact)} of {TRIES} visits within {LONGEST_EXACT_S} s"
        )
    else:
        yield EXACT_SLOW.figure(median(exact), _spread(exact))


def _figure(bar: Bar, visits: list[Visit]) -> Figure:
    times = [visit.picture_s for visit in visits]
    return bar.figure(median(times), f"{_spread(times)}; {visits[0].told}")


def _spread(times: list[float]) -> str:
    return f"median of {len(times)}, {min(times):.2f} to {max(times):.2f} s"


def _visits(place: Place, network: Network) -> tuple[Visit, Visit]:
    """A first visit with a fresh profile, and a second one."""
    with profile(place.browser, place.address, place.state) as context:
        visits = []
        for name in ("cold", "warm"):
            opened = open_viewer(context, place.study_path, network)
            visits.append(_visit(opened, waits_for_exact=name == "cold" and network is SLOW_4G))
            opened.page.wait_for_timeout(AFTER_A_VISIT_MS)
            opened.page.close()
            print(f"    {network.name}, {name}: {visits[-1].picture_s:.2f} s", file=sys.stderr, flush=True)
        return visits[0], visits[1]


def _visit(opened: Opened, waits_for_exact: bool) -> Visit:
    exact_s = None
    if waits_for_exact:
        try:
            exact_s = opened.until_word("Exact", LONGEST_EXACT_S)
        except NotSeen:
            exact_s = None
    return Visit(opened.picture_s, exact_s, opened.bytes_to_picture, opened.requests_to_picture)
