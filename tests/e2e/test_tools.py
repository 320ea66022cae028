"""The tools of the 2-D viewer by touch, mouse and keyboard: values, windows, tables, colours, cine, zoom."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.e2e import tool_studies
from tests.e2e.app import CT, App
from tests.e2e.conftest import OpenApp
from tests.e2e.lightbox import Lightbox
from tests.e2e.screens import DESKTOP, PHONE, SCREENS, TABLET, Screen
from tests.e2e.test_accessibility import SMALL_TARGETS, SMALLEST_TARGET_PX, violations
from viewer.imaging.palettes import to_palette

OpenSeries = Callable[[Screen, str], App]


def by_name(screen: Screen) -> str:
    return screen.name


@pytest.fixture(scope="module")
def tools_study(lightbox: Lightbox, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("tools")
    tool_studies.write_study(folder)
    lightbox.manage("import_dicom", "--quiet", str(folder))


@pytest.fixture
def open_series(open_app: OpenApp, tools_study: None) -> OpenSeries:
    """open_series(screen, "Ramp"): the study of the tools, with this series on screen."""

    def open_one(screen: Screen, series: str) -> App:
        app = open_app(screen, "clinician")
        app.open_study(tool_studies.STUDY)
        if screen is PHONE:
            app.page.get_by_role("button", name="Series", exact=True).click()
        app.page.get_by_role("button", name=re.compile(series)).first.click()
        expect(app.picture).to_contain_text(series)
        if screen is PHONE:
            app.page.keyboard.press("Escape")
        app.wait_for_picture()
        return app

    return open_one


def open_panel(app: App, name: str) -> None:
    app.page.get_by_label("Tools").get_by_role("button", name=name, exact=True).click()


def raise_sheet(app: App) -> None:
    """From a peek to the half of a phone."""
    app.page.locator(".sheet-handle").press("ArrowUp")
    app.page.wait_for_timeout(300)


def label(app: App) -> Locator:
    """What the probe says."""
    return app.page.locator(".probe")


def probed(app: App) -> tuple[str, tuple[int, int], str]:
    """The value, the pixel, and the position that the probe tells, once it does."""
    expect(label(app).locator("strong")).not_to_have_text("…")
    value, pixel, position = label(app).locator("strong, span").all_inner_texts()
    column, row = (int(number) for number in re.findall(r"\d+", pixel))
    return value, (column, row), position


def colours(app: App) -> np.ndarray[Any, Any]:
    """The middle of the picture, (rows, columns, 3)."""
    box = app.picture.bounding_box()
    assert box
    middle = {
        "x": box["x"] + box["width"] / 2 - 20,
        "y": box["y"] + box["height"] / 2 - 60,
        "width": 40,
        "height": 40,
    }
    shot = app.page.screenshot(clip=middle)  # type: ignore[arg-type]  # four numbers, by name
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)


def keep(app: App, screenshots: Path, name: str) -> None:
    """A picture for critical eyes."""
    app.page.wait_for_timeout(400)
    app.page.screenshot(path=screenshots / f"{app.screen.name}-{name}.jpg", type="jpeg", quality=88)


# --- values ------------------------------------------------------------------------------------------


def test_a_mouse_reads_the_very_value_of_the_pixel_under_it(
    open_series: OpenSeries, screenshots: Path
) -> None:
    app = open_series(DESKTOP, "Ramp")
    app.page.keyboard.press("p")
    seen = set()
    for share in (0.4, 0.45, 0.5, 0.55):
        app.page.mouse.move(*app.at(share, 0.5))
        app.page.wait_for_timeout(150)
        value, (column, row), position = probed(app)
        assert value == f"{tool_studies.hounsfield_at(column, row)} HU".replace("-", "−")
        x_mm, y_mm = -64 + column * 0.5, -64 + row * 0.5
        assert position.startswith(
            f"{'L' if x_mm >= 0 else 'R'} {abs(x_mm):.1f}  {'P' if y_mm >= 0 else 'A'} {abs(y_mm):.1f}"
        )
        seen.add(column)
    assert len(seen) == 4
    keep(app, screenshots, "probe")
    # Another slice at the same pixel: the value is read again, from 5 mm further up.
    app.page.keyboard.press("ArrowDown")
    app.until(lambda: probed(app)[2].endswith("H 5.0 mm"))
    app.page.keyboard.press("p")
    expect(label(app)).to_be_hidden()


def test_keys_move_the_mark_pixel_by_pixel_and_the_picture_without_it(open_series: OpenSeries) -> None:
    app = open_series(DESKTOP, "Ramp")
    app.page.keyboard.press("p")
    _, (column, row), _ = probed(app)
    for _ in range(3):
        app.page.keyboard.press("Shift+ArrowRight")
    app.page.keyboard.press("Shift+ArrowUp")
    app.until(lambda: probed(app)[1] == (column + 3, row - 1))
    assert probed(app)[0] == f"{tool_studies.hounsfield_at(column + 3, row - 1)} HU".replace("-", "−")


@pytest.mark.parametrize("screen", [PHONE, TABLET], ids=by_name)
def test_a_finger_places_the_mark_and_moves_it_finely_from_anywhere(
    open_series: OpenSeries, screenshots: Path, screen: Screen
) -> None:
    app = open_series(screen, "Ramp")
    open_panel(app, "More")
    app.page.get_by_role("button", name="Read values").click()
    app.page.keyboard.press("Escape")
    app.fingers.tap(app.at(0.4, 0.45))
    app.page.wait_for_timeout(200)
    _, tapped, _ = probed(app)
    app.fingers.drag((app.at(0.5, 0.6), app.at(0.7, 0.6)))
    app.until(lambda: probed(app)[1] != tapped)
    value, (column, row), _ = probed(app)
    assert column > tapped[0]
    assert abs(row - tapped[1]) <= 1
    assert value == f"{tool_studies.hounsfield_at(column, row)} HU".replace("-", "−")
    keep(app, screenshots, "probe")


def test_a_magnifier_tells_the_value_under_the_finger(open_series: OpenSeries, screenshots: Path) -> None:
    app = open_series(PHONE, "Ramp")
    hand = app.fingers
    hand.press(app.at(0.5, 0.55), seconds=0.8)
    value, (column, row), _ = probed(app)
    assert value == f"{tool_studies.hounsfield_at(column, row)} HU".replace("-", "−")
    keep(app, screenshots, "magnifier")
    hand.leave()
    expect(label(app)).to_be_hidden()


def test_a_magnifier_goes_with_the_mouse(open_app: OpenApp) -> None:
    app = open_app(DESKTOP, "clinician")
    app.open_study(CT)
    app.page.keyboard.press("m")
    app.page.mouse.move(*app.at(0.5, 0.5))
    lens = app.page.locator(".lens")
    expect(lens).to_be_visible()
    before = lens.bounding_box()
    app.page.mouse.move(*app.at(0.6, 0.5))
    app.until(lambda: lens.bounding_box() != before)
    app.page.keyboard.press("m")
    expect(lens).to_be_hidden()


# --- windows -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("screen", SCREENS, ids=by_name)
def test_every_window_and_table_of_the_file_can_be_chosen(
    open_series: OpenSeries, screenshots: Path, screen: Screen
) -> None:
    app = open_series(screen, "Looks")
    open_panel(app, "Window")
    choices = app.page.get_by_role("group", name="Windows")
    for name in ("NORMAL", "HARDER", "STEEP", "DARK", "Auto"):
        expect(choices.get_by_role("button", name=re.compile(name))).to_have_count(1)
    choices.get_by_role("button", name=re.compile("HARDER")).click()
    app.expect_window(512, 1024)
    choices.get_by_role("button", name=re.compile("DARK")).click()
    expect(app.picture).to_contain_text("Table 2 of the file")
    app.until(lambda: colours(app).max() < 40)
    keep(app, screenshots, "window-tables")
    choices.get_by_role("button", name=re.compile("NORMAL")).click()
    app.expect_window(4096, 2048)
    app.until(lambda: colours(app).max() > 90)


def test_an_automatic_window_is_by_what_is_seen(open_series: OpenSeries) -> None:
    app = open_series(DESKTOP, "Looks")
    app.page.keyboard.press("u")
    app.until(lambda: app.window()[0] != 4096)
    whole, _ = app.window()
    assert whole == pytest.approx(4096, rel=0.05)  # from 0 to 4088, without the outermost
    for _ in range(5):
        app.page.keyboard.press("+")
    app.page.keyboard.press("u")
    app.until(lambda: app.window()[0] < whole / 2)
    width, level = app.window()
    assert abs(level - 2048) < width / 2


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=by_name)
def test_a_window_can_be_typed(open_series: OpenSeries, screen: Screen) -> None:
    app = open_series(screen, "Ramp")
    open_panel(app, "Window")
    if screen is PHONE:
        raise_sheet(app)
    app.page.get_by_label("Width", exact=True).fill("1234")
    app.page.keyboard.press("Tab")
    app.expect_window(1234, 40)
    app.page.get_by_label("Level", exact=True).fill("-300")
    app.page.keyboard.press("Enter")
    app.expect_window(1234, -300)
    app.page.get_by_label("Width", exact=True).fill("0")
    app.page.keyboard.press("Enter")
    app.expect_window(1234, -300)


# --- colours ---------------------------------------------------------------------------------------


def background(app: App) -> np.ndarray[Any, Any]:
    """The mean colour of the phantom around its hot disc."""
    box = app.picture.bounding_box()
    assert box
    side = min(box["width"], box["height"])
    x, y = app.at(0.5, 0.5)
    clip = {"x": x - side * 0.35, "y": y - 5, "width": 10, "height": 10}
    shot = app.page.screenshot(clip=clip)  # type: ignore[arg-type]  # four numbers, by name
    seen: np.ndarray[Any, Any] = np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"))
    return np.asarray(seen.reshape(-1, 3).mean(axis=0))


@pytest.mark.parametrize("screen", SCREENS, ids=by_name)
def test_uptake_is_read_in_colours_and_in_suv(
    open_series: OpenSeries, screenshots: Path, screen: Screen
) -> None:
    app = open_series(screen, "Uptake")
    open_panel(app, "Window")
    group = app.page.get_by_role("group", name="Colours")
    grey = round(1000 / 5000 * 255)  # PS3.3 C.11.2.1.2.1: W 5000 L 2500
    for name, palette in {"Hot iron": "hot-iron", "PET": "pet", "Hot metal blue": "hot-metal-blue"}.items():
        group.get_by_role("button", name=name, exact=True).click()
        wanted = to_palette(np.array([[grey]], np.uint8), palette)[0, 0].astype(int)
        app.until(lambda wanted=wanted: np.abs(background(app) - wanted).max() <= 6)  # type: ignore[misc]
    keep(app, screenshots, "colours")
    group.get_by_role("button", name="Grey", exact=True).click()
    app.until(lambda: np.ptp(background(app)) < 4)
    app.page.keyboard.press("Escape")
    app.page.keyboard.press("p")
    expect(label(app).locator("strong")).to_have_text("SUV 5.00")
    expect(label(app)).to_contain_text("5000 Bq/ml")


# --- cine --------------------------------------------------------------------------------------------


def test_unequal_times_are_kept_and_the_rate_that_is_achieved_is_told(open_series: OpenSeries) -> None:
    app = open_series(DESKTOP, "Clip")
    open_panel(app, "Cine")
    card = app.page.get_by_role("region", name="Cine")
    expect(card).to_contain_text("a time of its own")
    expect(card).to_contain_text("8 per second")  # six pictures in 760 ms
    app.page.evaluate(
        """() => {
            const slider = document.querySelector("[role=slider][aria-valuenow]");
            window.stays = [];
            let last = [slider.getAttribute("aria-valuenow"), performance.now()];
            window.watch = setInterval(() => {
                const now = slider.getAttribute("aria-valuenow");
                if (now === last[0]) return;
                window.stays.push([Number(last[0]), performance.now() - last[1]]);
                last = [now, performance.now()];
            }, 4);
        }"""
    )
    card.get_by_role("button", name="Play").click()
    app.page.wait_for_timeout(6000)
    expect(app.picture).to_contain_text(re.compile(r"\d+(\.\d)?/s shown"))
    stays: list[tuple[int, float]] = app.page.evaluate("() => (clearInterval(window.watch), window.stays)")
    third = [ms for frame, ms in stays[1:] if frame == 3]
    fourth = [ms for frame, ms in stays[1:] if frame == 4]
    # 400 ms beside 40: on a machine that draws as slowly as this one they are far apart still.
    assert np.median(third) > 2 * np.median(fourth)


def test_a_cine_goes_back_and_forth_slower_and_faster(open_series: OpenSeries, screenshots: Path) -> None:
    app = open_series(PHONE, "Clip")
    open_panel(app, "Cine")
    app.page.get_by_role("button", name="Back and forth").click()
    expect(app.page.get_by_role("button", name="Back and forth")).to_have_attribute("aria-pressed", "true")
    app.page.get_by_role("button", name="Faster").click()
    expect(app.page.locator(".rate")).to_contain_text("10 per second")
    app.page.get_by_role("button", name="Slower").click()
    app.page.get_by_role("button", name="Slower").click()
    expect(app.page.locator(".rate")).to_contain_text("6 per second")
    app.page.get_by_role("button", name="As recorded").click()
    app.page.get_by_role("button", name="Play").click()
    numbers = []
    for _ in range(60):
        numbers.append(app.image_number())
        app.page.wait_for_timeout(40)
    seen = [number for at, number in enumerate(numbers) if at == 0 or number != numbers[at - 1]]
    last = app.number_of_images()
    # Pictures of 40 ms are passed over on a busy machine; the third of six stays for 400, and is never the beginning.
    assert np.median([after for number, after in pairwise(seen) if number == last]) >= last / 2
    keep(app, screenshots, "cine")


# --- the picture -------------------------------------------------------------------------------------


def test_a_flick_runs_on_and_slows(open_app: OpenApp) -> None:
    app = open_app(PHONE, "clinician")
    app.open_study(CT)
    app.page.keyboard.press("Home")
    app.expect_image(1)
    app.page.evaluate(
        """() => addEventListener("pointerup", () => {
            window.left = Number(document.querySelector("[role=slider][aria-valuenow]").getAttribute("aria-valuenow"));
        }, true)"""
    )
    app.fingers.flick(app.at(0.5, 0.4), app.at(0.5, 0.55))
    app.page.wait_for_timeout(2000)
    rested = app.image_number()
    app.page.wait_for_timeout(300)
    assert app.image_number() == rested
    assert rested > app.page.evaluate("window.left")


@pytest.mark.parametrize("screen", SCREENS, ids=by_name)
def test_one_to_one_is_one_device_pixel_for_each_of_the_image(
    open_series: OpenSeries, screen: Screen
) -> None:
    app = open_series(screen, "Ramp")
    assert app.zoom_percent() != 100
    open_panel(app, "More")
    app.page.get_by_role("button", name="1:1 pixels").click()
    app.until(lambda: app.zoom_percent() == 100)
    app.page.keyboard.press("Escape")
    app.page.keyboard.press("f")
    app.until(lambda: app.zoom_percent() != 100)


# --- for everyone ------------------------------------------------------------------------------------


@pytest.mark.parametrize("screen", SCREENS, ids=by_name)
def test_axe_finds_nothing_in_the_panels_and_fingers_find_all(
    open_series: OpenSeries, screenshots: Path, screen: Screen
) -> None:
    app = open_series(screen, "Uptake")
    app.page.keyboard.press("p")
    found, small = {}, {}
    for panel in ("Window", "Turn", "Cine", "More"):
        open_panel(app, panel)
        app.page.wait_for_timeout(400)
        if screen is PHONE:
            raise_sheet(app)
        found[panel] = violations(app.page)
        small[panel] = app.page.evaluate(SMALL_TARGETS, SMALLEST_TARGET_PX - 0.5)
        keep(app, screenshots, f"panel-{panel.lower()}")
        app.page.keyboard.press("Escape")
    assert {panel: told for panel, told in found.items() if told} == {}
    assert {panel: told for panel, told in small.items() if told} == {}
