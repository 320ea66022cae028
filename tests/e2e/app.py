"""What a person can do in the app and read from it, by the words and names that they would go by."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.e2e.fingers import Fingers, Point
from tests.e2e.lightbox import Lightbox
from tests.e2e.screens import DESKTOP, Screen

MOST_LOOKS, BETWEEN_LOOKS_MS = 100, 50
# What is as good as this screen can show it, or the whole of it.
GOOD = re.compile("^(Preview|Exact|Lossy original)")
CT = "CT chest and abdomen with contrast"
CHEST = "XR chest PA and lateral"
ECHO = "Transthoracic echocardiogram"
HEAD = "MR brain without contrast"
BREASTS = "MG screening, both breasts"


class App:
    """One page of the app."""

    def __init__(self, page: Page, lightbox: Lightbox, screen: Screen = DESKTOP) -> None:
        self.page = page
        self.lightbox = lightbox
        self.screen = screen

    # --- getting about ---------------------------------------------------------------------------
    def sign_in(self, role: str, password: str | None = None) -> None:
        """As the sample account of this role, and wait until its home is there."""
        self.page.goto("/signin")
        self.say_who(role, password)
        if password is None:
            expect(self.page).not_to_have_url(re.compile("/signin"))

    def say_who(self, role: str, password: str | None = None) -> None:
        """The same where the page of signing in is shown already."""
        name = f"sample-{role}"
        self.page.get_by_label("User name").fill(name)
        self.page.locator("input[type=password]").fill(password or self.lightbox.password_of(name))
        self.page.get_by_role("button", name="Sign in", exact=True).click()

    def studies(self) -> None:
        """The list of studies, with its first rows."""
        self.page.goto("/studies")
        expect(self.study_links().first).to_be_visible()

    def study_links(self) -> Locator:
        """A link for each study in the list."""
        return self.page.locator("a[href^='/study/']")

    def find(self, words: str) -> None:
        """Type into the search, and wait for what is found: rows that still move are not to be tapped."""
        self.page.get_by_role("searchbox").fill(words)
        expect(self.page.locator("main [aria-busy=true]")).to_have_count(0)

    def open_study(self, description: str) -> None:
        """Find it by its words, and open the first that is found."""
        self.studies()
        self.find(description)
        row = self.page.locator("li, tr").filter(has_text=description).filter(has=self.study_links()).first
        row.locator("a").first.click()
        self.wait_for_picture()

    # --- reading ---------------------------------------------------------------------------------
    @property
    def picture(self) -> Locator:
        """Where the image is, with all that is printed over it."""
        return self.page.get_by_role("region", name="Image", exact=True)

    @property
    def scrubber(self) -> Locator:
        """The stack's slider."""
        return self.page.get_by_role("slider", name="Image in the stack")

    def wait_for_picture(self) -> None:
        """Until what is shown is as good as this screen can show it."""
        expect(self.page.locator(".quality").first).to_have_text(GOOD)

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait for the page to draw what makes this true."""
        for _ in range(MOST_LOOKS):
            if holds():
                return
            self.page.wait_for_timeout(BETWEEN_LOOKS_MS)
        raise AssertionError("it did not become true")

    def image_number(self) -> int:
        """Which image of the stack, from 1."""
        return int(self.scrubber.get_attribute("aria-valuenow") or 0)

    def number_of_images(self) -> int:
        """How many there are."""
        return int(self.scrubber.get_attribute("aria-valuemax") or 0)

    def expect_image(self, number: int) -> None:
        """Wait for this image of the stack, from 1."""
        expect(self.scrubber).to_have_attribute("aria-valuenow", str(number))

    def expect_window(self, width: float, level: float) -> None:
        """Wait until this window is printed."""
        shown = rf"W\s*{width:g}\s*L\s*{level:g}\D".replace("-", "[−-]")
        expect(self.picture).to_have_text(re.compile(shown))

    def window(self) -> tuple[float, float]:
        """Width and level, as printed."""
        found = re.search(r"W\s*([\d.,−-]+)\s*L\s*([\d.,−-]+)", self.picture.inner_text())
        assert found, self.picture.inner_text()
        width, level = (float(text.replace(",", "").replace("−", "-")) for text in found.groups())
        return width, level

    def zoom_percent(self) -> float:
        """As printed: device pixels for an image pixel."""
        found = re.search(r"Zoom ([\d.,]+)", self.picture.inner_text())
        assert found, self.picture.inner_text()
        return float(found.group(1).replace(",", ""))

    def greys(self) -> np.ndarray[Any, Any]:
        """The middle of what is on screen, (rows, columns) 0..255, without corners and edges."""
        box = self.picture.bounding_box()
        assert box
        clip = {
            "x": box["x"] + box["width"] * 0.2,
            "y": box["y"] + box["height"] * 0.3,
            "width": box["width"] * 0.6,
            "height": box["height"] * 0.4,
        }
        shot = self.page.screenshot(clip=clip)  # type: ignore[arg-type]  # four numbers, by name
        return np.asarray(Image.open(io.BytesIO(shot)).convert("L"))

    # --- hands -----------------------------------------------------------------------------------
    @property
    def fingers(self) -> Fingers:
        """On the screen."""
        return Fingers(self.page)

    def at(self, x: float, y: float) -> Point:
        """A point of the picture, as shares of its width and height."""
        box = self.picture.bounding_box()
        assert box
        return box["x"] + box["width"] * x, box["y"] + box["height"] * y
