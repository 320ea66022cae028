"""Lightbox as an app on a home screen: what makes it one, and what it does without a network."""

from __future__ import annotations

import json
import re
from typing import Any

from playwright.sync_api import expect

from tests.e2e.app import CT
from tests.e2e.conftest import OpenApp
from tests.e2e.screens import PHONE


def test_the_manifest_and_its_pictures_make_it_installable(open_app: OpenApp) -> None:
    app = open_app(PHONE, "clinician")
    app.studies()
    session = app.page.context.new_cdp_session(app.page)
    told = session.send("Page.getAppManifest")
    assert told["errors"] == []
    manifest: dict[str, Any] = json.loads(told["data"])
    assert manifest["id"] == "/"
    assert manifest["display"] == "standalone"
    assert {"any", "maskable"} <= {icon["purpose"] for icon in manifest["icons"]}
    for picture in (*manifest["icons"], *manifest["screenshots"]):
        answer = app.page.request.get(picture["src"])
        assert answer.status == 200, picture["src"]
        assert answer.headers["content-type"] == picture["type"]
    app.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    errors = {one["errorId"] for one in session.send("Page.getInstallabilityErrors")["installabilityErrors"]}
    assert errors <= {"in-incognito"}  # a context of its own is what the test asked for


def test_without_a_network_the_shell_opens_and_says_so(open_app: OpenApp) -> None:
    app = open_app(PHONE, "clinician")
    app.studies()
    app.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    app.page.context.set_offline(True)
    app.page.goto("/studies")
    expect(app.page.locator("body")).to_contain_text("You are offline")
    app.page.context.set_offline(False)  # it comes back by itself
    expect(app.study_links().first).to_be_visible()


def test_the_service_worker_keeps_the_shell_and_nothing_else(open_app: OpenApp) -> None:
    """Promise P16."""
    app = open_app(PHONE, "clinician")
    app.open_study(CT)
    app.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    kept = app.page.evaluate(
        """async () => {
            const found = [];
            for (const name of await caches.keys())
                for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
            return found;
        }"""
    )
    assert "/index.html" in kept
    shell = re.compile(r"/(index\.html|manifest\.webmanifest|assets/[\w.-]+|icons/[\w.-]+)")
    assert [path for path in kept if not shell.fullmatch(path)] == []


def test_a_reading_goes_on_through_a_tunnel(open_app: OpenApp) -> None:
    app = open_app(PHONE, "clinician")
    app.open_study(CT)
    app.page.context.set_offline(True)
    app.fingers.flick(app.at(0.5, 0.75), app.at(0.5, 0.2))
    app.fingers.flick(app.at(0.5, 0.75), app.at(0.5, 0.2))
    app.page.wait_for_timeout(2500)
    assert app.greys().std() > 10, "a blank instead of the nearest image"
    expect(app.page.locator("main")).to_contain_text(re.compile("connection", re.IGNORECASE))
    app.page.context.set_offline(False)
    app.wait_for_picture()
