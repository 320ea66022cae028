"""What guards an account, by the screens: devices that are signed out from another."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.app import CT, App
from tests.e2e.conftest import OpenApp
from tests.e2e.screens import DESKTOP, PHONE

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
)
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def signed_in_anew(app: App, role: str) -> App:
    """A sign-in of its own: what is ended here is nobody else's."""
    app.sign_in(role)
    expect(app.study_links().first).to_be_visible()
    return app


def test_a_phone_signs_the_desk_out_and_what_it_showed_is_gone(open_app: OpenApp) -> None:
    desk = signed_in_anew(open_app(DESKTOP, user_agent=WINDOWS), "technologist")
    desk.open_study(CT)
    phone = signed_in_anew(open_app(PHONE, user_agent=IPHONE), "technologist")
    phone.page.goto("/account")
    rows = phone.page.locator(".account-row")
    expect(rows.filter(has_text="This device")).to_contain_text("Safari on iPhone")
    phone.page.get_by_role("button", name="Sign out Firefox on Windows").click()
    expect(rows.filter(has_text="Firefox on Windows")).to_have_count(0)
    # The desk hears of it through its open socket, without being touched.
    expect(desk.page).to_have_url(re.compile("/signin"))
    expect(desk.page.get_by_text("You were signed out")).to_be_visible()
    expect(desk.page.locator("body")).not_to_contain_text("CT chest")
    expect(phone.page.get_by_role("heading", name="Where you are signed in")).to_be_visible()
