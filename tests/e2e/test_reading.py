"""Reading: stacks, windows, zoom, by fingers, mouse and keys."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Request, expect

from tests.e2e.app import CHEST, CT, ECHO, App
from tests.e2e.conftest import OpenApp
from tests.e2e.screens import DESKTOP, PHONE, SCREENS, TABLET, Screen

TOUCHED = (PHONE, TABLET)
MOST_SWIPES = 60
SOMETHING = 10  # standard deviation of greys: a blank picture has none


def by_name(screen: Screen) -> str:
    return screen.name


@pytest.mark.parametrize("screen", TOUCHED, ids=by_name)
def test_the_ct_is_scrolled_to_its_end_by_one_finger_and_never_blank(
    open_app: OpenApp, screen: Screen
) -> None:
    app = open_app(screen, "clinician")
    app.open_study(CT)
    last = app.number_of_images()
    assert last >= 160
    for _ in range(MOST_SWIPES):
        before = app.image_number()
        app.fingers.flick(app.at(0.5, 0.25), app.at(0.5, 0.75))
        assert app.greys().std() > SOMETHING, f"blank near image {app.image_number()}"
        assert app.image_number() >= before
        if app.image_number() == last:
            break
    app.expect_image(last)
    app.wait_for_picture()
    expect(app.picture).to_contain_text(f"Image {last} / {last}")


def test_the_scrubber_goes_anywhere_under_the_thumb(open_app: OpenApp) -> None:
    app = open_app(PHONE, "clinician")
    app.open_study(CT)
    box = app.scrubber.bounding_box()
    assert box
    assert box["width"] >= 44
    x = box["x"] + box["width"] / 2
    app.fingers.drag(((x, box["y"] + box["height"] * 0.5), (x, box["y"] + box["height"] - 1)))
    app.expect_image(app.number_of_images())
    app.wait_for_picture()


@pytest.mark.parametrize("screen", TOUCHED, ids=by_name)
def test_three_fingers_change_the_window(open_app: OpenApp, screen: Screen) -> None:
    app = open_app(screen, "clinician")
    app.open_study(CT)
    _, level = app.window()
    before = app.greys()
    ways = [(app.at(0.3 + 0.15 * n, 0.4), app.at(0.3 + 0.15 * n, 0.4 + 0.2)) for n in range(3)]
    app.fingers.drag(*ways)
    changed_width, changed_level = app.window()
    assert changed_level != level
    assert changed_width > 0
    app.wait_for_picture()
    assert np.abs(app.greys().astype(int) - before).mean() > 5


@pytest.mark.parametrize("screen", SCREENS, ids=by_name)
def test_a_preset_shows_the_lungs(open_app: OpenApp, screen: Screen) -> None:
    app = open_app(screen, "clinician")
    app.open_study(CT)
    app.page.get_by_role("button", name="Window", exact=True).click()
    app.page.get_by_role("button", name=re.compile("^Lung")).first.click()
    app.expect_window(1500, -600)
    app.wait_for_picture()


def pixel_requests(app: App) -> list[re.Match[str]]:
    found: list[re.Match[str]] = []

    def note(request: Request) -> None:
        match = re.search(r"/tiles/(\d+)/(\d+)/(\d+)\.jpg\?size=(\d+)", request.url)
        if match:
            found.append(match)

    app.page.on("request", note)
    return found


@pytest.mark.parametrize("screen", TOUCHED, ids=by_name)
def test_the_film_is_zoomed_by_two_fingers_until_its_own_pixels(open_app: OpenApp, screen: Screen) -> None:
    app = open_app(screen, "clinician")
    app.open_study(CHEST)
    fitted = app.zoom_percent()
    assert fitted < 100
    asked = pixel_requests(app)
    for _ in range(8):
        if app.zoom_percent() >= 100:
            break
        left, right = (app.at(0.45, 0.5), app.at(0.15, 0.5)), (app.at(0.55, 0.5), app.at(0.85, 0.5))
        app.fingers.drag(left, right)
    assert app.zoom_percent() >= 100
    app.wait_for_picture()
    # 2500 x 3000 and more in tiles of 512: the finest level is z = 3 (eight tiles across and more). Where the film's
    # own values are here by then, no tile is asked for.
    finest = max((int(one.group(1)) for one in asked), default=0)
    assert finest >= 3 or app.page.locator(".quality").first.inner_text().startswith("Exact")
    assert app.greys().std() > 2
    app.fingers.double_tap(app.at(0.5, 0.5))
    app.until(lambda: app.zoom_percent() == fitted)


def test_a_mouse_scrolls_windows_zooms_and_fits(open_app: OpenApp) -> None:
    app = open_app(DESKTOP, "clinician")
    app.open_study(CT)
    mouse, start = app.page.mouse, app.image_number()
    mouse.move(*app.at(0.5, 0.5))
    mouse.wheel(0, 100)
    app.expect_image(start + 1)
    width, level = app.window()
    mouse.down()
    mouse.move(*app.at(0.6, 0.6), steps=5)
    mouse.up()
    app.wait_for_picture()
    assert app.window()[0] > width
    zoom = app.zoom_percent()
    app.page.keyboard.down("Control")
    mouse.wheel(0, -240)
    app.page.keyboard.up("Control")
    app.wait_for_picture()
    assert app.zoom_percent() > zoom
    app.page.keyboard.press("r")
    app.expect_window(width, level)
    assert app.zoom_percent() == zoom


def test_keys_do_what_they_do_at_workstations(open_app: OpenApp) -> None:
    app = open_app(DESKTOP, "clinician")
    app.open_study(CT)
    press = app.page.keyboard.press
    press("Home")
    app.expect_image(1)
    press("ArrowDown")
    press("PageDown")
    app.expect_image(12)
    press("End")
    app.expect_image(app.number_of_images())
    press("i")
    expect(app.picture).to_contain_text("Inverted")
    press("Home")
    press("Space")
    expect(app.picture).to_contain_text("shown", timeout=10_000)  # the rate that is achieved
    press("Space")
    press("?")
    expect(app.page.get_by_role("dialog")).to_contain_text("Keys and commands")
    press("Escape")
    expect(app.page.get_by_role("dialog")).to_be_hidden()


def test_the_letters_stay_true_when_the_picture_is_turned(open_app: OpenApp) -> None:
    app = open_app(DESKTOP, "clinician")
    app.open_study(CT)
    letters = app.page.locator(".letter")

    def told() -> str:
        return "".join(letters.all_inner_texts())

    assert sorted(told()) == ["A", "L", "P", "R"]

    def nearest(side: str) -> str:
        """The letter at this side: left, top or right."""
        boxes = {text: letters.filter(has_text=text).bounding_box() for text in told()}
        shares = {"left": (1, 0), "top": (0, 1), "right": (-1, 0)}[side]
        places = {text: shares[0] * box["x"] + shares[1] * box["y"] for text, box in boxes.items() if box}
        return min(places, key=lambda text: places[text])

    app.until(lambda: (nearest("left"), nearest("top")) == ("R", "A"))
    app.page.get_by_role("button", name="Turn", exact=True).click()
    app.page.get_by_role("button", name="Turn right").click()
    app.until(lambda: (nearest("top"), nearest("right")) == ("R", "A"))


def test_a_cine_is_played_at_the_rate_of_its_file(open_app: OpenApp) -> None:
    """Frame Time (0018,1063) of the echocardiogram is 20 ms; how much of that a machine can draw is open."""
    app = open_app(PHONE, "clinician")
    app.open_study(ECHO)
    app.page.get_by_role("button", name="Cine", exact=True).click()
    expect(app.page.locator("main")).to_contain_text("50 per second")
    app.page.get_by_role("button", name="Play", exact=True).click()
    expect(app.picture).to_contain_text(re.compile(r"\d+(\.\d)?/s shown"))
    frames = set()
    for _ in range(20):
        app.page.wait_for_timeout(50)
        frames.add(app.image_number())
    assert len(frames) > 5


def test_a_long_press_magnifies_above_the_finger(open_app: OpenApp) -> None:
    app = open_app(PHONE, "clinician")
    app.open_study(CT)
    hand = app.fingers
    hand.press(app.at(0.5, 0.6), seconds=0.8)
    lens = app.page.locator(".lens")
    expect(lens).to_be_visible()
    box = lens.bounding_box()
    assert box
    assert box["y"] + box["height"] < app.at(0.5, 0.6)[1]
    hand.leave()
    expect(lens).to_be_hidden()


def test_turning_the_phone_keeps_image_and_window(open_app: OpenApp) -> None:
    app = open_app(PHONE, "clinician")
    app.open_study(CT)
    app.fingers.drag((app.at(0.5, 0.7), app.at(0.5, 0.4)))
    number, window = app.image_number(), app.window()
    app.page.set_viewport_size({"width": 844, "height": 390})
    app.wait_for_picture()
    assert (app.image_number(), app.window()) == (number, window)
    assert app.greys().std() > SOMETHING


def test_names_are_hidden_in_one_tap(open_app: OpenApp) -> None:
    app = open_app(PHONE, "clinician")
    app.open_study(CT)
    expect(app.page.locator("main")).to_contain_text("Sample, Paula")
    app.page.get_by_role("button", name="Hide names").click()
    expect(app.page.locator("main")).not_to_contain_text("Paula")
    expect(app.page.locator("main")).not_to_contain_text("SAMPLE-0001")


def test_a_lost_drawing_context_comes_back(open_app: OpenApp) -> None:
    app = open_app(DESKTOP, "clinician")
    app.open_study(CT)
    app.page.locator(".surface canvas + canvas").wait_for()
    app.page.evaluate(
        """() => {
            const gl = document.querySelector(".surface canvas + canvas").getContext("webgl2");
            const loss = gl.getExtension("WEBGL_lose_context");
            loss.loseContext();
            setTimeout(() => loss.restoreContext(), 200);
        }"""
    )
    app.page.wait_for_timeout(1000)
    assert app.greys().std() > SOMETHING
