"""Pictures of the app as it is, for the README and for critical eyes: `make screenshots` keeps them."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.app import BREASTS, CHEST, CT, ECHO, HEAD
from tests.e2e.conftest import OpenApp
from tests.e2e.screens import DESKTOP, PHONE, SCREENS, TABLET, Screen

STUDIES = {"ct": CT, "chest": CHEST, "echo": ECHO, "mr": HEAD, "mammogram": BREASTS}


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_every_screen_is_pictured(open_app: OpenApp, screenshots: Path, screen: Screen) -> None:
    def keep(page: Page, name: str) -> None:
        take(page, screenshots / f"{screen.name}-{name}.jpg")

    stranger = open_app(screen)
    stranger.page.goto("/signin")
    expect(stranger.page.locator("h1")).to_be_visible()
    keep(stranger.page, "signin")
    app = open_app(screen, "clinician")
    app.studies()
    app.page.wait_for_timeout(1500)
    keep(app.page, "studies")
    app.page.goto("/upload")
    app.page.wait_for_timeout(800)
    keep(app.page, "upload")
    app.page.goto("/account")
    app.page.wait_for_timeout(800)
    keep(app.page, "account")
    for name, description in STUDIES.items():
        app.open_study(description)
        app.page.wait_for_timeout(1200)
        keep(app.page, f"viewer-{name}")
    app.open_study(CT)
    app.page.get_by_role("button", name="Window", exact=True).click()
    app.page.wait_for_timeout(500)
    keep(app.page, "viewer-window")


@pytest.mark.parametrize("screen", [PHONE, TABLET, DESKTOP], ids=lambda screen: screen.name)
def test_a_patients_images_are_pictured(open_app: OpenApp, screenshots: Path, screen: Screen) -> None:
    app = open_app(screen, "patient", color_scheme="light")
    app.page.goto("/my-images")
    expect(app.study_links().first).to_be_visible()
    app.page.wait_for_timeout(1200)
    take(app.page, screenshots / f"{screen.name}-my-images.jpg")


def take(page: Page, path: Path) -> None:
    # JPEG: a new set with each change of looks should not weigh on every clone for ever.
    page.screenshot(path=path, type="jpeg", quality=88)
