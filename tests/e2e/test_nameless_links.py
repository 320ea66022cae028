"""A link without names is made on one phone and opened on another: the images are there, and nobody's name."""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.app import CT, App
from tests.e2e.conftest import OpenApp
from tests.e2e.lightbox import Lightbox
from tests.e2e.screens import PHONE
from tests.e2e.test_accessibility import violations
from tests.e2e.test_export import SHOWN, draw_over, imported
from tests.e2e.test_share_links import just_signed_in, told_link, type_pin

PICTURES = os.environ.get("LIGHTBOX_TEST_SCREENSHOTS", "")
LONGEST_MAKING_MS = 120_000
WHOSE = ("Paula", "SAMPLE-0001", "1958", "Adler", "Sample Hospital")  # pacs.samples.cast, whose CT it is


def make_nameless_link(app: App) -> tuple[str, str]:
    """Share what is open in the viewer without names; the link and its PIN."""
    page = app.page
    page.get_by_label("Tools").get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog", name="Share", exact=True)
    dialog.get_by_label("For whom").fill("The students")
    dialog.get_by_role("switch", name="Without names").check()
    dialog.get_by_role("button", name="Make the link").click()
    expect(page.get_by_role("dialog", name="The link is ready")).to_be_visible(timeout=LONGEST_MAKING_MS)
    return told_link(page)


def words_of(page: Page) -> str:
    """All that the page says, to eyes and to screen readers."""
    labels = page.locator("[aria-label], [title], [alt]").evaluate_all(
        "all => all.map(one => ['aria-label', 'title', 'alt'].map(name => one.getAttribute(name) ?? '').join(' '))"
    )
    return "\n".join([page.title(), page.locator("body").inner_text(), *labels])


def keep_picture(page: Page, folder: Path, name: str) -> None:
    """Where it can be looked at: LIGHTBOX_TEST_SCREENSHOTS, else this test's own folder."""
    page.screenshot(
        path=str((Path(PICTURES) if PICTURES else folder) / f"{PHONE.name}-{name}.jpg"), type="jpeg"
    )


def test_a_study_of_many_images_is_prepared_while_its_guest_waits(open_app: OpenApp, tmp_path: Path) -> None:
    sender = just_signed_in(open_app, "clinician")
    sender.open_study(CT)
    shown_before = words_of(sender.page)
    address, pin = make_nameless_link(sender)

    guest = open_app(PHONE)
    guest.page.goto(address)
    expect(
        guest.page.get_by_role("heading", name=re.compile("are being prepared|shares images"))
    ).to_be_visible()
    expect(guest.page.get_by_role("heading", name=re.compile("shares images with you"))).to_be_visible(
        timeout=LONGEST_MAKING_MS
    )
    type_pin(guest.page, pin)
    guest.wait_for_picture()
    assert guest.number_of_images() > 64
    keep_picture(guest.page, tmp_path, "nameless-viewer")
    told = [word for word in WHOSE if word in shown_before]
    assert told, "the words are there to be found"
    assert [word for word in WHOSE if word in words_of(guest.page)] == []
    assert "DEID-" in words_of(guest.page)

    sender.page.goto("/shares")
    card = sender.page.locator(".shares-card").filter(has_text="for The students").first
    expect(card).to_contain_text("without names")
    expect(card).to_contain_text("Opened once")


def test_what_names_may_be_burned_into_is_looked_at_first(
    open_app: OpenApp, lightbox: Lightbox, tmp_path: Path
) -> None:
    imported(lightbox, "Nameless")
    sender = just_signed_in(open_app, "clinician")
    page = sender.page
    sender.studies()
    sender.find(SHOWN.format("Nameless"))
    sender.study_links().first.click()
    sender.wait_for_picture()
    page.get_by_label("Tools").get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog", name="Share", exact=True)
    dialog.get_by_role("switch", name="Without names").check()
    dialog.get_by_role("button", name="Make the link").click()
    looking = page.get_by_role("dialog", name="A link without names")
    make = looking.get_by_role("button", name="Make the link")
    expect(make).to_be_disabled()
    keep_picture(page, tmp_path, "nameless-look-first")
    assert violations(page) == []
    looking.get_by_role("button", name=re.compile("Look at US")).click()
    picture = page.get_by_role("group", name="Picture to draw regions on")
    expect(picture).to_be_visible()
    draw_over(sender, picture, 0.5)
    page.get_by_role("button", name="I have looked at all of it").click()
    make.click()
    address, pin = told_link(page)

    guest = open_app(PHONE)
    guest.page.goto(address)
    type_pin(guest.page, pin)
    guest.wait_for_picture()
    assert "Exported" not in words_of(guest.page)
