"""Over a phone's network: what is asked for, in which order, and that something is always seen. No clock fails here."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Request, expect

from tests.e2e.app import CT, App
from tests.e2e.conftest import OpenApp
from tests.e2e.screens import PHONE


def address_of_a_study(app: App) -> str:
    app.studies()
    app.find(CT)
    address = app.study_links().first.get_attribute("href")
    assert address
    return address


def test_all_that_a_study_needs_is_asked_for_once_and_by_its_page(open_app: OpenApp) -> None:
    """The page itself names code and digest; the digest brings the first picture along: two journeys, no third."""
    address = address_of_a_study(open_app(PHONE, "clinician"))
    app = open_app(PHONE, "clinician")
    asked: list[Request] = []
    before: list[Request] = []  # what was asked when the digest had come, and the first picture with it
    digest = f"/view/studies/{address.rsplit('/', 1)[-1]}/digest"
    app.page.on("request", lambda request: asked.append(request))
    app.page.on("requestfinished", lambda request: before.extend(asked * (digest in request.url)))
    app.page.goto(address)
    app.wait_for_picture()
    names = [urlsplit(request.url).path for request in asked]
    assert names.count(digest) == 1, "the page and the app ask for the same thing in two ways"
    code = [name for name in names if name.endswith((".js", ".css"))]
    assert len(code) == len(set(code)), code
    page = app.page.request.get(address).text()
    first = next(place for place, name in enumerate(names) if "/tiles/" in name)
    paths = [urlsplit(request.url).path for request in before]
    assert digest in paths
    assert [name for name in code if name in paths and name not in page] == []
    assert not any("/tiles/0/0/0.jpg?size=256" in request.url for request in asked[: first + 1])


def test_a_study_opens_from_the_kept_shell(open_app: OpenApp) -> None:
    """Its address ends in a UID, which looks like a file's name and is none."""
    app = open_app(PHONE, "clinician")
    address = address_of_a_study(app)
    app.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    app.page.context.set_offline(True)
    app.page.goto(address)
    expect(app.page.locator("body")).to_contain_text("offline", ignore_case=True)
    app.page.context.set_offline(False)
    app.wait_for_picture()
