"""Somebody without an account sends a disc in from their phone; it waits until somebody here says whose it is."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests import builders
from tests.e2e.conftest import OpenApp
from tests.e2e.lightbox import Lightbox
from tests.e2e.screens import PHONE
from tests.e2e.test_accessibility import violations
from tests.e2e.test_share_links import told_link, type_pin
from tests.pacs.ingest.zips import zipped

PICTURES = os.environ.get("LIGHTBOX_TEST_SCREENSHOTS", "")


def pictured(page: Page, name: str) -> None:
    assert violations(page) == []
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"phone-{name}.jpg"), type="jpeg", quality=80)


def test_images_are_sent_in_by_a_link_and_matched_to_a_patient(open_app: OpenApp, lightbox: Lightbox) -> None:
    disc = disc_of_somebody_elses(lightbox)
    sender = open_app(PHONE)
    sender.sign_in("clinician")
    address, pin = make_link(sender.page)
    send_in(open_app(PHONE).page, address, pin, disc)
    match(sender.page)
    sender.studies()
    sender.find("CT from elsewhere")
    expect(sender.page.locator("main li").filter(has_text="Receiver, Rita")).to_have_count(1)

    sender.page.goto("/shares")
    card = sender.page.locator(".shares-card").filter(has_text="for Dr Far").first
    expect(card).to_contain_text("3 files received")
    card.get_by_role("button", name="Take back").click()
    sender.page.get_by_role("dialog").get_by_role("button", name="Take back").click()
    expect(sender.page.get_by_text("taken back").first).to_be_visible()
    again = open_app(PHONE)
    again.page.goto(address)
    expect(again.page.get_by_role("heading", name="This link opens nothing any more")).to_be_visible()


def disc_of_somebody_elses(lightbox: Lightbox) -> Path:
    """A zip of three slices, of a patient who is known here by a longer name and another ID."""
    ours = lightbox.data.parent / "received-ours.dcm"
    ours.write_bytes(builders.ct_slice(PatientName="Receiver^Rita", PatientID="RR-1"))
    lightbox.manage("import_dicom", str(ours))
    sent: dict[str, Any] = {"PatientName": "Receiver^R", "PatientID": "ELSEWHERE-7"}
    sent["StudyInstanceUID"] = builders.new_uid()
    sent["StudyDescription"] = "CT from elsewhere"
    files = [(f"IM{number}", builders.ct_slice(rows=64, columns=64, **sent)) for number in range(3)]
    disc = lightbox.data.parent / "disc.zip"
    disc.write_bytes(zipped(*files, ("README.TXT", b"a disc")))
    return disc


def make_link(page: Page) -> tuple[str, str]:
    """By the screen of uploads; the link and its PIN."""
    page.goto("/upload")
    page.get_by_role("button", name="Make a link to send images in").click()
    dialog = page.get_by_role("dialog", name="Have images sent in")
    dialog.get_by_label("From whom").fill("Dr Far")
    dialog.get_by_role("button", name="Make the link").click()
    return told_link(page)


def send_in(page: Page, address: str, pin: str, disc: Path) -> None:
    """As a guest, who sees what became of it and nothing else."""
    page.goto(address)
    expect(page.get_by_role("heading", name=re.compile("asks you for images"))).to_be_visible()
    type_pin(page, pin)
    expect(page.get_by_role("button", name="Choose files")).to_be_visible()
    page.locator("input[type=file][multiple]").set_input_files(disc)
    expect(page.get_by_text("All done.")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="disc.zip")).to_contain_text("3")
    pictured(page, "sending")
    page.goto("/studies")
    expect(page.get_by_role("button", name="Choose files")).to_be_visible()
    page.get_by_role("button", name="I am done").click()
    expect(page.get_by_role("heading", name="You are done")).to_be_visible()


def match(page: Page) -> None:
    """Say that it is the patient who is known here."""
    page.goto("/received")
    entry = page.get_by_role("listitem").filter(has_text="Receiver, R")
    expect(entry).to_contain_text("3 files")
    expect(entry).to_contain_text("Dr Far")
    pictured(page, "received")
    entry.get_by_role("button", name=re.compile("Say whose")).click()
    page.get_by_role("button", name="Match to Receiver, Rita").click()
    expect(page.get_by_text("Be sure that this is the same person")).to_be_visible()
    pictured(page, "received-match")
    page.get_by_role("button", name="It is theirs").click()
    expect(page.get_by_text("Nothing waits")).to_be_visible()
