"""What a screen shows, picture by picture as Chromium draws it, and a film made of that by Chromium itself."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

LONGEST_STILL_S = 1.0  # where nothing moves nothing is drawn: in a film it need not take as long


@dataclass(frozen=True)
class Drawn:
    """One picture of the screen."""

    jpeg: bytes
    at_s: float


class Screencast:
    """Takes down every picture from now on until it is stopped."""

    def __init__(self, page: Page, widest: int, highest: int, quality: int = 50) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._drawn: list[Drawn] = []
        self._session.on("Page.screencastFrame", self._keep)
        size = {"maxWidth": widest, "maxHeight": highest}
        self._session.send(
            "Page.startScreencast", {"format": "jpeg", "quality": quality, "everyNthFrame": 1, **size}
        )

    def stop(self) -> list[Drawn]:
        """All of them, in their order."""
        self._session.send("Page.stopScreencast")
        return self._drawn

    def _keep(self, event: Mapping[str, Any]) -> None:
        self._drawn.append(Drawn(base64.b64decode(event["data"]), float(event["metadata"]["timestamp"])))
        self._session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})


START = """async first => {
    const decode = async jpeg => createImageBitmap(await (await fetch("data:image/jpeg;base64," + jpeg)).blob());
    const picture = await decode(first);
    const canvas = Object.assign(document.createElement("canvas"), { width: picture.width, height: picture.height });
    const brush = canvas.getContext("2d");
    brush.drawImage(picture, 0, 0);
    document.body.append(canvas);
    const how = { mimeType: "video/webm", videoBitsPerSecond: 2_000_000 };
    const recorder = new MediaRecorder(canvas.captureStream(30), how);
    const parts = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.start();
    window.film = {
        draw: async jpeg => brush.drawImage(await decode(jpeg), 0, 0),
        end: () => new Promise(resolve => {
            recorder.onstop = () => {
                const reader = new FileReader();
                reader.onload = () => resolve(reader.result.split(",")[1]);
                reader.readAsDataURL(new Blob(parts));
            };
            recorder.stop();
        }),
    };
}"""


def make_film(browser: Browser, drawn: Sequence[Drawn], path: Path) -> None:
    """A WebM of these pictures, at the pace at which they were drawn. It takes as long as it lasts."""
    context = browser.new_context()
    page = context.new_page()
    page.evaluate(START, _text(drawn[0]))
    for before, now in pairwise(drawn):
        page.wait_for_timeout(1000 * min(LONGEST_STILL_S, max(0.0, now.at_s - before.at_s)))
        page.evaluate("jpeg => window.film.draw(jpeg)", _text(now))
    page.wait_for_timeout(500)
    path.write_bytes(base64.b64decode(page.evaluate("window.film.end()")))
    context.close()


def _text(drawn: Drawn) -> str:
    return base64.b64encode(drawn.jpeg).decode()
