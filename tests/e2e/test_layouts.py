"""Several pictures at once: layouts, panes of their own, series put and carried into them."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.e2e.app import BREASTS, CT, GOOD, HEAD, App
from tests.e2e.conftest import OpenApp
from tests.e2e.screens import DESKTOP, PHONE, SCREENS, TABLET, Screen
from tests.e2e.test_accessibility import SMALL_TARGETS, SMALLEST_TARGET_PX, violations

WIDE = (TABLET, DESKTOP)
SAGITTAL_PIXEL_MM = 0.75
SLIDES = 4
SOMETHING = 10  # grey: air on a mammogram is black


def by_name(screen: Screen) -> str:
    return screen.name


def pane(app: App, number: int, total: int) -> Locator:
    """One of several panes, from 1."""
    return app.page.get_by_role("region", name=f"Image {number} of {total}")


def expect_pictures(app: App, total: int) -> None:
    """Wait until every pane shows its picture as well as it can."""
    badges = app.page.locator(".quality:not([data-level=lossy])")
    expect(badges).to_have_count(total)
    for place in range(total):
        expect(badges.nth(place)).to_have_text(GOOD)


def choose_layout(app: App, name: str) -> None:
    """By the tools."""
    app.page.get_by_role("button", name="Layout", exact=True).click()
    app.page.get_by_role("group", name="How many images").get_by_role("button", name=name, exact=True).click()
    app.page.keyboard.press("Escape")


def keep(app: App, screenshots: Path, name: str) -> None:
    """A picture for critical eyes."""
    app.page.wait_for_timeout(300)
    app.page.screenshot(path=screenshots / f"{app.screen.name}-{name}.jpg", type="jpeg", quality=88)


@pytest.mark.parametrize("screen", WIDE, ids=by_name)
def test_four_series_at_once_each_with_its_own_slice_and_window(
    open_app: OpenApp, screenshots: Path, screen: Screen
) -> None:
    app = open_app(screen, "clinician")
    app.open_study(HEAD)
    choose_layout(app, "Four")
    expect_pictures(app, 4)
    keep(app, screenshots, "layout-four")
    titles = {pane(app, number, 4).locator(".corner-series").inner_text() for number in range(1, 5)}
    assert len(titles) == 4, "a series is shown twice"
    second = pane(app, 2, 4)
    second.locator(".surface").click()
    expect(second).to_have_attribute("data-active", "true")
    app.page.keyboard.press("Home")
    expect(second).to_contain_text("Image 1 /")
    app.page.keyboard.press("i")
    expect(second).to_contain_text("Inverted")
    for other in (1, 3, 4):
        expect(pane(app, other, 4)).not_to_contain_text("Inverted")
    choose_layout(app, "One")
    expect_pictures(app, 1)
    expect(app.picture).to_contain_text("Inverted")


@pytest.mark.parametrize("screen", WIDE, ids=by_name)
def test_a_series_is_carried_from_the_rail_into_a_pane(open_app: OpenApp, screen: Screen) -> None:
    app = open_app(screen, "clinician")
    app.open_study(HEAD)
    choose_layout(app, "Two")
    expect_pictures(app, 2)
    entry = app.page.locator(".rail .entry").filter(has_text="Cor FLAIR")
    expect(pane(app, 2, 2)).not_to_contain_text("Cor FLAIR")
    begin, end = middle(entry), middle(pane(app, 2, 2))
    if screen.is_touched:
        app.fingers.drag((begin, end))
    else:
        app.page.mouse.move(*begin)
        app.page.mouse.down()
        app.page.mouse.move(*end, steps=8)
        app.page.mouse.up()
    expect(pane(app, 2, 2)).to_contain_text("Cor FLAIR")
    expect(pane(app, 2, 2)).to_have_attribute("data-active", "true")
    expect_pictures(app, 2)


def test_a_tap_on_a_series_fills_the_pane_in_hand_and_the_layout_outlives_rotation(open_app: OpenApp) -> None:
    app = open_app(TABLET, "clinician")
    app.open_study(HEAD)
    choose_layout(app, "Two")
    expect_pictures(app, 2)
    app.fingers.tap(middle(pane(app, 2, 2)))
    expect(pane(app, 2, 2)).to_have_attribute("data-active", "true")
    app.page.locator(".rail .entry").filter(has_text="Cor FLAIR").tap()
    expect(pane(app, 2, 2)).to_contain_text("Cor FLAIR")
    app.page.set_viewport_size({"width": 1180, "height": 820})
    expect_pictures(app, 2)
    expect(pane(app, 2, 2)).to_contain_text("Cor FLAIR")


@pytest.mark.parametrize("screen", SCREENS, ids=by_name)
def test_the_prior_is_beside_in_one_tap_and_scrolls_along(
    open_app: OpenApp, screenshots: Path, screen: Screen
) -> None:
    app = open_app(screen, "clinician")
    app.open_study(CT)
    tap_compare(app)
    now, then = pane(app, 1, 2), pane(app, 2, 2)
    expect_pictures(app, 2)
    keep(app, screenshots, "compare")
    expect(now).to_contain_text("Sep 14, 2026")
    expect(then).to_contain_text("Jan 12, 2026")
    expect(then).to_contain_text("8 months earlier")
    # The two studies share no frame of reference: they go by their share of the stack, and it says so.
    badge = then.get_by_role("button", name="Scrolls along: By place in the stack")
    expect(badge).to_be_visible()
    last_now, last_then = last_image(now), last_image(then)
    assert last_now != last_then
    drag_to_end(app, now)
    expect(slider(now)).to_have_attribute("aria-valuenow", str(last_now))
    expect(slider(then)).to_have_attribute("aria-valuenow", str(last_then))
    # Let go, and each goes its own way.
    badge.click()
    expect(then).to_contain_text("Not linked")
    app.page.keyboard.press("Home")
    expect(slider(now)).to_have_attribute("aria-valuenow", "1")
    expect(slider(then)).to_have_attribute("aria-valuenow", str(last_then))
    tap_compare(app)
    expect_pictures(app, 1)
    expect(app.picture).to_contain_text("Sep 14, 2026")


@pytest.mark.parametrize("screen", SCREENS, ids=by_name)
def test_that_a_prior_did_not_come_is_told_over_no_tool(open_app: OpenApp, screen: Screen) -> None:
    app = open_app(screen, "clinician")
    app.open_study(CT)
    expect(app.page.get_by_role("button", name=re.compile("^Compare"))).to_be_visible()
    app.page.context.set_offline(True)
    tap_compare(app)
    told = app.page.locator(".toast")
    expect(told).to_be_visible()
    tools = app.page.get_by_role("navigation").get_by_role("button").all()
    assert tools
    for tool in tools:
        assert not overlap(told, tool), tool.inner_text()


def overlap(one: Locator, other: Locator) -> bool:
    """Whether they share a part of the screen."""
    a, b = one.bounding_box(), other.bounding_box()
    assert a
    assert b
    return (
        a["x"] < b["x"] + b["width"]
        and b["x"] < a["x"] + a["width"]
        and a["y"] < b["y"] + b["height"]
        and b["y"] < a["y"] + a["height"]
    )


def tap_compare(app: App) -> None:
    """One tap, wherever the screen has it."""
    app.page.get_by_role("button", name=re.compile("^Compare")).click()


def slider(place: Locator) -> Locator:
    """The scrubber of a pane."""
    return place.get_by_role("slider", name="Image in the stack")


def last_image(place: Locator) -> int:
    """How many images the stack of a pane has."""
    return int(slider(place).get_attribute("aria-valuemax") or 0)


def drag_to_end(app: App, place: Locator) -> None:
    """Along the scrubber, by finger or mouse."""
    box = slider(place).bounding_box()
    assert box
    x = box["x"] + box["width"] / 2
    begin, end = (x, box["y"] + box["height"] / 2), (x, box["y"] + box["height"] - 1)
    if app.screen.is_touched:
        app.fingers.drag((begin, end))
    else:
        app.page.mouse.move(*begin)
        app.page.mouse.down()
        app.page.mouse.move(*end, steps=8)
        app.page.mouse.up()


@pytest.mark.parametrize("screen", WIDE, ids=by_name)
def test_series_of_one_frame_of_reference_scroll_together_by_millimetres(
    open_app: OpenApp, screen: Screen
) -> None:
    app = open_app(screen, "clinician")
    app.open_study(HEAD)
    show(app, "Ax T1 SE")
    choose_layout(app, "Two")
    put_into(app, 2, "Ax T2 TSE")
    put_into(app, 1, "Ax T1 SE")
    first, second = pane(app, 1, 2), pane(app, 2, 2)
    expect(second).to_contain_text("By position")
    app.page.keyboard.press("Home")
    for _ in range(7):
        app.page.keyboard.press("ArrowDown")
    expect(first).to_contain_text("Image 8 /")
    expect(second).to_contain_text("Image 8 /")
    assert millimetres(first) == millimetres(second)
    put_into(app, 2, "Cor FLAIR")
    expect(second).not_to_contain_text("By position")


@pytest.mark.parametrize("screen", WIDE, ids=by_name)
def test_a_slice_is_a_line_in_the_panes_that_it_cuts_and_the_line_moves_with_it(
    open_app: OpenApp, screenshots: Path, screen: Screen
) -> None:
    app = open_app(screen, "clinician")
    app.open_study(HEAD)
    choose_layout(app, "Two")
    put_into(app, 2, "Sag T1 SE")
    put_into(app, 1, "Ax T2 TSE")
    line = pane(app, 2, 2).locator(".reference-line")
    expect(line).to_have_count(1)
    expect(pane(app, 1, 2).locator(".reference-line")).to_have_count(0)
    keep(app, screenshots, "reference-line")

    def height() -> float:
        return float(line.get_attribute("y1") or "nan")

    app.page.keyboard.press("Home")
    expect(pane(app, 1, 2)).to_contain_text("Image 1 /")
    app.page.wait_for_timeout(200)
    below = height()
    app.page.keyboard.press("PageDown")
    expect(pane(app, 1, 2)).to_contain_text("Image 11 /")
    app.page.wait_for_timeout(200)
    # The axial slices go from the feet to the head, 5 mm each: on the sagittal one the line goes up by 50 mm.
    zoom = float(re.search(r"Zoom ([\d.]+)", pane(app, 2, 2).inner_text()).group(1)) / 100  # type: ignore[union-attr]
    assert below - height() == pytest.approx(50 / SAGITTAL_PIXEL_MM * zoom, abs=2)
    pane(app, 2, 2).locator(".surface").click()
    expect(pane(app, 1, 2).locator(".reference-line")).to_have_count(1)


@pytest.mark.parametrize("screen", WIDE, ids=by_name)
def test_mammograms_hang_chest_wall_to_chest_wall_at_one_scale(
    open_app: OpenApp, screenshots: Path, screen: Screen
) -> None:
    app = open_app(screen, "clinician")
    app.open_study(BREASTS)
    expect_pictures(app, 4)
    keep(app, screenshots, "mammograms-four")
    views = [pane(app, number, 4).locator(".corner-series").inner_text().strip() for number in range(1, 5)]
    assert views == ["R CC", "L CC", "R MLO", "L MLO"]
    choose_layout(app, "Two")
    expect_pictures(app, 2)
    keep(app, screenshots, "mammograms-pair")
    right, left = pane(app, 1, 2), pane(app, 2, 2)
    assert edge(right, "right").startswith("P")
    assert edge(left, "left").startswith("P")
    assert zoom_of(right) == zoom_of(left)
    # Where the panes meet there is breast on both sides: nothing but the hairline lies between the chest walls.
    box = left.bounding_box()
    assert box
    seam = greys_of(app, box["x"] - 40, box["y"] + box["height"] * 0.4, 80, box["height"] * 0.2)
    assert seam[:, :30].mean() > SOMETHING
    assert seam[:, 50:].mean() > SOMETHING
    app.page.keyboard.press("ArrowRight")
    expect(right).to_contain_text("R MLO")
    expect(left).to_contain_text("L MLO")


def edge(place: Locator, side: str) -> str:
    """The letter at an edge of the picture."""
    return place.locator(f"[data-edge={side}]").inner_text()


def zoom_of(place: Locator) -> str:
    """As printed."""
    found = re.search(r"Zoom [\d.]+", place.inner_text())
    assert found, place.inner_text()
    return found.group(0)


def greys_of(app: App, x: float, y: float, width: float, height: float) -> np.ndarray[Any, Any]:
    """(rows, columns) 0..255 of a part of the screen, CSS pixels."""
    shot = app.page.screenshot(clip={"x": x, "y": y, "width": width, "height": height})
    return np.asarray(Image.open(io.BytesIO(shot)).convert("L"))


def show(app: App, series: str) -> None:
    """Tap it in the rail."""
    app.page.locator(".rail .entry").filter(has_text=series).click()
    app.page.wait_for_timeout(100)


def put_into(app: App, number: int, series: str) -> None:
    """Take the pane in hand, then tap the series."""
    place = pane(app, number, 2)
    place.locator(".surface").click()
    expect(place).to_have_attribute("data-active", "true")
    show(app, series)
    expect(place).to_contain_text(series)
    expect_pictures(app, 2)


def millimetres(place: Locator) -> str:
    """Along the stack's normal, as printed."""
    found = re.search(r"[\d.−]+ mm", place.inner_text())
    assert found, place.inner_text()
    return found.group(0)


