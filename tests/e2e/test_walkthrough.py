"""A film of a reading on each screen, for critical eyes: kept in the folder that LIGHTBOX_TEST_FILMS names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.app import CHEST, CT, ECHO, App
from tests.e2e.conftest import OpenApp
from tests.e2e.screencast import Drawn, Screencast, make_film
from tests.e2e.screens import SCREENS, Screen

NAMED_IN = "LIGHTBOX_TEST_FILMS"
LOOK_MS = 900
STILL_EVERY_S = 2.0
WIDEST = 1440
pytestmark = pytest.mark.skipif(not os.environ.get(NAMED_IN), reason=f"{NAMED_IN} names no folder for films")


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_a_reading_is_filmed(open_app: OpenApp, browser: Browser, screen: Screen) -> None:
    folder = Path(os.environ[NAMED_IN])
    folder.mkdir(parents=True, exist_ok=True)
    app = open_app(screen, "clinician")
    app.studies()
    film = Screencast(app.page, WIDEST, WIDEST, quality=80)
    _read(app)
    drawn = film.stop()
    assert len(drawn) > 20
    _keep_stills(drawn, folder, screen.name)
    make_film(browser, drawn, folder / f"{screen.name}.webm")
    assert (folder / f"{screen.name}.webm").stat().st_size > 10_000


def _read(app: App) -> None:
    app.find("contrast")
    app.page.wait_for_timeout(LOOK_MS)
    app.open_study(CT)
    app.page.wait_for_timeout(LOOK_MS)
    _through_the_stack(app)
    app.page.get_by_role("button", name="Window", exact=True).click()
    app.page.wait_for_timeout(LOOK_MS)
    app.page.get_by_role("button", name="Lung").first.click()
    app.page.wait_for_timeout(LOOK_MS)
    app.page.keyboard.press("Escape")  # a phone's sheet lies over the button that opened it
    _close_up(app)
    for description in (CHEST, ECHO):
        app.open_study(description)
        app.page.wait_for_timeout(2 * LOOK_MS)
    expect(app.picture).to_be_visible()


def _through_the_stack(app: App) -> None:
    if not app.screen.is_touched:
        app.page.mouse.move(*app.at(0.5, 0.5))
        for _ in range(30):
            app.page.mouse.wheel(0, 100)
            app.page.wait_for_timeout(40)
        return
    for _ in range(3):
        app.fingers.flick(app.at(0.5, 0.3), app.at(0.5, 0.75))
        app.page.wait_for_timeout(LOOK_MS)
    app.fingers.drag((app.at(0.5, 0.7), app.at(0.5, 0.35)), steps=40)
    app.page.wait_for_timeout(LOOK_MS)


def _close_up(app: App) -> None:
    if app.screen.is_touched:
        app.fingers.drag(
            (app.at(0.45, 0.5), app.at(0.15, 0.5)), (app.at(0.55, 0.5), app.at(0.85, 0.5)), steps=30
        )
        app.page.wait_for_timeout(LOOK_MS)
        hand = app.fingers
        hand.press(app.at(0.5, 0.6), seconds=1.2)
        hand.leave()
    else:
        app.page.mouse.move(*app.at(0.5, 0.5))
        app.page.mouse.down()
        app.page.mouse.move(*app.at(0.65, 0.6), steps=30)
        app.page.mouse.up()
    app.page.wait_for_timeout(LOOK_MS)


def _keep_stills(drawn: list[Drawn], folder: Path, name: str) -> None:
    """One every few seconds: what a film shows is easier to judge where it stands still."""
    last_s, number = 0.0, 0
    for one in drawn:
        if one.at_s - last_s >= STILL_EVERY_S:
            last_s, number = one.at_s, number + 1
            (folder / f"{name}-{number:02}.jpg").write_bytes(one.jpeg)
