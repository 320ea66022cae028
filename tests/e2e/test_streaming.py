"""Frames through the viewing socket: over cuts and tunnels, turns and sign-outs, for who saves data, and without it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Request, WebSocket, expect

from tests.e2e.app import CT, App
from tests.e2e.conftest import OpenApp
from tests.e2e.forwarder import Forwarder, forwarder
from tests.e2e.lightbox import Lightbox
from tests.e2e.screens import DESKTOP, PHONE, TABLET

KILLS = 50
P14_S = 5.0
EXACT = re.compile("^Exact")
LONG_MS = 60_000  # a busy machine decodes slowly


@pytest.fixture
def line(lightbox: Lightbox) -> Iterator[Forwarder]:
    """Between the browser and the server."""
    with forwarder(int(lightbox.address.rpartition(":")[2])) as one:
        yield one


def expect_exact(app: App) -> None:
    expect(app.page.locator(".quality").first).to_have_text(EXACT, timeout=LONG_MS)


def level_requests(app: App) -> list[str]:
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/levels/" in request.url:
            asked.append(request.url)

    app.page.on("request", note)
    return asked


def test_fifty_cuts_in_a_scroll_leave_nothing_out(open_app: OpenApp, line: Forwarder) -> None:
    app = open_app(DESKTOP, "clinician", base_url=line.address)
    asked = level_requests(app)
    app.open_study(CT)
    expect_exact(app)
    first = app.image_number()
    for _ in range(KILLS):
        app.until(lambda: line.has_socket)
        app.page.keyboard.press("ArrowDown")
        app.page.wait_for_timeout(40)
        line.cut()
    app.expect_image(min(first + KILLS, app.number_of_images()))
    expect_exact(app)
    for _ in range(3):  # and what lies behind it is there too
        app.page.keyboard.press("ArrowUp")
        expect_exact(app)
    assert line.sockets >= KILLS, "the socket was not opened again"
    assert not asked, "it should have come through the socket"


def test_p14_a_session_that_ends_stops_the_stream(open_app: OpenApp) -> None:
    app = open_app(DESKTOP)
    app.sign_in("clinician")
    sockets: list[WebSocket] = []
    app.page.on("websocket", lambda socket: sockets.append(socket))
    app.open_study(CT)
    expect_exact(app)
    (viewing,) = [socket for socket in sockets if "/ws/viewing" in socket.url]
    assert not viewing.is_closed()
    told: list[str] = []
    viewing.on("framereceived", lambda frame: told.append(frame if isinstance(frame, str) else ""))
    # The same session, ended elsewhere: in another tab.
    other = app.page.context.new_page()
    other.goto("/account")
    ended_at = time.monotonic()
    other.get_by_role("button", name="Sign out").first.click()
    app.until(viewing.is_closed)
    assert time.monotonic() - ended_at < P14_S
    assert any("signed_out" in text for text in told)


def test_who_saves_data_gets_previews_until_they_say_otherwise(open_app: OpenApp) -> None:
    app = open_app(PHONE, "clinician")
    app.open_study(CT)
    expect_exact(app)
    app.page.get_by_role("button", name="More", exact=True).click()
    saver = app.page.get_by_role("button", name=re.compile("^Data saver"))
    expect(saver).to_contain_text(re.compile(r"\d+(\.\d)? [kM]B used"))
    saver.click()
    expect(saver).to_have_attribute("aria-pressed", "true")
    app.page.reload()  # it is remembered
    app.wait_for_picture()
    expect(app.page.locator("[data-level=saver]")).to_contain_text("Data saver")
    for _ in range(5):
        app.page.keyboard.press("ArrowDown")
        app.page.wait_for_timeout(300)
    expect(app.page.locator(".quality").first).to_have_text(re.compile("^Preview"))
    app.page.get_by_role("button", name="More", exact=True).click()
    app.page.get_by_role("button", name=re.compile("^Data saver")).click()
    expect_exact(app)


def test_a_phone_that_saves_data_is_believed(open_app: OpenApp) -> None:
    app = open_app(PHONE, "clinician")
    app.page.add_init_script(
        "Object.defineProperty(navigator, 'connection', "
        "{ value: Object.assign(new EventTarget(), { saveData: true }) })"
    )
    app.open_study(CT)
    expect(app.page.locator("[data-level=saver]")).to_be_visible()


def test_in_a_tunnel_what_is_here_stays_and_it_goes_on_by_itself(open_app: OpenApp, line: Forwarder) -> None:
    app = open_app(TABLET, "clinician", base_url=line.address)
    app.open_study(CT)
    expect_exact(app)
    number = app.image_number()
    app.page.context.set_offline(True)
    line.cut()
    expect(app.page.get_by_text("Connection lost.")).to_be_visible()
    expect_exact(app)
    app.page.keyboard.press("ArrowDown")
    app.expect_image(number + 1)
    assert app.greys().std() > 5
    app.page.keyboard.press("End")
    before = line.sockets
    app.page.context.set_offline(False)
    expect(app.page.get_by_text("Connection lost.")).not_to_be_visible()
    expect_exact(app)
    assert line.sockets > before


def test_turning_the_phone_keeps_the_picture_and_the_socket(open_app: OpenApp, line: Forwarder) -> None:
    app = open_app(PHONE, "clinician", base_url=line.address)
    app.open_study(CT)
    expect_exact(app)
    before = app.image_number()
    app.page.keyboard.press("PageDown")
    app.expect_image(before + 10)
    expect_exact(app)
    number, sockets = app.image_number(), line.sockets
    app.page.set_viewport_size({"width": PHONE.height, "height": PHONE.width})
    expect_exact(app)
    assert (app.image_number(), line.sockets) == (number, sockets)


def test_where_sockets_are_blocked_levels_come_by_http(open_app: OpenApp, line: Forwarder) -> None:
    line.lets_sockets_by = False
    app = open_app(DESKTOP, "clinician", base_url=line.address)
    asked = level_requests(app)
    app.open_study(CT)
    expect_exact(app)  # the first was asked for with the study; those that follow are one by one
    number = app.image_number()
    app.page.keyboard.press("ArrowDown")
    app.expect_image(number + 1)
    expect_exact(app)
    assert asked
    assert line.sockets >= 2