def test_a_finger_sideways_brings_the_next_series_on_a_phone(open_app: OpenApp) -> None:
    app = open_app(PHONE, "clinician")
    app.open_study(HEAD)
    expect(app.picture).to_contain_text("Cor FLAIR")
    slide(app, (0.2, 0.8), "Ax T1 SE")
    app.wait_for_picture()
    # A little is not enough, and it comes back.
    app.fingers.drag((app.at(0.6, 0.5), app.at(0.48, 0.5)))
    expect(app.page.locator(".picture[data-sliding]")).to_have_count(0)
    expect(app.picture).to_contain_text("Ax T1 SE")
    slide(app, (0.8, 0.2), "Cor FLAIR")
    # Nothing follows the last: it gives way and comes back.
    app.fingers.flick(app.at(0.8, 0.5), app.at(0.2, 0.5))
    expect(app.page.locator(".picture[data-sliding]")).to_have_count(0)
    expect(app.picture).to_contain_text("Cor FLAIR")


def slide(app: App, way: tuple[float, float], series: str) -> None:
    """Sideways until this series is there: a busy machine may take a finger that comes late for one that stays."""
    begin, end = way
    for _ in range(SLIDES):
        app.fingers.flick(app.at(begin, 0.5), app.at(end, 0.5))
        app.page.wait_for_timeout(600)
        if series in app.picture.inner_text():
            return
    expect(app.picture).to_contain_text(series)


