"""A link is shown as a SMART Health Link on a phone; another program reads it, and its reader comes to the images."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

from playwright.sync_api import Locator, expect

from tests.e2e.app import CT, App
from tests.e2e.conftest import OpenApp
from tests.e2e.screens import PHONE
from tests.e2e.test_accessibility import violations
from tests.e2e.test_share_links import just_signed_in, type_pin
from tests.test_house import ROOT


def receive(shlink: str, pin: str) -> Any:
    """What a process that knows nothing of Lightbox makes of the link."""
    command = [sys.executable, "-m", "tests.receiving"]
    done = subprocess.run(
        command, input=f"{shlink}\n{pin}\n", cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(done.stdout)


def make_link(app: App) -> tuple[Locator, str]:
    """Share what is open in the viewer: the dialog in which the link is shown, and its PIN."""
    page = app.page
    page.get_by_label("Tools").get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_role("button", name="Make the link").click()
    made = page.get_by_role("dialog", name="The link is ready")
    return made, re.sub(r"\D", "", made.locator("output").inner_text())


def shown_shlink(dialog: Locator) -> str:
    expect(dialog.get_by_role("img", name="QR code of the SMART Health Link")).to_be_visible()
    return dialog.get_by_label("The SMART Health Link", exact=True).input_value()


def address_in(bundle: Any) -> str:
    (found,) = [one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == "Endpoint"]
    return str(found["address"])


def test_a_program_opens_what_a_phone_shares(open_app: OpenApp) -> None:
    sender = just_signed_in(open_app, "clinician")
    sender.open_study(CT)
    made, pin = make_link(sender)
    made.get_by_role("button", name="SMART Health Link", exact=True).click()
    made.get_by_role("button", name="Make it").click()
    shlink = shown_shlink(made)
    assert violations(sender.page) == []
    expect(made.locator("output")).to_be_visible()  # the PIN stays: it is told only here
    made.get_by_role("button", name="Done").click()

    assert receive(shlink, "000000")["told"] == {"remainingAttempts": 4}
    received = receive(shlink, pin)
    assert received["status"] == 200
    guest = open_app(PHONE)
    guest.page.goto(address_in(received["told"]))
    type_pin(guest.page, pin)
    guest.wait_for_picture()

    sender.page.goto("/shares")
    news = sender.page.get_by_role("region", name="News")
    expect(news).to_contain_text("as a SMART Health Link, it says for: A receiving application")
    newer = made_anew(sender)
    assert receive(shlink, pin)["status"] == 404  # one form at a time
    assert receive(newer, pin)["status"] == 200

    sender.page.reload()
    card = sender.page.locator(".shares-card").filter(has_text="Opened 3 times").first
    card.get_by_role("button", name="Take back").click()
    sender.page.get_by_role("dialog").get_by_role("button", name="Take back").click()
    expect(sender.page.get_by_text("The link is taken back")).to_be_visible()
    assert receive(newer, pin)["status"] == 404


def made_anew(sender: App) -> str:
    """Its form made anew, from the list."""
    card = sender.page.locator(".shares-card").filter(has_text="Opened 2 times").first
    card.get_by_role("button", name="SMART Health Link").click()
    again = sender.page.get_by_role("dialog", name="SMART Health Link")
    again.get_by_role("button", name="Make it").click()
    newer = shown_shlink(again)
    again.get_by_role("button", name="Done").click()
    return newer
