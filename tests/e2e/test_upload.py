"""Sending files from a browser."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import builders
from tests.e2e.conftest import OpenApp
from tests.e2e.screens import DESKTOP, PHONE, SCREENS, Screen


def a_zip(name: str, slices: int = 6, rows: int = 64) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
        for number, data in enumerate(
            builders.ct_series(slices, rows=rows, columns=rows, PatientName=name, StudyDate="20990101")
        ):
            archive.writestr(f"disc/IM{number:06}", data)
        archive.writestr("disc/readme.txt", "not an image")
    return held.getvalue()


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_a_zip_is_sent_and_its_study_appears_to_others(
    open_app: OpenApp, tmp_path: Path, screen: Screen
) -> None:
    who = f"Uploaded^On a {screen.name}"
    file = tmp_path / "disc.zip"
    file.write_bytes(a_zip(who))
    watching, sending = open_app(DESKTOP, "clinician"), open_app(screen, "clinician")
    watching.studies()
    watching.page.wait_for_timeout(1000)
    sending.page.goto("/upload")
    sending.page.locator("input[type=file]").first.set_input_files(file)
    main = sending.page.locator("main")
    expect(main).to_contain_text("6 added", timeout=30_000)
    arrived = sending.study_links().filter(has_text=f"On a {screen.name}")
    expect(arrived).to_contain_text("6 images")
    expect(watching.page.locator("main")).to_contain_text(f"On a {screen.name}", timeout=15_000)


def test_a_folder_is_sent_with_all_that_lies_in_it(open_app: OpenApp, tmp_path: Path) -> None:
    disc = tmp_path / "disc"
    (disc / "IMAGES").mkdir(parents=True)
    for number, data in enumerate(builders.ct_series(3, rows=64, columns=64, PatientName="Folder^In a")):
        (disc / "IMAGES" / f"IM{number}").write_bytes(data)
    (disc / "readme.txt").write_text("not an image", encoding="utf-8")
    app = open_app(DESKTOP, "clinician")
    app.page.goto("/upload")
    with app.page.expect_file_chooser() as chooser:
        app.page.get_by_role("button", name="Choose a folder").click()
    chooser.value.set_files(disc)
    expect(app.page.locator("main")).to_contain_text("3 added", timeout=30_000)
    expect(app.page.locator("main")).to_contain_text("1 left out")


def test_a_text_file_is_told_to_be_none(open_app: OpenApp, tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear colleague", encoding="utf-8")
    app = open_app(PHONE, "clinician")
    app.page.goto("/upload")
    app.page.locator("input[type=file]").first.set_input_files(file)
    expect(app.page.locator("main")).to_contain_text("not a DICOM file", timeout=30_000)


def test_an_upload_goes_on_where_a_lost_connection_stopped_it(open_app: OpenApp, tmp_path: Path) -> None:
    file = tmp_path / "large.zip"
    file.write_bytes(a_zip("Resumed^After a tunnel", slices=10, rows=1024))  # 20 MB: several pieces
    app = open_app(PHONE, "clinician")
    app.page.goto("/upload")
    session = app.page.context.new_cdp_session(app.page)
    session.send("Network.enable")

    def network(offline: bool) -> None:
        slow = {"latency": 20, "downloadThroughput": -1, "uploadThroughput": 4 << 20}
        session.send("Network.emulateNetworkConditions", {"offline": offline, **slow})

    # Chromium never answers some of what is under way when its network changes: here it was the screen's own code.
    to_choose = app.page.locator("input[type=file]").first
    to_choose.wait_for(state="attached")
    network(offline=False)
    with app.page.expect_response(lambda response: response.request.method == "PATCH"):
        to_choose.set_input_files(file)
    app.page.wait_for_timeout(500)  # into the next piece
    network(offline=True)
    app.page.wait_for_timeout(1500)
    sent: list[str] = []
    app.page.on("request", lambda request: sent.append(request.headers.get("upload-offset", "")))
    network(offline=False)
    expect(app.page.locator("main")).to_contain_text("10 added", timeout=60_000)
    assert min(int(offset) for offset in sent if offset) > 0, "it began anew"


def test_who_may_not_send_is_not_offered_to(open_app: OpenApp) -> None:
    app = open_app(PHONE, "patient")
    app.page.goto("/upload")
    expect(app.page).to_have_url(re.compile("/my-images$"))
    expect(app.page.get_by_role("link", name="Upload")).to_have_count(0)
