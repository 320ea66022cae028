"""A link made on one phone is opened on another, shows its study in the full viewer, and ends when it is taken back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.app import CHEST, CT, App
from tests.e2e.conftest import OpenApp
from tests.e2e.screens import PHONE
from tests.e2e.test_screenshots import take

LONGEST_END_MS = 15_000


def just_signed_in(open_app: OpenApp, role: str, **options: Any) -> App:
    """Sharing asks who it is unless they signed in a moment ago."""
    app = open_app(PHONE, **options)
    app.sign_in(role)
    return app


def make_link(app: App, picture: Path | None = None) -> tuple[str, str]:
    """Share what is open in the viewer; the link and its PIN, shown this once, of which a picture may be kept."""
    page = app.page
    page.get_by_label("Tools").get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog", name="Share", exact=True)
    dialog.get_by_label("For whom").fill("Dr Miller")
    dialog.get_by_role("button", name="Make the link").click()
    expect(page.get_by_role("button", name="Done")).to_be_in_viewport(ratio=1)
    if picture is not None:
        page.wait_for_timeout(400)  # what is behind it has come to rest
        take(page, picture)
    return told_link(page)


def told_link(page: Page) -> tuple[str, str]:
    made = page.get_by_role("dialog", name="The link is ready")
    expect(made.get_by_role("img", name="QR code of the link")).to_be_visible()
    address = made.get_by_label("Address of the link").input_value()
    pin = re.sub(r"\D", "", made.locator("output").inner_text())
    assert re.fullmatch(r"http://[^/]+/s/[\w-]{16}#[\w-]{43}", address)
    assert len(pin) == 6
    made.get_by_role("button", name="Done").click()
    return address, pin


def type_pin(page: Page, pin: str) -> None:
    """With a thumb, on the keys of the page."""
    for digit in pin:
        page.get_by_role("button", name=digit, exact=True).click()
    page.get_by_role("button", name="Open", exact=True).click()


def test_a_link_is_made_opened_by_pin_and_taken_back(open_app: OpenApp, screenshots: Path) -> None:
    sender = just_signed_in(open_app, "clinician")
    sender.open_study(CT)
    address, pin = make_link(sender, screenshots / "phone-share-link.jpg")

    guest = open_app(PHONE)
    guest.page.goto(address)
    expect(guest.page.get_by_role("heading", name=re.compile("shares images with you"))).to_be_visible()
    type_pin(guest.page, "".join(reversed(pin)))
    expect(guest.page.get_by_role("alert")).to_contain_text("4 tries are left")
    type_pin(guest.page, pin)
    guest.wait_for_picture()
    assert "#" not in guest.page.url
    expect_the_full_viewer_alone(guest)
    guest.page.reload()
    guest.wait_for_picture()

    sender.page.goto("/shares")
    card = sender.page.locator(".shares-card").filter(has_text="for Dr Miller").first
    expect(card).to_contain_text("Opened once")
    expect(sender.page.get_by_role("region", name="News")).to_contain_text("Dr Miller was opened")
    card.get_by_role("button", name="Take back").click()
    sender.page.get_by_role("dialog").get_by_role("button", name="Take back").click()
    expect(sender.page.get_by_text("taken back").first).to_be_visible()

    expect(guest.page.get_by_role("heading", name="The link has ended")).to_be_visible(timeout=LONGEST_END_MS)
    expect(guest.picture).to_have_count(0)
    again = open_app(PHONE)
    again.page.goto(address)
    expect(again.page.get_by_role("heading", name="This link opens nothing any more")).to_be_visible()
    expect(again.page.locator("main")).to_contain_text("Ask whoever sent it to you")


def expect_the_full_viewer_alone(guest: App) -> None:
    """The stack, the window, the series; no way to a list, and nothing to share on."""
    guest.page.keyboard.press("ArrowDown")
    assert guest.number_of_images() > 1
    guest.page.get_by_label("Tools").get_by_role("button", name="More", exact=True).click()
    expect(guest.page.get_by_role("button", name="Share", exact=True)).to_have_count(0)
    expect(guest.page.get_by_role("button", name="Back", exact=True)).to_have_count(0)
    guest.page.keyboard.press("Escape")


def test_a_guest_sees_nothing_but_what_the_link_shows(open_app: OpenApp) -> None:
    sender = just_signed_in(open_app, "clinician")
    sender.open_study(CHEST)
    address, pin = make_link(sender)
    guest = open_app(PHONE)
    guest.page.goto(address)
    type_pin(guest.page, pin)
    guest.wait_for_picture()
    for place in ("/", "/studies", "/upload", "/account", "/shares", "/signin"):
        guest.page.goto(place)
        guest.wait_for_picture()
        expect(guest.page).to_have_url(re.compile(r"/s/[\w-]+$"))
    guest.page.get_by_role("button", name="Close the images").click()
    expect(guest.page.get_by_role("heading", name="The images are closed")).to_be_visible()
    guest.page.goto("/")
    expect(guest.page).to_have_url(re.compile("/signin"))


def test_a_patient_shares_their_images_with_a_doctor(open_app: OpenApp) -> None:
    patient = just_signed_in(open_app, "patient", color_scheme="light")
    patient.page.goto("/my-images")
    patient.page.get_by_role("button", name="Share with a doctor").first.click()
    patient.page.get_by_role("button", name="Make the link").click()
    address, pin = told_link(patient.page)
    doctor = open_app(PHONE)
    doctor.page.goto(address)
    type_pin(doctor.page, pin)
    doctor.wait_for_picture()
