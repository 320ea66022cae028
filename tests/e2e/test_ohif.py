"""OHIF reads from us by DICOMweb alone: its list of studies, and a picture of the CT.

Its built app is named in LIGHTBOX_TEST_OHIF (the folder dist of the npm package @ohif/app); it is far too large to be
fetched by every test run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.ohif_host import NAMED_IN, named_dist, ohif
from tests.e2e.app import CT
from tests.e2e.lightbox import Lightbox
from tests.e2e.screens import DESKTOP
from tests.e2e.test_screenshots import take

SLOW_MS = 90_000  # it is some megabytes of code, and the browser draws without a GPU
DIST = named_dist()
pytestmark = pytest.mark.skipif(DIST is None, reason=f"{NAMED_IN} does not name OHIF's dist")


@pytest.fixture
def viewer(lightbox: Lightbox, browser: Browser) -> Iterator[Page]:
    """OHIF in front of our DICOMweb, with a clinician's key."""
    assert DIST
    told = lightbox.manage("issue_api_key", "--user", "ohif", "--role", "clinician", "--days", "1")
    port = int(lightbox.address.rsplit(":", 1)[-1])
    with ohif(DIST, port, {"Authorization": f"Bearer {told.split()[-1]}"}) as address:
        context = browser.new_context(base_url=address, **DESKTOP.context())
        context.set_default_timeout(SLOW_MS)
        yield context.new_page()
        context.close()


def test_ohif_lists_our_studies_and_shows_the_ct(viewer: Page, screenshots: Path) -> None:
    refused: list[str] = []
    viewer.on(
        "response",
        lambda answer: refused.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None,
    )
    viewer.goto("/")
    row = viewer.locator("tr, [data-cy*=studyRow]").filter(has_text=CT).first
    expect(row).to_be_visible(timeout=SLOW_MS)
    study = viewer.request.get(f"/dicom-web/studies?StudyDescription={CT.replace(' ', '%20')}&limit=1").json()
    viewer.goto(f"/viewer?StudyInstanceUIDs={study[0]['0020000D']['Value'][0]}")
    canvas = viewer.locator(".cornerstone-canvas").first
    expect(canvas).to_be_visible(timeout=SLOW_MS)
    expect(viewer.locator("body")).to_contain_text(re.compile(r"I:\s*\d+"), timeout=SLOW_MS)
    viewer.wait_for_timeout(3000)
    assert greys_of(canvas.evaluate(DEVIATION)) > 8, "no picture"
    skip = viewer.get_by_text("Skip all")
    if skip.is_visible():
        skip.click()
        viewer.wait_for_timeout(500)
    take(viewer, screenshots / "desktop-ohif-ct.jpg")
    assert [one for one in refused if "/dicom-web/" in one] == []


DEVIATION = """canvas => {
    const eye = new OffscreenCanvas(32, 32).getContext("2d");
    eye.drawImage(canvas, 0, 0, 32, 32);
    return [...eye.getImageData(0, 0, 32, 32).data.filter((_, at) => at % 4 === 0)];
}"""


def greys_of(values: list[int]) -> float:
    """The standard deviation."""
    mean = sum(values) / len(values)
    return float((sum((value - mean) ** 2 for value in values) / len(values)) ** 0.5)
