"""A study of another institution is opened in an emergency, for an hour and with a reason; and looked at afterwards.

On a server of its own, that two institutions share: elsewhere nothing is locked.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests import builders
from tests.e2e.app import App
from tests.e2e.canaries import Canaries
from tests.e2e.conftest import NEVER_IDLE, OpenApp, opening
from tests.e2e.lightbox import start
from tests.e2e.screens import DESKTOP, PHONE, TABLET, Screen
from tests.e2e.test_accessibility import SMALL_TARGETS, SMALLEST_TARGET_PX, violations
from tests.e2e.test_the_bin import signed_in
from tests.e2e.two_houses import THEIRS, TwoHouses, share
from tests.people import PASSWORD

PICTURES = os.environ.get("LIGHTBOX_TEST_SCREENSHOTS", "")
REASON = "Unconscious in the resuscitation room, no history"
LONGEST_END_MS = 30_000


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoHouses]:
    """Grace is a clinician here, Otto administers; Dorian's studies are of the other house."""
    running = start(tmp_path_factory.mktemp("houses"), SAMPLES="0", **NEVER_IDLE)
    both = share(running)
    both.add_person("grace", "clinician", "Dr. Grace Holt")
    both.add_person("otto", "administrator", "Otto Berg")
    yield both
    running.stop()


@pytest.fixture
def open_app(houses: TwoHouses, browser: Browser, canaries: Canaries) -> Iterator[OpenApp]:
    """The app of this server."""
    yield from opening(houses.lightbox, browser, canaries)


@pytest.fixture
def locked(houses: TwoHouses, tmp_path: Path) -> str:
    """A study of the other house, of a patient whose ID is like no other's."""
    uid = builders.new_uid()
    return houses.add_study_elsewhere(
        tmp_path / "locked",
        StudyInstanceUID=uid,
        PatientID=f"SE-{uid[-6:]}",
        PatientName="Locked^Dorian",
        PatientSex="M",
        PatientBirthDate="19610214",
        StudyDate="20261120",
        StudyDescription="CT abdomen",
    )


def at(open_app: OpenApp, name: str, screen: Screen = PHONE) -> App:
    app = open_app(screen)
    signed_in(app, name)
    return app


def pictured(page: Page, name: str) -> None:
    """Nothing is wrong with it on any of the three screens, and each is kept as a picture."""
    before = page.viewport_size
    for screen in (PHONE, TABLET, DESKTOP):
        page.set_viewport_size({"width": screen.width, "height": screen.height})
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if PICTURES:
            page.screenshot(path=str(Path(PICTURES) / f"{screen.name}-{name}.jpg"), type="jpeg", quality=80)
    assert before
    page.set_viewport_size(before)
    small = page.evaluate(SMALL_TARGETS, SMALLEST_TARGET_PX - 0.5)
    assert small == []


def find_locked(page: Page, locked: str) -> Locator:
    """By its exact ID, from the list in which it is not."""
    page.get_by_role("searchbox").fill(f"SE-{locked[-6:]}")
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    page.get_by_role("button", name="Open a locked study in an emergency").click()
    expect(page.get_by_role("heading", name="Locked studies", level=1)).to_be_visible()
    page.get_by_label("Patient ID").last.fill(f"SE-{locked[-6:]}")
    page.get_by_role("button", name="Search", exact=True).click()
    found = page.get_by_role("listitem").filter(has_text=THEIRS)
    expect(found).to_contain_text("Male")
    expect(found).not_to_contain_text("Dorian")
    return found


LONG_AGO = """
from importlib import import_module
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY as RECORDS
from django.conf import settings
from django.contrib.sessions.models import Session
store = import_module(settings.SESSION_ENGINE).SessionStore
for key in Session.objects.values_list("session_key", flat=True):
    session = store(key)
    for record in session.get(RECORDS, []):
        record["at"] -= 3600
    session.modified = True
    session.save()
"""


def not_lately(app: App) -> None:
    """Nobody on this server showed lately who they are."""
    app.lightbox.manage("shell", "-c", LONG_AGO)


def confirm(page: Page) -> None:
    again = page.get_by_role("dialog", name="Is it you?")
    again.locator("input[type=password]").fill(PASSWORD)
    again.get_by_role("button", name="Confirm").click()


