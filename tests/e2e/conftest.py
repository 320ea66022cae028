"""One Lightbox with the sample studies and one browser for all tests of this folder; a context of its own for each."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.e2e.app import App
from tests.e2e.canaries import Canaries
from tests.e2e.chromium import ARGUMENTS, MISSING, find_chromium
from tests.e2e.lightbox import ROOT, Lightbox, start
from tests.e2e.screens import Screen

HERE = Path(__file__).parent
LONGEST_WAIT_MS = 15_000
NEVER_IDLE = {"LIGHTBOX_IDLE_LOCK_MINUTES": "720", "LIGHTBOX_IDLE_LOCK_PATIENT_MINUTES": "720"}
OpenApp = Callable[..., App]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them are e2e: `make test` runs them in one process after the others, for they share one server."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="package")
def canaries() -> Canaries:
    """What must be heard nowhere, over all tests of this folder (promise P16)."""
    return Canaries()


@pytest.fixture(scope="package")
def lightbox(tmp_path_factory: pytest.TempPathFactory, canaries: Canaries) -> Iterator[Lightbox]:
    """As a newcomer starts it, sample studies and all."""
    # Accounts sign in once for all tests: nobody's hand is at most of them for as long as they all take.
    running = start(tmp_path_factory.mktemp("lightbox"), **NEVER_IDLE)
    started = len(running.text)  # the passwords of the sample accounts are told at the start, and only there
    yield running
    running.stop()
    assert canaries.heard(running.text[started:]) == []


# Not for the session: while it runs, this thread has an event loop, and other tests could start none.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium."""
    path = find_chromium()
    if path is None:
        pytest.fail(MISSING)
    expect.set_options(timeout=LONGEST_WAIT_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def signed_in_states(lightbox: Lightbox, browser: Browser, canaries: Canaries) -> Callable[[str], Any]:
    """Cookies of a sample account, who signed in once by the screen."""
    states: dict[str, Any] = {}

    def state_of(role: str) -> Any:
        if role not in states:
            context = browser.new_context(base_url=lightbox.address)
            canaries.listen(context)
            app = App(context.new_page(), lightbox)
            app.sign_in(role)
            states[role] = context.storage_state()
            canaries.leave(context)
            context.close()
        return states[role]

    return state_of


@pytest.fixture
def open_app(
    lightbox: Lightbox, browser: Browser, signed_in_states: Callable[[str], Any], canaries: Canaries
) -> Iterator[OpenApp]:
    """open_app(screen, role): the app on this screen, signed in as this sample account, or not at all."""
    yield from opening(lightbox, browser, canaries, signed_in_states)


def opening(
    lightbox: Lightbox,
    browser: Browser,
    canaries: Canaries,
    signed_in_states: Callable[[str], Any] | None = None,
) -> Iterator[OpenApp]:
    """A way to open the app of this server, of which every page is closed afterwards, and was without trouble."""
    contexts: list[BrowserContext] = []

    def open_one(screen: Screen, role: str | None = None, **options: Any) -> App:
        given = {"base_url": lightbox.address, **screen.context(), **options}
        if role is not None and signed_in_states is not None:
            given["storage_state"] = signed_in_states(role)
        context = browser.new_context(**given)
        context.set_default_timeout(LONGEST_WAIT_MS)
        canaries.listen(context)
        contexts.append(context)
        return App(context.new_page(), lightbox, screen)

    yield open_one
    troubles = [trouble for context in contexts for page in context.pages for trouble in troubles_of(page)]
    for context in contexts:
        canaries.leave(context)
        context.close()
    assert troubles == []


def troubles_of(page: Page) -> list[str]:
    """Exceptions that no code of the page caught."""
    return [str(error) for error in page.page_errors()]


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures are kept: LIGHTBOX_TEST_SCREENSHOTS (make screenshots), or a folder of the test run."""
    named = os.environ.get("LIGHTBOX_TEST_SCREENSHOTS")
    folder = ROOT / named if named else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