@pytest.mark.parametrize("screen", SCREENS, ids=by_name)
def test_several_panes_are_as_accessible_as_one(open_app: OpenApp, screen: Screen) -> None:
    app = open_app(screen, "clinician")
    app.open_study(CT)
    tap_compare(app)
    expect_pictures(app, 2)
    expect(app.page.get_by_role("button", name="Scrolls along: By place in the stack")).to_be_visible()
    assert violations(app.page) == []
    assert app.page.evaluate(SMALL_TARGETS, SMALLEST_TARGET_PX) == []
    if screen in WIDE:
        app.page.get_by_role("button", name="Layout", exact=True).click()
        assert violations(app.page) == []
        assert app.page.evaluate(SMALL_TARGETS, SMALLEST_TARGET_PX) == []


def test_a_pane_without_a_series_says_so(open_app: OpenApp) -> None:
    app = open_app(DESKTOP, "clinician")
    app.open_study(CT)
    app.page.keyboard.press("g")
    expect(pane(app, 2, 2)).to_contain_text("Choose a series")
    app.page.keyboard.press("a")
    expect(pane(app, 2, 2)).to_have_attribute("data-active", "true")
    app.page.locator(".rail .entry").first.click()
    expect_pictures(app, 2)


def middle(place: Locator) -> tuple[float, float]:
    """CSS pixels."""
    box = place.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
