"""What the app draws of a frame's own values is what the server shows and what the standard says, pixel by pixel."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests import builders
from tests.e2e.app import CT, App
from tests.e2e.conftest import OpenApp
from tests.e2e.exact_pictures import Exact, Numbers, exact_pictures, file_of
from tests.e2e.lightbox import Lightbox
from tests.e2e.screens import DESKTOP, PHONE

STUDY = "Exact to the last grey"
# What was drawn stays where it can be read: a browser may otherwise throw it away once it is on screen.
KEEP_DRAWN = """
const real = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, options) {
    return real.call(this, kind, kind === "webgl2" ? { ...options, preserveDrawingBuffer: true } : options);
};
"""
NO_WEBGL = """
const real = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, options) {
    return kind === "webgl2" ? null : real.call(this, kind, options);
};
"""
COUNT_DRAWN = """
window.drawn = 0;
const draw = WebGL2RenderingContext.prototype.drawArrays;
WebGL2RenderingContext.prototype.drawArrays = function (...given) {
    window.drawn += 1;
    return draw.apply(this, given);
};
"""
# When it is called exact: whether what drew it is on the page, and how often it had drawn by then.
NOTE_WHEN_EXACT = (
    COUNT_DRAWN
    + """
window.whenExact = null;
new MutationObserver(() => {
    if (window.whenExact !== null || document.querySelector(".quality")?.textContent !== "Exact") return;
    window.whenExact = document.querySelector(".surface canvas + canvas") === null ? -1 : window.drawn;
}).observe(document, { subtree: true, childList: true, characterData: true });
"""
)
READ_BACK = """() => {
    const gl = document.querySelector(".surface canvas + canvas").getContext("webgl2");
    const [width, height] = [gl.drawingBufferWidth, gl.drawingBufferHeight];
    const bytes = new Uint8Array(width * height * 4);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
    let text = "";
    for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    return [width, height, btoa(text)];
}"""
LOSE_AND_GIVE_BACK = """() => new Promise((resolve) => {
    const canvas = document.querySelector(".surface canvas + canvas");
    const loss = canvas.getContext("webgl2").getExtension("WEBGL_lose_context");
    canvas.addEventListener("webglcontextrestored", () => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    loss.loseContext();
    setTimeout(() => loss.restoreContext(), 100);
})"""


@pytest.fixture(scope="module")
def pictures() -> list[Exact]:
    return exact_pictures()


@pytest.fixture(scope="module")
def files(pictures: list[Exact], lightbox: Lightbox, tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """All of them in one study, each a series, in this order."""
    folder: Path = tmp_path_factory.mktemp("exact")
    # Old enough to lie beneath what other tests look for.
    shared = {"StudyInstanceUID": builders.new_uid(), "StudyDescription": STUDY, "StudyDate": "19990101"}
    made = [file_of(picture, number, shared) for number, picture in enumerate(pictures, start=1)]
    for number, data in enumerate(made):
        (folder / f"{number}.dcm").write_bytes(data)
    lightbox.manage("import_dicom", str(folder))
    return made


def test_every_grey_is_the_servers_and_the_standards(
    open_app: OpenApp, pictures: list[Exact], files: list[bytes]
) -> None:
    app = open_app(DESKTOP, "clinician")
    app.page.add_init_script(KEEP_DRAWN)
    app.open_study(STUDY)
    wrong = []
    for place, picture in enumerate(pictures):
        show(app, picture, is_next=place > 0)
        for inverted in (False, True):
            if inverted:
                app.page.keyboard.press("i")
                expect(app.picture).to_contain_text("Inverted")
            expected = picture.seen(inverted)
            for whose, shown in (
                ("app", drawn(app, expected.shape)),
                ("server", rendered(app, files[place], inverted)),
            ):
                differing = int((shown != expected).sum())
                if differing:
                    wrong.append(f"{picture.name}, inverted {inverted}: {differing} pixels of the {whose}")
        app.page.keyboard.press("i")
    assert wrong == []


def test_turned_and_mirrored_pixels_stay_what_they_are(
    open_app: OpenApp, pictures: list[Exact], files: list[bytes]
) -> None:
    app = open_app(DESKTOP, "clinician")
    app.page.add_init_script(KEEP_DRAWN)
    app.open_study(STUDY)
    show(app, pictures[0], is_next=False)
    turned = np.rot90(pictures[0].seen(False), -1)
    app.page.keyboard.press(".")
    app.until(lambda: np.array_equal(drawn(app, turned.shape), turned))
    app.page.keyboard.press("h")
    app.until(lambda: np.array_equal(drawn(app, turned.shape), turned[:, ::-1]))


@pytest.mark.parametrize("name", ["hounsfield", "signed 12", "monochrome 1", "padding"])
def test_magnified_greys_are_those_of_values_between_the_nearest_four(
    open_app: OpenApp, pictures: list[Exact], files: list[bytes], name: str
) -> None:
    app = open_app(DESKTOP, "clinician")
    app.page.add_init_script(KEEP_DRAWN)
    app.open_study(STUDY)
    place = next(place for place, one in enumerate(pictures) if one.name == name)
    for at in range(place):
        app.page.keyboard.press("ArrowRight")
        expect(app.picture).to_contain_text(pictures[at + 1].name)
    expect(app.page.locator(".quality").first).to_have_text("Exact")
    app.page.locator(".surface canvas + canvas").wait_for()
    shown = canvas_of(app)
    expected, is_certain = magnified(pictures[place], shown.shape)
    off = np.abs(shown.astype(int) - expected)[is_certain]
    assert off.size > 100_000
    assert off.max() <= 1  # the GPU reckons with 24 bits


def test_what_is_on_screen_is_not_drawn_again(open_app: OpenApp) -> None:
    app = open_app(PHONE, "clinician")
    app.page.add_init_script(COUNT_DRAWN)
    app.open_study(CT)
    expect(app.page.locator(".quality").first).to_have_text("Exact")
    app.page.wait_for_timeout(1000)
    before = app.page.evaluate("window.drawn")
    assert before > 0
    app.page.wait_for_timeout(
        5000
    )  # slices come meanwhile, and the engine looks again whether this one is here
    assert app.page.evaluate("window.drawn") == before
    app.page.keyboard.press("i")
    app.until(lambda: app.page.evaluate("window.drawn") > before)


def test_what_was_drawn_before_it_was_shown_is_seen_and_is_called_exact_no_sooner(open_app: OpenApp) -> None:
    app = open_app(PHONE, "clinician")
    app.page.add_init_script(NOTE_WHEN_EXACT)
    app.open_study(CT)
    app.until(lambda: app.page.evaluate("window.whenExact") is not None)
    app.page.wait_for_timeout(300)  # as long as it takes to be on screen
    seen = app.greys()
    drawn = app.page.evaluate("window.drawn")
    assert app.page.evaluate("window.whenExact") == drawn  # the very drawing that is seen
    app.page.keyboard.press("i")
    app.until(lambda: app.page.evaluate("window.drawn") > drawn)
    app.page.keyboard.press("i")
    app.until(lambda: np.array_equal(app.greys(), seen))


def test_a_window_is_dragged_without_asking_the_server(
    open_app: OpenApp, pictures: list[Exact], files: list[bytes]
) -> None:
    app = open_app(DESKTOP, "clinician")
    app.page.add_init_script(KEEP_DRAWN)
    app.open_study(STUDY)
    picture = pictures[0]
    show(app, picture, is_next=False)
    app.page.wait_for_timeout(500)
    asked: list[str] = []
    app.page.on("request", lambda request: asked.append(request.url))
    before = app.window()
    app.page.mouse.move(*app.at(0.5, 0.5))
    app.page.mouse.down()
    app.page.mouse.move(*app.at(0.55, 0.45), steps=5)
    app.page.mouse.up()
    width, center = app.window()
    assert (width, center) != before
    expect(app.page.locator(".quality").first).to_have_text("Exact")
    shown = drawn(app, picture.stored.shape)
    assert np.array_equal(shown, rendered(app, files[0], False, window=f"{center},{width}"))
    assert [url for url in asked if "/tiles/" in url] == []


def test_what_is_exact_is_so_again_after_the_context_was_lost(
    open_app: OpenApp, pictures: list[Exact], files: list[bytes]
) -> None:
    app = open_app(DESKTOP, "clinician")
    app.page.add_init_script(KEEP_DRAWN)
    app.open_study(STUDY)
    show(app, pictures[0], is_next=False)
    app.page.evaluate(LOSE_AND_GIVE_BACK)
    expect(app.page.locator(".quality").first).to_have_text("Exact")
    assert np.array_equal(drawn(app, pictures[0].stored.shape), pictures[0].seen(False))


def test_without_webgl_all_is_shown_and_nothing_called_exact(open_app: OpenApp, files: list[bytes]) -> None:
    app = open_app(DESKTOP, "clinician")
    app.page.add_init_script(NO_WEBGL)
    asked: list[str] = []
    app.page.on("request", lambda request: asked.append(request.url))
    app.open_study(STUDY)
    app.page.wait_for_timeout(3000)
    expect(app.page.locator(".quality").first).to_have_text("Preview")
    asked.clear()
    app.page.keyboard.press("ArrowRight")
    app.wait_for_picture()
    app.page.wait_for_timeout(1500)
    expect(app.page.locator(".quality").first).to_have_text("Preview")
    assert [url for url in asked if "/levels/" in url] == []


def show(app: App, picture: Exact, is_next: bool) -> None:
    """Until it is drawn from its own values, one device pixel for one of its own."""
    if is_next:
        app.page.keyboard.press("ArrowRight")
    expect(app.picture).to_contain_text(picture.name)
    app.page.keyboard.press("o")
    expect(app.picture).to_contain_text("100 %")
    expect(app.page.locator(".quality").first).to_have_text("Exact")
    app.page.locator(".surface canvas + canvas").wait_for()


def drawn(app: App, shape: tuple[int, ...]) -> Numbers:
    """The middle of the canvas, as the GPU has it: uint8, of this shape."""
    whole = canvas_of(app)
    height, width = whole.shape
    rows, columns = shape[:2]
    left, top = round_half_up((width - columns) / 2), round_half_up((height - rows) / 2)
    return whole[top : top + rows, left : left + columns]


def canvas_of(app: App) -> Numbers:
    """All of it: uint8, (height, width). Its channels must agree."""
    width, height, text = app.page.evaluate(READ_BACK)
    whole: Numbers = np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width, 4)[::-1, :, :3]
    assert (whole == whole[..., :1]).all()
    return whole[..., 0]


def magnified(picture: Exact, shape: tuple[int, ...]) -> tuple[Numbers, Numbers]:
    """What a canvas of this shape shows of a picture fitted into it: float64 greys, and bool, where they are certain.

    Values are linear between the centres of pixels, padding left out, and greys linear between those of whole values.
    """
    rows, columns = picture.stored.shape
    scale = min(shape[0] / rows, shape[1] / columns)
    assert scale > 1
    at = [
        (np.arange(sides) + 0.5 - sides / 2) / scale + count / 2
        for sides, count in zip(shape, (rows, columns), strict=True)
    ]
    y, x = np.meshgrid(*at, indexing="ij")
    is_within = (y > 0) & (y < rows) & (x > 0) & (x < columns)
    is_padding = np.zeros(picture.stored.shape, bool)
    if picture.padding is not None:
        is_padding = (picture.stored >= picture.padding[0]) & (picture.stored <= picture.padding[1])
    total, weights = np.zeros(shape), np.zeros(shape)
    for down in (0, 1):
        for right in (0, 1):
            top, left = np.floor(y - 0.5) + down, np.floor(x - 0.5) + right
            place = (
                np.clip(top, 0, rows - 1).astype(int),
                np.clip(left, 0, columns - 1).astype(int),
            )
            weight = (1 - np.abs(y - 0.5 - top)) * (1 - np.abs(x - 0.5 - left)) * ~is_padding[place]
            total += weight * picture.stored[place]
            weights += weight
    nearest = (np.clip(y, 0, rows - 1).astype(int), np.clip(x, 0, columns - 1).astype(int))
    is_shown = is_within & ~is_padding[nearest]
    values = np.where(is_shown, total / np.where(weights > 0, weights, 1), 0)
    low = np.floor(values)
    lowest = int(low.min())
    every = replace(picture, stored=np.arange(lowest, int(low.max()) + 2)[None])
    greys = every.seen(False)[0].astype(float)
    below = low.astype(int) - lowest
    expected = greys[below] + (greys[below + 1] - greys[below]) * (values - low)
    # Where one pixel meets the next, either may be the nearest; one of padding is black.
    is_certain = is_within & (np.abs(y - np.round(y)) > 1e-3) & (np.abs(x - np.round(x)) > 1e-3)
    return np.where(is_shown, expected, 0), is_certain


def rendered(app: App, file: bytes, inverted: bool, **more: Any) -> Numbers:
    """The server's own picture of it, in full size and without loss."""
    from pydicom import dcmread

    header = dcmread(io.BytesIO(file), stop_before_pixels=True)
    address = f"/dicom-web/studies/{header.StudyInstanceUID}/series/{header.SeriesInstanceUID}"
    answer = app.page.request.get(
        f"{address}/instances/{header.SOPInstanceUID}/rendered",
        params={"invert": int(inverted), **more},
        headers={"Accept": "image/png"},
    )
    assert answer.ok, answer.text()
    return np.asarray(Image.open(io.BytesIO(answer.body())))


def round_half_up(number: float) -> int:
    return int(np.floor(number + 0.5))