def break_glass(app: App, found: Locator) -> None:
    """With a reason, and by showing again who they are."""
    page = app.page
    not_lately(app)
    found.get_by_role("button", name="Open in an emergency").click()
    ask = page.get_by_role("dialog", name="Open a locked study")
    ask.get_by_label("Why it has to be opened now").fill("Urgent")
    ask.get_by_role("button", name="Open for one hour").click()
    expect(ask.get_by_role("alert")).to_contain_text("A word is not enough")
    pictured(page, "glass-reason")
    ask.get_by_label("Why it has to be opened now").fill(REASON)
    ask.get_by_role("button", name="Open for one hour").click()
    confirm(page)
    app.wait_for_picture()


def test_a_locked_study_is_opened_for_an_hour_with_a_reason(open_app: OpenApp, locked: str) -> None:
    app = at(open_app, "grace")
    page = app.page
    page.goto(f"/study/{locked}")
    expect(page.get_by_role("heading", name="Nothing to see here")).to_be_visible()
    page.goto("/studies")
    found = find_locked(page, locked)
    pictured(page, "glass-found")
    break_glass(app, found)
    stands = page.get_by_role("complementary", name="Opened in an emergency")
    expect(stands).to_have_text(re.compile("Opened in an emergency(59|60) minutes left"))
    pictured(page, "glass-viewer")
    page.reload()
    app.wait_for_picture()
    expect(stands).to_be_visible()
    page.goto("/studies")
    expect(page.get_by_role("link").filter(has_text=f"SE-{locked[-6:]}")).to_be_visible()
    page.goto("/break-glass")
    page.get_by_role("link", name=re.compile("open for (59|60) minutes")).last.click()
    app.wait_for_picture()
    expect(stands).to_be_visible()


def test_when_the_hour_is_over_nothing_of_it_stays(open_app: OpenApp, locked: str) -> None:
    app = at(open_app, "grace")
    page = app.page
    break_glass_soon_over = (
        "from datetime import timedelta; from django.utils import timezone;"
        "from pacs.access.models import BreakGlass;"
        f"BreakGlass.objects.filter(study_instance_uid={locked!r})"
        ".update(ends_at=timezone.now() + timedelta(seconds=10))"
    )
    break_glass(app, find_locked(page, locked))
    app.lightbox.manage("shell", "-c", break_glass_soon_over)
    page.reload()
    expect(page.get_by_text("1 minute left")).to_be_visible()
    expect(page.get_by_text("The hour is over")).to_be_visible(timeout=LONGEST_END_MS)
    expect(page).to_have_url(re.compile("/break-glass$"))
    expect(app.picture).to_have_count(0)
    page.goto(f"/study/{locked}")
    expect(page.get_by_role("heading", name="Nothing to see here")).to_be_visible()


def test_an_administrator_is_told_and_says_what_they_found(open_app: OpenApp, locked: str) -> None:
    clinician, keeper = at(open_app, "grace"), at(open_app, "otto")
    explains(keeper.page, locked, "Does not see this study")
    break_glass(clinician, find_locked(clinician.page, locked))
    explains(keeper.page, locked, "Sees this study")
    expect(keeper.page.locator("main")).to_contain_text("Opened in an emergency, for an hour")
    pictured(keeper.page, "who-sees-why")

    page = keeper.page
    page.goto("/shares")
    news = page.get_by_role("region", name="News")
    expect(news).to_contain_text("Dr. Grace Holt opened a locked study in an emergency")
    page.goto("/account")
    page.get_by_role("link", name="Review").click()
    entry = page.get_by_role("listitem").filter(has_text=f"SE-{locked[-6:]}")
    expect(entry).to_contain_text(REASON)
    expect(entry).to_contain_text("To look at")
    pictured(page, "glass-review")
    entry.get_by_role("button", name=re.compile("Say what you found")).click()
    pictured(page, "glass-finding")
    dialog = page.get_by_role("dialog", name="What did you find?")
    dialog.get_by_label("Note").fill("Seen with the ward")
    dialog.get_by_role("button", name="Justified", exact=True).click()
    expect(entry).to_contain_text("Justified")
    expect(entry).to_contain_text("Otto Berg")
    expect(entry).to_contain_text("Seen with the ward")
    expect(entry.get_by_role("button")).to_have_count(0)
    page.reload()
    expect(entry).to_contain_text("Seen with the ward")


def explains(page: Page, locked: str, outcome: str) -> None:
    """What Grace sees of this study, as the screen of administrators tells it."""
    page.goto("/who-sees")
    page.get_by_label("Find by name").fill("grace")
    page.get_by_role("button", name=re.compile("Grace Holt")).click()
    expect(page.get_by_role("heading", name="May")).to_be_visible()
    page.get_by_label("Study Instance UID").fill(locked)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text(outcome, exact=True)).to_be_visible()
