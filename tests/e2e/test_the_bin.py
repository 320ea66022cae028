"""Deleting a study, taking it back, and what the bin shows meanwhile.

An administrator is made for it: whoever needs a server without one, as the first steps do, comes before.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import builders
from tests.e2e.app import App
from tests.e2e.conftest import OpenApp
from tests.e2e.lightbox import Lightbox
from tests.e2e.screens import DESKTOP, PHONE, Screen
from tests.e2e.test_accessibility import violations
from tests.people import PASSWORD

PICTURES = os.environ.get("LIGHTBOX_TEST_SCREENSHOTS", "")


@pytest.fixture(scope="module")
def administrator(lightbox: Lightbox) -> str:
    """An administrator who signs in by password; their name."""
    key = lightbox.manage("issue_api_key", "--user", "bin-key", "--role", "administrator").split()[-1]
    told = {"username": "keeper", "role": "administrator", "password": PASSWORD}
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    with urlopen(Request(f"{lightbox.address}/api/people", json.dumps(told).encode(), headers)) as answer:
        assert answer.status == 201
    return "keeper"


def signed_in(app: App, name: str) -> None:
    app.page.goto("/signin")
    app.page.get_by_label("User name").fill(name)
    app.page.locator("input[type=password]").fill(PASSWORD)
    app.page.get_by_role("button", name="Sign in", exact=True).click()
    expect(app.page).to_have_url(re.compile("/studies"))


def row_of(page: Page, shown: str) -> Locator:
    """The study in the list, or the entry in the bin."""
    return page.locator("main").locator("li, tr").filter(has_text=shown)


def move_to_bin(page: Page, shown: str) -> None:
    page.get_by_role("button", name=f"What to do with the study of {shown}").click()
    page.get_by_role("menuitem", name="Move to the bin").click()
    expect(row_of(page, shown)).to_have_count(0)


def go(page: Page, place: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name=place, exact=True).click()


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=lambda screen: screen.name)
def test_a_study_goes_to_the_bin_and_comes_back(
    open_app: OpenApp, lightbox: Lightbox, administrator: str, screen: Screen
) -> None:
    name = f"Binned^{screen.name.capitalize()}"
    shown = name.replace("^", ", ")
    file = lightbox.data.parent / f"{screen.name}.dcm"
    file.write_bytes(builders.ct_slice(rows=64, columns=64, PatientName=name, PatientID=screen.name))
    lightbox.manage("import_dicom", str(file))
    app = open_app(screen)
    page = app.page
    signed_in(app, administrator)
    app.studies()
    app.find(shown)
    row = row_of(page, shown)

    move_to_bin(page, shown)
    page.get_by_role("button", name="Undo").click()
    expect(row).to_have_count(1)
    move_to_bin(page, shown)
    go(page, "Bin")
    expect(row).to_contain_text("30 days left")
    assert violations(page) == []
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{screen.name}-bin.jpg"), type="jpeg", quality=80)
    page.get_by_role("button", name=f"Restore the study of {shown}").click()
    expect(row).to_have_count(0)
    go(page, "Studies")
    expect(row).to_have_count(1)
    move_to_bin(page, shown)
    go(page, "Bin")
    page.get_by_role("button", name=f"Delete for good: the study of {shown}").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete for good").click()
    expect(row).to_have_count(0)
