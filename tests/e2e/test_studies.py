"""Finding a study, and seeing a new one come."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests import builders
from tests.e2e.app import CHEST, CT, HEAD
from tests.e2e.conftest import OpenApp
from tests.e2e.lightbox import Lightbox
from tests.e2e.screens import DESKTOP, PHONE, SCREENS, Screen


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_the_sample_ct_is_found_by_what_one_would_type(open_app: OpenApp, screen: Screen) -> None:
    app = open_app(screen, "clinician")
    app.studies()
    app.find("paul ches")
    expect(app.page.locator("main")).to_contain_text(CT)
    expect(app.page.locator("main")).not_to_contain_text(HEAD)
    app.find("")
    expect(app.page.locator("main")).to_contain_text(HEAD)


def test_accents_and_scripts_are_no_hurdle(open_app: OpenApp) -> None:
    app = open_app(PHONE, "clinician")
    app.studies()
    for typed, found in (("zoe echantillon", "Zoë"), ("幻光", "Maboroshi"), ("вера", "Примерова")):
        app.find(typed)
        expect(app.study_links()).to_have_count(1)
        expect(app.page.locator(".study-name").first).to_contain_text(found)


def test_a_search_without_a_hit_says_so_and_how_to_go_on(open_app: OpenApp) -> None:
    app = open_app(PHONE, "clinician")
    app.studies()
    app.find("nobody of this name")
    expect(app.page.locator("main")).to_contain_text("Nothing matches")
    app.page.get_by_role("button", name="Clear search and filters").click()
    expect(app.study_links().first).to_be_visible()


def test_the_modality_chips_filter(open_app: OpenApp) -> None:
    app = open_app(DESKTOP, "clinician")
    app.studies()
    app.page.get_by_role("button", name="DX", exact=True).click()
    expect(app.page.locator("main")).to_contain_text(CHEST)
    expect(app.page.locator("main")).not_to_contain_text(CT)


def test_a_new_study_appears_by_itself(open_app: OpenApp, lightbox: Lightbox) -> None:
    """Received by another process: what tells of it is the database, not a reload."""
    app = open_app(DESKTOP, "clinician")
    app.studies()
    app.page.wait_for_timeout(1000)  # the socket's first look has to lie before what comes
    file = lightbox.data.parent / "fresh.dcm"
    file.write_bytes(
        builders.ct_slice(rows=128, columns=128, PatientName="Fresh^Arrival", StudyDate="20991231")
    )
    lightbox.manage("import_dicom", str(file))
    expect(app.page.locator("main")).to_contain_text("Fresh, Arrival", timeout=15_000)


def test_the_list_is_gone_through_by_keyboard(open_app: OpenApp) -> None:
    app = open_app(DESKTOP, "clinician")
    app.studies()
    app.page.keyboard.press("/")
    expect(app.page.get_by_role("searchbox")).to_be_focused()
    app.study_links().nth(0).focus()
    app.page.keyboard.press("ArrowDown")
    expect(app.study_links().nth(1)).to_be_focused()
    app.page.keyboard.press("Enter")
    app.wait_for_picture()
