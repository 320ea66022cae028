"""From the address that was printed to one's own home in the app."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.app import App
from tests.e2e.conftest import OpenApp
from tests.e2e.lightbox import Lightbox
from tests.e2e.screens import DESKTOP, PHONE, SCREENS, Screen

NEW_PASSWORD = "a lamp in the dark 7"


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_a_wrong_password_is_told_in_words_and_the_right_one_leads_to_the_studies(
    open_app: OpenApp, screen: Screen
) -> None:
    app = open_app(screen)
    app.sign_in("clinician", password="not this one")
    expect(app.page.get_by_role("alert")).to_contain_text("The user name or the password is not right.")
    app.sign_in("clinician")
    expect(app.page).to_have_url(re.compile("/studies$"))
    expect(app.study_links().first).to_be_visible()


def test_a_patient_comes_home_to_their_own_images_in_plain_words(open_app: OpenApp) -> None:
    app = open_app(PHONE, "patient")
    app.page.goto("/")
    expect(app.page).to_have_url(re.compile("/my-images$"))
    expect(app.page.locator("main")).to_contain_text("X-ray")
    # Paula's three studies and nobody else's.
    expect(app.study_links()).to_have_count(3)


def test_a_referrer_sees_the_studies_that_name_them(open_app: OpenApp) -> None:
    app = open_app(DESKTOP, "referrer")
    app.studies()
    names = app.page.locator(".study-name").all_inner_texts()
    assert names
    assert all(name.startswith(("Sample, Paula", "Maboroshi, Hikari")) for name in names), names


def test_the_set_up_link_makes_the_first_administrator_once(open_app: OpenApp, lightbox: Lightbox) -> None:
    app = open_app(PHONE)
    set_up(app, lightbox.setup_link(), "first-admin")
    expect(app.page).to_have_url(re.compile("/signin$"))
    app.page.get_by_label("User name").fill("first-admin")
    app.page.locator("input[type=password]").fill(NEW_PASSWORD)
    app.page.get_by_role("button", name="Sign in", exact=True).click()
    expect(app.page).to_have_url(re.compile("/studies$"))
    again = open_app(PHONE)
    set_up(again, lightbox.setup_link(), "second-admin")
    expect(again.page.get_by_role("alert")).to_contain_text("This link was used or replaced.")


def set_up(app: App, link: str, username: str) -> None:
    app.page.goto(link)
    expect(app.page).to_have_url(re.compile("/setup$"))  # the secret does not stay in the address
    app.page.get_by_label("User name").fill(username)
    app.page.locator("input[type=password]").first.fill(NEW_PASSWORD)
    app.page.get_by_role("button", name="Create the account").click()


def test_signing_out_leaves_nothing_of_a_patient_behind(open_app: OpenApp, lightbox: Lightbox) -> None:
    """Promise P16: a shared phone."""
    app = open_app(PHONE)
    app.sign_in("clinician")
    app.study_links().first.click()
    app.wait_for_picture()
    app.page.goto("/account")
    app.page.get_by_role("button", name="Sign out", exact=True).click()
    expect(app.page).to_have_url(re.compile("/signin"))
    kept = app.page.evaluate(
        """async () => {
            const texts = [JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage})];
            for (const name of await caches.keys())
                for (const request of await (await caches.open(name)).keys()) texts.push(request.url);
            texts.push(JSON.stringify(await indexedDB.databases()));
            return texts.join(" ");
        }"""
    )
    assert not re.search(r"Paula|SAMPLE-0|/view/|/api/|2\.25\.", kept), kept
    app.page.go_back()
    expect(app.page).to_have_url(re.compile("/signin"))
    expect(app.page.locator("body")).not_to_contain_text("Paula")
