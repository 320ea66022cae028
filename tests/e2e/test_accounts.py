"""What guards an account, by the screens: passkeys, the idle lock, devices that are signed out from another."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.app import CT, App
from tests.e2e.conftest import OpenApp
from tests.e2e.lightbox import Lightbox
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
    desk = signed_in_anew(open_app(DESKTOP, user_agent=WINDOWS), "clinician")
    desk.open_study(CT)
    phone = signed_in_anew(open_app(PHONE, user_agent=IPHONE), "clinician")
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


def test_the_reminder_of_a_second_factor_does_not_lie_over_an_image(open_app: OpenApp) -> None:
    listed = signed_in_anew(open_app(PHONE), "clinician")
    expect(listed.page.locator(".toast").filter(has_text="second way to sign in")).to_be_visible()
    opened = open_app(PHONE)
    opened.page.goto(str(listed.study_links().first.get_attribute("href")))
    opened.say_who("clinician")
    opened.wait_for_picture()
    assert opened.page.locator(".toast").count() == 0  # now: it would go by itself
    again = signed_in_anew(open_app(PHONE), "clinician")
    expect(again.page.locator(".toast")).to_be_visible()
    again.study_links().first.click()
    expect(again.page.locator(".viewer")).to_be_visible()
    assert again.page.locator(".toast").count() == 0


PASSWORD = "a lamp in the dark 7"
MADE = """
from datetime import timedelta
from django.utils import timezone
from pacs.access.accounts import create_account
from pacs.access.actors import system_actor
user = create_account({name!r}, "clinician", actor=system_actor("tests"), password={password!r})
user.second_factor_due_at = timezone.now() - timedelta(days=1)
user.save()
"""


def give_passkeys(page: Page) -> None:
    """This browser's machine can make passkeys, and its person always shows their finger."""
    debugger = page.context.new_cdp_session(page)
    debugger.send("WebAuthn.enable")
    finger = {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
    about = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, **finger}
    debugger.send("WebAuthn.addVirtualAuthenticator", {"options": about})


def add_passkey(page: Page) -> None:
    """Add one, say again who one is, and keep the recovery codes."""
    page.get_by_role("button", name="Add a passkey").click()
    again = page.get_by_role("dialog")
    again.locator("input[type=password]").fill(PASSWORD)
    again.get_by_role("button", name="Confirm").click()
    codes = page.get_by_role("dialog", name="Recovery codes")
    expect(codes.locator("code")).to_have_count(10)
    with page.expect_download() as saved:
        codes.get_by_role("link", name="Save").click()
    assert saved.value.path().read_text().split("\n\n")[1].split() == codes.locator("code").all_inner_texts()
    codes.get_by_role("button", name="I have kept them").click()


def test_a_passkey_guards_the_account_opens_it_alone_and_unlocks_it(
    open_app: OpenApp, lightbox: Lightbox
) -> None:
    lightbox.manage("shell", "-c", MADE.format(name="nora", password=PASSWORD))
    # Passkeys belong to a name, not to an address made of numbers.
    app = open_app(PHONE, base_url=lightbox.address.replace("127.0.0.1", "localhost"))
    page = app.page
    give_passkeys(page)
    page.goto("/signin")
    expect(page.locator("main button").first).to_have_text("Sign in with a passkey")
    page.get_by_label("User name").fill("nora")
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    # Her days of grace are over: nothing opens before there is a second factor.
    protect = page.get_by_role("heading", name="Protect your account")
    expect(protect).to_be_visible()
    page.goto("/studies")
    expect(protect).to_be_visible()
    expect(page.get_by_role("button", name="Go on")).to_be_disabled()
    add_passkey(page)
    page.get_by_role("button", name="Go on").click()
    expect(app.study_links().first).to_be_visible()
    lock_and_unlock(page)
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    expect(page).to_have_url(re.compile("/signin"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(app.study_links().first).to_be_visible()


def lock_and_unlock(page: Page) -> None:
    """By hand, and by passkey."""
    page.goto("/account")
    page.get_by_role("button", name="Lock", exact=True).click()
    expect(page.get_by_role("heading", name="Locked")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Where you are signed in")).to_be_visible()


IDLE = """
from datetime import timedelta
from allauth.usersessions.models import UserSession
from django.utils import timezone
UserSession.objects.filter(user_agent={agent!r}).update(last_seen_at=timezone.now() - timedelta(days=1))
"""


def test_where_nobody_is_nothing_is_shown_until_somebody_shows_who_they_are(
    open_app: OpenApp, lightbox: Lightbox
) -> None:
    agent = WINDOWS.replace("140.0", "141.0")
    app = signed_in_anew(open_app(DESKTOP, user_agent=agent), "clinician")
    app.open_study(CT)
    address = app.page.url
    lightbox.manage("shell", "-c", IDLE.format(agent=agent))
    # The server locks it: the page hears of it by its socket.
    expect(app.page.get_by_role("heading", name="Locked")).to_be_visible()
    expect(app.picture).to_have_count(0)
    expect(app.page.locator("body")).not_to_contain_text("CT chest")
    for path in ("/api/studies", f"/view/studies/{address.rsplit('/', 1)[1]}/digest"):
        assert app.page.request.get(path).status == 401
    app.page.reload()
    expect(app.page.get_by_role("heading", name="Locked")).to_be_visible()
    app.page.locator("input[type=password]").fill(lightbox.password_of("sample-clinician"))
    app.page.get_by_role("button", name="Confirm").click()
    app.wait_for_picture()
    assert app.page.url == address
