"""WCAG 2.2 AA as far as axe can tell: no violation on any screen, in the dark and in the light."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.app import CHEST, CT
from tests.e2e.conftest import OpenApp
from tests.e2e.lightbox import ROOT
from tests.e2e.screens import DESKTOP, PHONE, Screen

AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALLEST_TARGET_PX = 44
# A control may be smaller than the label that a finger may as well touch.
SMALL_TARGETS = """least => [...document.querySelectorAll("button, a[href], input, [role=slider]")]
    .filter((one) => one.checkVisibility({ contentVisibilityAuto: true }))
    .filter((one) => [one, ...(one.labels ?? []), one.closest("label")].every((each) => {
        const { width, height } = each?.getBoundingClientRect() ?? { width: 0, height: 0 };
        return Math.min(width, height) < least;
    }))
    .map((one) => one.outerHTML.slice(0, 120))
"""
Scheme = Literal["dark", "light"]


def violations(page: Page) -> list[str]:
    # By the debugger, not as a script of the page: the page's own policy allows none.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(f"axe.run({{runOnly: {TAGS}}})")["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=lambda screen: screen.name)
def test_axe_finds_nothing_on_any_screen(open_app: OpenApp, screen: Screen, scheme: Scheme) -> None:
    found: dict[str, list[str]] = {}
    stranger = open_app(screen, color_scheme=scheme)
    for place in ("/signin", "/setup"):
        stranger.page.goto(place)
        expect(stranger.page.locator("h1")).to_be_visible()
        found[place] = violations(stranger.page)
    app = open_app(screen, "clinician", color_scheme=scheme)
    for place in ("/studies", "/upload", "/shares", "/account", "/no/such/place"):
        app.page.goto(place)
        expect(app.page.locator("h1").first).to_be_visible()
        app.page.wait_for_timeout(400)
        found[place] = violations(app.page)
    app.open_study(CT)
    found["viewer"] = violations(app.page)
    for panel in ("Window", "Turn", "Cine", "More"):
        app.page.get_by_label("Tools").get_by_role("button", name=panel, exact=True).click()
        app.page.wait_for_timeout(400)
        found[f"viewer, {panel}"] = violations(app.page)
        app.page.keyboard.press("Escape")
    patient = open_app(screen, "patient", color_scheme=scheme)
    patient.page.goto("/my-images")
    expect(patient.page.locator("h1")).to_be_visible()
    patient.page.wait_for_timeout(400)
    found["/my-images"] = violations(patient.page)
    assert {place: told for place, told in found.items() if told} == {}


def test_what_a_finger_aims_at_is_large_enough(open_app: OpenApp) -> None:
    app = open_app(PHONE, "clinician")
    small: list[str] = []
    for place in ("/studies", "/upload", "/shares", "/account", CT, CHEST):
        if place.startswith("/"):
            app.page.goto(place)
            expect(app.page.locator("h1").first).to_be_visible()
            app.page.wait_for_timeout(400)
        else:
            app.open_study(place)
        small += [f"{place}: {told}" for told in app.page.evaluate(SMALL_TARGETS, SMALLEST_TARGET_PX - 0.5)]
    assert small == []
