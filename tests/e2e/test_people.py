"""People on screen: an administrator makes an account, hands its password over, changes and closes it, and back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests import builders
from tests.e2e.app import App
from tests.e2e.canaries import Canaries
from tests.e2e.conftest import NEVER_IDLE, OpenApp, opening
from tests.e2e.lightbox import start
from tests.e2e.screens import DESKTOP, PHONE
from tests.e2e.test_breaking_glass import at, confirm, not_lately, pictured
from tests.e2e.two_houses import THEIRS, TwoHouses, share
from tests.people import PASSWORD


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoHouses]:
    """Otto administers; Grace reads, Pia is a patient."""
    running = start(tmp_path_factory.mktemp("people"), SAMPLES="0", **NEVER_IDLE)
    both = share(running)
    both.add_person("otto", "administrator", "Otto Berg")
    both.add_person("grace", "clinician", "Dr. Grace Holt", both.elsewhere)
    both.add_person("pia", "patient", "Pia Lund")
    yield both
    running.stop()


@pytest.fixture
def open_app(houses: TwoHouses, browser: Browser, canaries: Canaries) -> Iterator[OpenApp]:
    """The app of this server."""
    yield from opening(houses.lightbox, browser, canaries)


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem").filter(has_text=name)


def choose(page: Page, name: str) -> Locator:
    row(page, name).get_by_role("button").click()
    return page.get_by_role("article", name=name)


def sign_in(app: App, username: str, password: str) -> None:
    app.page.goto("/signin")
    app.page.get_by_label("User name").fill(username)
    app.page.locator("input[type=password]").fill(password)
    app.page.get_by_role("button", name="Sign in", exact=True).click()


def add(page: Page, username: str) -> str:
    """Make an account by the screen, and read its password from it, once."""
    page.get_by_role("button", name="Add a person").click()
    form = page.get_by_role("dialog", name="Add a person")
    form.get_by_label("User name").fill("GRACE")
    form.get_by_label("Name shown").fill("Dr. Zoë Núñez")
    form.get_by_label("Institution").select_option(THEIRS)
    form.get_by_role("button", name="Add", exact=True).click()
    confirm(page)
    expect(form.get_by_role("alert")).to_have_text("This name is taken.")
    expect(form.get_by_label("User name")).to_have_attribute("aria-invalid", "true")
    pictured(page, "people-add")
    form.get_by_label("User name").fill(username)
    form.get_by_role("button", name="Add", exact=True).click()
    shown = page.get_by_role("dialog", name=f"The password of {username}")
    password = shown.locator("code").inner_text()
    assert re.fullmatch(r"(\w{5}-){3}\w{5}", password)
    pictured(page, "people-password")
    shown.get_by_role("button", name="Copy").click()
    assert page.evaluate("navigator.clipboard.readText()") == password
    shown.get_by_role("button", name="Done").click()
    return password


def close(page: Page, zoe: Locator) -> None:
    zoe.get_by_role("button", name="Close", exact=True).click()
    asked = page.get_by_role("dialog", name="Close the account of Dr. Zoë Núñez?")
    pictured(page, "people-close")
    asked.get_by_role("button", name="Close the account").click()
    expect(zoe).to_contain_text("This account is closed")


def expect_out(hers: App, username: str, password: str) -> None:
    """Her page hears of it by its open socket, without being touched; and the way in is shut."""
    expect(hers.page.get_by_text("You were signed out")).to_be_visible()
    sign_in(hers, username, password)
    expect(hers.page.get_by_role("alert")).to_be_visible()
    expect(hers.page).to_have_url(re.compile("/signin"))
    assert hers.page.request.get("/api/studies").status == 401


def test_a_person_is_made_signs_in_and_is_out_when_the_account_is_closed(open_app: OpenApp) -> None:
    keeper = at(open_app, "otto")
    page = keeper.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/account")
    page.get_by_role("link", name="People").click()
    expect(row(page, "Dr. Grace Holt")).to_contain_text(THEIRS)
    expect(row(page, "Dr. Grace Holt")).to_contain_text("Never signed in")
    pictured(page, "people")
    not_lately(keeper)
    password = add(page, "zoe")
    expect(row(page, "Dr. Zoë Núñez")).not_to_contain_text("No second factor")

    hers = open_app(DESKTOP)
    sign_in(hers, "zoe", password)
    expect(hers.page).to_have_url(re.compile("/studies"))
    page.reload()
    expect(row(page, "Dr. Zoë Núñez")).to_contain_text("Last signed in")
    expect(row(page, "Dr. Zoë Núñez")).to_contain_text("No second factor")
    zoe = choose(page, "Dr. Zoë Núñez")
    expect(zoe).to_contain_text(f"Clinician · {THEIRS}")
    pictured(page, "people-person")
    close(page, zoe)
    expect_out(hers, "zoe", password)

    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("It is as it was.")).to_be_visible()
    expect(zoe.get_by_role("button", name="Close", exact=True)).to_be_visible()
    sign_in(hers, "zoe", password)
    expect(hers.page).to_have_url(re.compile("/studies"))


def test_a_new_password_ends_what_the_old_one_opened(open_app: OpenApp) -> None:
    hers, page = at(open_app, "grace"), at(open_app, "otto").page
    page.goto("/people")
    grace = choose(page, "Dr. Grace Holt")
    grace.get_by_role("button", name="New password").click()
    page.get_by_role("dialog").get_by_role("button", name="Make a new password").click()
    shown = page.get_by_role("dialog", name="The password of grace")
    password = shown.locator("code").inner_text()
    shown.get_by_role("button", name="Done").click()
    expect(hers.page.get_by_text("You were signed out")).to_be_visible()
    sign_in(hers, "grace", password)
    expect(hers.page).to_have_url(re.compile("/studies"))


def test_an_account_is_changed_found_and_asked_about_by_keys_alone(open_app: OpenApp) -> None:
    page = at(open_app, "otto", DESKTOP).page
    page.goto("/people")
    page.get_by_label("Find by name").focus()
    page.keyboard.type("grace")
    expect(page.get_by_role("status").filter(has_text="1 person")).to_be_visible()
    row(page, "Dr. Grace Holt").get_by_role("button").focus()
    page.keyboard.press("Enter")
    grace = page.get_by_role("article", name="Dr. Grace Holt")
    expect(grace.get_by_role("heading", name="Dr. Grace Holt")).to_be_focused()
    grace.get_by_role("button", name="Change grace").focus()
    page.keyboard.press("Enter")
    form = page.get_by_role("dialog", name="Change grace")
    expect(form.get_by_role("button", name="Save")).to_be_disabled()
    form.get_by_label("Role").select_option("Referring physician")
    form.get_by_label("Name as studies write it").fill("Holt^Grace")
    page.keyboard.press("Enter")
    expect(grace).to_contain_text("Referring physician")
    expect(grace).to_contain_text("Named in studies as: holt grace.")
    grace.get_by_role("link", name="Look").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/who-sees$"))
    expect(page.get_by_role("heading", name="Dr. Grace Holt")).to_be_visible()


def test_nobody_closes_themselves_and_the_list_is_narrowed(open_app: OpenApp) -> None:
    page = at(open_app, "otto").page
    page.goto("/people")
    mine = choose(page, "Otto Berg")
    expect(mine).to_contain_text("You")
    expect(mine.get_by_role("button", name="Close", exact=True)).to_have_count(0)
    page.get_by_role("button", name="All people").click()
    page.get_by_role("button", name="Administrator", exact=True).click()
    expect(row(page, "Pia Lund")).to_have_count(0)
    page.get_by_role("button", name="Closed").click()
    expect(page.get_by_role("heading", name="Nobody found")).to_be_visible()
    pictured(page, "people-none")
    page.get_by_role("button", name="Show everybody").click()
    expect(row(page, "Otto Berg")).to_be_visible()


def test_a_patient_is_tied_to_their_images_and_untied(
    open_app: OpenApp, houses: TwoHouses, tmp_path: Path
) -> None:
    houses.add_study_elsewhere(
        tmp_path / "hers",
        StudyInstanceUID=builders.new_uid(),
        PatientID="LUND-77",
        PatientName="Lund^Pia",
        StudyDescription="XR hand",
    )
    hers, page = open_app(PHONE), at(open_app, "otto").page
    page.goto("/people")
    pia = choose(page, "Pia Lund")
    expect(pia).to_contain_text("The account sees nothing before it is tied to a patient.")
    pia.get_by_role("button", name="Tie", exact=True).click()
    form = page.get_by_role("dialog", name="Tie to a patient")
    form.get_by_label("Patient ID").fill("LUND-78")
    form.get_by_role("button", name="Tie", exact=True).click()
    expect(form.get_by_role("alert")).to_have_text("No patient here has this ID.")
    form.get_by_label("Patient ID").fill("LUND-77")
    form.get_by_role("button", name="Tie", exact=True).click()
    expect(pia.get_by_role("button", name="Untie LUND-77")).to_be_visible()
    pictured(page, "people-patient")
    sign_in(hers, "pia", PASSWORD)
    expect(hers.study_links()).to_have_count(1)
    pia.get_by_role("button", name="Untie LUND-77").click()
    expect(pia).to_contain_text("Nobody's yet")
    hers.page.reload()
    expect(hers.page.get_by_role("heading", level=1).first).to_be_visible()
    expect(hers.study_links()).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(pia.get_by_role("button", name="Untie LUND-77")).to_be_visible()


def test_without_an_answer_it_says_so_and_tries_again(open_app: OpenApp) -> None:
    page = at(open_app, "otto", PHONE).page
    page.route("**/api/institutions", lambda route: route.abort())
    page.goto("/people")
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    page.unroute("**/api/institutions")
    again.click()
    expect(row(page, "Otto Berg")).to_be_visible()
