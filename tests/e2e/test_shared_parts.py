"""Of a study, some images are shared by a link, for some openings; its guest saves them where the link allows it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from pydicom import dcmread
from pydicom.filebase import DicomBytesIO
from pydicom.uid import KeyObjectSelectionDocumentStorage

from tests import builders
from tests.e2e.app import CT, App
from tests.e2e.conftest import OpenApp
from tests.e2e.lightbox import Lightbox
from tests.e2e.screens import DESKTOP, PHONE, Screen
from tests.e2e.test_accessibility import violations
from tests.e2e.test_breaking_glass import PICTURES, pictured
from tests.e2e.test_export import files_of, images_of
from tests.e2e.test_share_links import just_signed_in, make_link, told_link, type_pin

NAMED = {"PatientName": "Marked^Mina", "PatientID": "KEY-1"}
MARKED, IMAGES = (4, 9), 60


def open_sharing(app: App) -> Locator:
    """The dialog, from what is read."""
    app.page.get_by_label("Tools").get_by_role("button", name="More", exact=True).click()
    app.page.get_by_role("button", name="Share", exact=True).click()
    return app.page.get_by_role("dialog", name="Share", exact=True)


def choose(page: Page) -> Locator:
    """The images, to choose from."""
    page.get_by_role("button", name="Chosen images").click()
    chooser = page.get_by_role("dialog", name="Choose images")
    expect(chooser.get_by_role("listbox")).to_be_visible()
    return chooser


def come_in(open_app: OpenApp, link: tuple[str, str]) -> App:
    guest = open_app(PHONE)
    guest.page.goto(link[0])
    type_pin(guest.page, link[1])
    guest.wait_for_picture()
    guest.page.get_by_label("Tools").get_by_role("button", name="More", exact=True).click()
    return guest


def test_three_images_are_shared_for_ten_openings_and_saved(open_app: OpenApp) -> None:
    sender = just_signed_in(open_app, "clinician")
    page = sender.page
    sender.open_study(CT)
    sharing = open_sharing(sender)
    choose_three(page)
    expect(sharing).to_contain_text("3 images chosen")
    allow_ten(page, sharing)
    sharing.get_by_role("button", name="Make the link").click()
    guest = come_in(open_app, told_link(page))
    expect_to_save(guest, images=3)

    page.goto("/shares")
    card = page.locator(".shares-card").filter(has_text="for Dr Ten").first
    expect(card).to_contain_text("1 of 10 openings")
    expect(card).to_contain_text("3 images of")
    pictured(page, "shares-openings")


def pictured_on(page: Page, screen: Screen, name: str) -> None:
    assert violations(page) == []
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{screen.name}-{name}.jpg"), type="jpeg", quality=80)


def choose_three(page: Page) -> None:
    """By finger; one of them in place of another."""
    chooser = choose(page)
    for number in (2, 3, 5):
        chooser.get_by_role("option", name=f"Image {number} of").tap()
    chooser.get_by_role("option", name="Image 3 of").tap()
    expect(chooser).to_contain_text("2 images chosen")
    chooser.get_by_role("option", name="Image 7 of").tap()
    expect(chooser.locator("img").first).to_have_js_property("complete", True)
    page.wait_for_timeout(1500)
    pictured(page, "share-choose")
    chooser.get_by_role("button", name="Done").click()


def allow_ten(page: Page, sharing: Locator) -> None:
    """Ten openings, and the download; more than can be is refused."""
    sharing.get_by_label("For whom").fill("Dr Ten")
    sharing.get_by_role("switch", name="May be downloaded").check()
    sharing.get_by_text("More choices").click()
    sharing.get_by_role("button", name="At most…").click()
    often = sharing.get_by_label("How many times at most")
    often.fill("10001")
    expect(sharing.get_by_role("alert").first).to_have_text("A whole number from 1 to 10,000")
    sharing.get_by_role("button", name="Make the link").click()
    expect(sharing.get_by_role("alert").last).to_contain_text("Say how many times the link may be opened")
    for screen in (DESKTOP, PHONE):
        page.set_viewport_size({"width": screen.width, "height": screen.height})
        sharing.evaluate("dialog => dialog.scrollTo(0, dialog.scrollHeight)")
        pictured_on(page, screen, "share-openings")
    often.fill("10")


def expect_to_save(guest: App, images: int) -> None:
    """All that is shown, with its size told before."""
    assert guest.number_of_images() == images
    guest.page.get_by_role("button", name="Download", exact=True).click()
    saving = guest.page.get_by_role("dialog", name="Download the images")
    expect(saving.get_by_role("status")).to_contain_text(re.compile(r"One file of [\d.]+ [kM]B"))
    for screen in (DESKTOP, PHONE):
        guest.page.set_viewport_size({"width": screen.width, "height": screen.height})
        expect(saving.get_by_role("button", name="Download")).to_be_enabled()
        guest.page.wait_for_timeout(400)  # what fades in has half a contrast
        pictured_on(guest.page, screen, "guest-save")
    with guest.page.expect_download() as download:
        saving.get_by_role("button", name="Download").click()
    assert len(images_of(files_of(download.value))) == images
    expect(saving.get_by_role("status")).to_contain_text("The download has begun")


def test_a_link_that_only_shows_lets_nothing_be_saved(open_app: OpenApp) -> None:
    sender = just_signed_in(open_app, "clinician")
    sender.open_study(CT)
    link = make_link(sender)
    study = re.search(r"/study/([\d.]+)", sender.page.url)
    assert study
    guest = come_in(open_app, link)
    expect(guest.page.get_by_role("button", name="Data saver")).to_be_visible()
    guest.page.wait_for_timeout(1500)  # a button whose code came later would be there by now
    expect(guest.page.get_by_role("button", name="Download")).to_have_count(0)
    zipped = f"/dicom-web/studies/{study.group(1)}?accept=application/zip"
    assert guest.page.request.get(zipped).status == 403


@pytest.fixture
def marked(lightbox: Lightbox, tmp_path: Path) -> None:
    """A study of sixty images, of which a document says that two are key images."""
    images = builders.ct_series(IMAGES, StudyInstanceUID=builders.new_uid(), **NAMED)
    headers = [dcmread(DicomBytesIO(image), stop_before_pixels=True) for image in images]
    key = builders.part10(
        SOPClassUID=KeyObjectSelectionDocumentStorage,
        Modality="KO",
        StudyInstanceUID=headers[0].StudyInstanceUID,
        ValueType="CONTAINER",
        ConceptNameCodeSequence=[builders.code("Of Interest", "113000", "DCM")],
        ContentSequence=[
            builders.content_item(
                "IMAGE", "Image", ReferencedSOPSequence=[builders.reference_to(headers[place])]
            )
            for place in MARKED
        ],
        **NAMED,
    )
    for number, content in enumerate((*images, key)):
        (tmp_path / f"{number}.dcm").write_bytes(content)
    lightbox.manage("import_dicom", str(tmp_path))


def test_what_a_document_marks_is_chosen_first_and_the_rest_by_keys(open_app: OpenApp, marked: None) -> None:
    sender = just_signed_in(open_app, "clinician")
    page = sender.page
    page.set_viewport_size({"width": DESKTOP.width, "height": DESKTOP.height})
    sender.open_study("Marked")
    sharing = open_sharing(sender)
    chooser = choose(page)
    expect(chooser).to_contain_text("2 images are marked as key images of this study: they are chosen.")
    chosen = chooser.get_by_role("option", selected=True)
    expect(chosen).to_have_count(len(MARKED))
    chooser.get_by_role("option").first.focus()
    for key in ("Space", "ArrowRight", "ArrowRight", "Shift+Space"):
        page.keyboard.press(key)
    expect(chosen).to_have_count(len(MARKED) + 3)
    page.keyboard.press("End")
    expect(chooser.get_by_role("option", name=f"Image {IMAGES} of {IMAGES}")).to_be_focused()
    pictured(page, "share-choose-marked")
    chooser.get_by_role("button", name="None").click()
    page.keyboard.press("Escape")
    sharing.get_by_role("button", name="Make the link").click()
    expect(sharing.get_by_role("alert")).to_have_text("Choose one image at least.")
    sharing.get_by_role("button", name="Choose", exact=True).click()
    expect(chooser).to_contain_text("0 images chosen")
    chooser.get_by_role("option").nth(1).click()
    chooser.get_by_role("button", name="Done").click()
    sharing.get_by_role("button", name="Make the link").click()
    told_link(page)
