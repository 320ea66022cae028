"""A clinician of ours: an account that the bench makes, and how they sign in."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from playwright.sync_api import Browser, Page, expect

from bench.servers import Running

USERNAME, PASSWORD = "bench-reader", "benches are for sitting 9"


def make_account(server: Running) -> None:
    """Needs a server whose key is an administrator's."""
    account = {"username": USERNAME, "password": PASSWORD, "role": "clinician"}
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/api/people",
        json.dumps(account).encode(),
        {"Content-Type": "application/json", **server.headers},
    )
    urllib.request.urlopen(request).close()


def sign_in(page: Page) -> None:
    """By the screen, and until the studies are there."""
    page.goto("/signin")
    page.get_by_label("User name").fill(USERNAME)
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("a[href^='/study/']").first).to_be_visible(timeout=30_000)
    page.goto("about:blank")


def signed_in_state(browser: Browser, server: Running) -> Any:
    """The cookies of the clinician, signed in."""
    context = browser.new_context(base_url=f"http://127.0.0.1:{server.port}")
    sign_in(context.new_page())
    state = context.storage_state()
    context.close()
    return state
