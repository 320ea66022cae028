"""A study leaves without identities: looked at on a phone, a name in the picture blacked out, and saved."""

from __future__ import annotations

import os
import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from playwright.sync_api import Download, Locator, expect

from tests import builders
from tests.e2e.app import App
from tests.e2e.conftest import OpenApp
from tests.e2e.lightbox import Lightbox
from tests.e2e.screens import DESKTOP, PHONE, Screen
from tests.e2e.test_accessibility import violations
from tests.pacs.media.test_deidentified import ultrasound

PICTURES = os.environ.get("LIGHTBOX_TEST_SCREENSHOTS", "")
NAME, SHOWN = "Exported^{}", "Exported, {}"


def files_of(download: Download) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(Path(download.path()).read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def images_of(files: dict[str, bytes]) -> list[pydicom.Dataset]:
    found = [pydicom.dcmread(BytesIO(data)) for name, data in files.items() if name.startswith("DICOM/")]
    return sorted(found, key=lambda image: str(image.Modality))


def draw_over(app: App, picture: Locator, share: float) -> None:
    """From the upper left corner over all of the width, down to this share of the height: by finger or by mouse."""
    box = picture.bounding_box()
    assert box
    start = (box["x"] + 1, box["y"] + 1)
    end = (box["x"] + box["width"] - 1, box["y"] + box["height"] * share)
    if app.screen.is_touched:
        app.fingers.drag((start, end))
        return
    app.page.mouse.move(*start)
    app.page.mouse.down()
    app.page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    app.page.mouse.move(*end)
    app.page.mouse.up()


def pictured(app: App, screen: Screen, name: str) -> None:
    assert violations(app.page) == []
    if PICTURES:
        path = Path(PICTURES) / f"{screen.name}-{name}.jpg"
        app.page.screenshot(path=str(path), type="jpeg", quality=80)


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=lambda screen: screen.name)
def test_a_study_is_exported_without_identities(
    open_app: OpenApp, lightbox: Lightbox, screen: Screen
) -> None:
    told = screen.name.capitalize()
    study = imported(lightbox, told)
    app = open_app(screen)
    page = app.page
    app.sign_in("clinician")
    open_export(app, told)
    get = page.get_by_role("button", name="Download without identities")
    expect(get).to_be_disabled()
    pictured(app, screen, "export")

    page.get_by_role("button", name=re.compile("Look at US")).click()
    black_out_the_upper_half(app, screen)
    page.get_by_role("button", name="I have looked at all of it").click()
    page.get_by_text("What stays, and what goes").click()
    page.get_by_role("switch", name="Age, sex, size, weight").check()
    pictured(app, screen, "export-choices")
    with page.expect_download() as download:
        get.click()
    expect_no_identities(files_of(download.value), study)

    page.get_by_role("button", name="As it is").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the originals").click()
    assert {str(image.PatientName) for image in images_of(files_of(download.value))} == {NAME.format(told)}


def imported(lightbox: Lightbox, told: str) -> str:
    """A study of an ultrasound clip and a slice of a CT; its UID."""
    study = builders.new_uid()
    named: dict[str, Any] = {
        "PatientName": NAME.format(told),
        "PatientID": f"EXP-{told}",
        "StudyInstanceUID": study,
    }
    clip, scan = ultrasound(frames=2, **named), builders.ct_slice(rows=64, columns=64, **named)
    folder = lightbox.data.parent / f"export-{told}"
    folder.mkdir()
    for number, content in enumerate((clip, scan)):
        (folder / f"{number}.dcm").write_bytes(content)
    lightbox.manage("import_dicom", str(folder))
    return study


def open_export(app: App, told: str) -> None:
    """From the menu of the study in the list."""
    shown = SHOWN.format(told)
    app.studies()
    app.find(shown)
    app.page.get_by_role("button", name=f"What to do with the study of {shown}").click()
    app.page.get_by_role("menuitem", name="Export…").click()
    expect(app.page.get_by_role("heading", name=shown)).to_be_visible()


def black_out_the_upper_half(app: App, screen: Screen) -> None:
    """By hand; and another region by the keyboard, which is taken away, brought back, and taken back."""
    page = app.page
    picture = page.get_by_role("group", name="Picture to draw regions on")
    expect(picture).to_be_visible()
    draw_over(app, picture, 0.5)
    regions = picture.get_by_role("button")
    expect(regions).to_have_count(1)
    page.get_by_role("button", name="Add region").click()
    expect(regions).to_have_count(2)
    regions.last.focus()
    page.keyboard.press("ArrowDown")
    pictured(app, screen, "export-regions")
    page.keyboard.press("Delete")
    expect(regions).to_have_count(1)
    undo = page.get_by_role("button", name="Undo")
    for left in (2, 2, 1):  # that it was taken away, that it was moved, that it was there
        undo.click()
        expect(regions).to_have_count(left)


def expect_no_identities(files: dict[str, bytes], study: str) -> None:
    assert [name for name, data in files.items() if b"Exported" in data or b"EXP-" in data] == []
    scan, sound = images_of(files)
    assert scan.PatientIdentityRemoved == sound.PatientIdentityRemoved == "YES"
    assert study not in (scan.StudyInstanceUID, sound.StudyInstanceUID)
    frames, half = np.asarray(sound.pixel_array), int(sound.Rows) // 2
    assert frames[:, : half - 1].max() == 0
    assert frames[:, half + 1 :].min() > 0
