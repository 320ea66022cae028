"""Roles on screen: an administrator sees what each may do, changes one for all who have it, and takes it back."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.app import App
from tests.e2e.canaries import Canaries
from tests.e2e.conftest import NEVER_IDLE, OpenApp, opening
from tests.e2e.lightbox import start
from tests.e2e.screens import DESKTOP, PHONE
from tests.e2e.test_breaking_glass import at, confirm, not_lately, pictured
from tests.e2e.two_houses import TwoHouses, share


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoHouses]:
    """Grace and Gil are clinicians, Otto administers."""
    running = start(tmp_path_factory.mktemp("roles"), SAMPLES="0", **NEVER_IDLE)
    both = share(running)
    both.add_person("grace", "clinician", "Dr. Grace Holt")
    both.add_person("gil", "clinician", "Dr. Gil Ivers")
    both.add_person("otto", "administrator", "Otto Berg")
    yield both
    running.stop()


@pytest.fixture
def open_app(houses: TwoHouses, browser: Browser, canaries: Canaries) -> Iterator[OpenApp]:
    """The app of this server."""
    yield from opening(houses.lightbox, browser, canaries)


def card(page: Page, role: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=role))


def edit(page: Page, role: str) -> Locator:
    page.get_by_role("button", name=f"Change: {role}").click()
    return page.get_by_role("dialog", name=role)


def expect_a_bin(clinician: App, is_there: bool) -> None:
    """The screens of those who have the role follow it."""
    clinician.page.reload()
    places = clinician.page.get_by_role("navigation").get_by_role("link")
    expect(places.filter(has_text="Account")).to_be_visible()
    expect(places.filter(has_text="Bin")).to_have_count(1 if is_there else 0)


def test_a_role_is_changed_for_all_who_have_it_and_back(open_app: OpenApp) -> None:
    clinician, keeper = at(open_app, "grace"), at(open_app, "otto")
    page = keeper.page
    expect_a_bin(clinician, is_there=False)
    page.goto("/account")
    page.get_by_role("link", name="Roles").click()
    expect(card(page, "Clinician")).to_contain_text("2 people")
    expect(card(page, "Clinician")).not_to_contain_text("Changed")
    pictured(page, "roles")

    dialog = edit(page, "Clinician")
    save = dialog.get_by_role("button", name="Change the role")
    expect(save).to_be_disabled()
    expect(dialog.get_by_role("switch", name="view images")).to_be_disabled()
    expect(dialog.get_by_role("switch", name="administer")).to_have_count(0)
    dialog.get_by_role("switch", name="download").uncheck()
    dialog.get_by_role("switch", name="delete").check()
    effect = "For 2 people, from their next step on. No longer: download. From now on: delete."
    expect(dialog.get_by_role("status")).to_have_text(effect)
    pictured(page, "roles-change")
    not_lately(keeper)
    save.click()
    confirm(page)
    expect(card(page, "Clinician")).to_contain_text("Changed")
    expect(card(page, "Clinician")).not_to_contain_text("download")
    expect_a_bin(clinician, is_there=True)

    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("It is as it was.")).to_be_visible()
    expect(card(page, "Clinician")).not_to_contain_text("Changed")
    expect_a_bin(clinician, is_there=False)
    page.goto("/audit")
    expect(
        page.get_by_role("listitem").filter(has_text=re.compile("role", re.IGNORECASE)).first
    ).to_be_visible()


def test_by_keys_alone_and_back_to_what_was_shipped(open_app: OpenApp) -> None:
    page = at(open_app, "otto", DESKTOP).page
    page.goto("/roles")
    page.get_by_role("button", name="Change: Technologist").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Technologist")
    dialog.get_by_role("radio", name="Studies that name them").focus()
    page.keyboard.press("Space")
    expect(dialog.get_by_role("status")).to_contain_text("How far they see: Studies that name them.")
    dialog.get_by_role("button", name="Change the role").focus()
    page.keyboard.press("Enter")
    expect(card(page, "Technologist")).to_contain_text("Studies that name them")
    edit(page, "Technologist").get_by_role("button", name="As it was shipped").click()
    expect(card(page, "Technologist")).to_contain_text("Studies of their institution")
    expect(card(page, "Technologist")).not_to_contain_text("Changed")


def test_without_an_answer_it_says_so_and_tries_again(open_app: OpenApp) -> None:
    page = at(open_app, "otto", PHONE).page
    page.route("**/api/roles", lambda route: route.abort())
    page.goto("/roles")
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    page.unroute("**/api/roles")
    again.click()
    expect(card(page, "Patient")).to_be_visible()
