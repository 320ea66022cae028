"""The files of the app and of the administration: whole, small, kept for as long as is right, and before Django."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from pacs.api.static_files import StaticFiles
from tests.viewer.client import Response, ask, scope

SCRIPT, PAGE, BEHIND = b"let a = 1;" * 99, b"<!doctype html><title>Lightbox</title>", b"somebody else's"
Get = Callable[..., Response]


@pytest.fixture
def get(tmp_path: Path, settings: Settings) -> Get:
    """Asks an app that was built into a folder of its own."""
    (tmp_path / "assets").mkdir()
    script = tmp_path / "assets" / "index-BDy_wcgF.js"
    script.write_bytes(SCRIPT)
    script.with_name("index-BDy_wcgF.js.gz").write_bytes(gzip.compress(SCRIPT))
    script.with_name("index-BDy_wcgF.js.br").write_bytes(b"shorter still")
    for name, content in (("index.html", PAGE), ("sw.js", b"self"), ("manifest.webmanifest", b"{}")):
        (tmp_path / name).write_bytes(content)
    (tmp_path / "icons").mkdir()
    (tmp_path / "icons" / "icon-192.png").write_bytes(b"\x89PNG")
    settings.FRONTEND_DIST = tmp_path
    app = StaticFiles(_behind)

    def ask_app(path: str, method: str = "GET", **headers: str) -> Response:
        return asyncio.run(ask(app, path, method, **headers))

    return ask_app


async def _behind(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": BEHIND})


FILES = (
    "/",
    "/index.html",
    "/sw.js",
    "/manifest.webmanifest",
    "/icons/icon-192.png",
    "/assets/index-BDy_wcgF.js",
)


def test_the_page_is_the_app(get: Get) -> None:
    for path in ("/", "/index.html", "/?from=home"):
        answer = get(path)
        assert (answer.status, answer.body) == (200, PAGE)
        assert answer.headers["content-type"] == 'text/html; charset="utf-8"'


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/", "no-cache"),
        ("/index.html", "no-cache"),
        ("/sw.js", "no-cache"),
        ("/manifest.webmanifest", "no-cache"),
        ("/icons/icon-192.png", "max-age=60, public"),
        ("/assets/index-BDy_wcgF.js", "max-age=315360000, public, immutable"),
        ("/static/admin/css/base.css", "max-age=60, public"),
    ],
)
def test_a_browser_keeps_it_for_as_long_as_is_right(get: Get, path: str, kept: str) -> None:
    answer = get(path)
    assert (answer.status, answer.headers["cache-control"]) == (200, kept)


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("asked", ["whole", "again", "in part", "by head", "wrongly"])
def test_security_headers_are_on_every_answer(get: Get, path: str, asked: str) -> None:
    etag = get(path).headers["etag"]
    answer = {
        "whole": lambda: get(path),
        "again": lambda: get(path, if_none_match=etag),
        "in part": lambda: get(path, range="bytes=1-1"),
        "by head": lambda: get(path, "HEAD"),
        "wrongly": lambda: get(path, range="bytes=99999-"),
    }[asked]()
    assert answer.status == {"again": 304, "in part": 206, "wrongly": 416}.get(asked, 200)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "script-src 'self' 'wasm-unsafe-eval'" in answer.headers["content-security-policy"]
    assert "access-control-allow-origin" not in answer.headers


def test_what_was_compressed_when_it_was_built_is_sent_so(get: Get) -> None:
    path = "/assets/index-BDy_wcgF.js"
    assert get(path).body == SCRIPT
    assert "content-encoding" not in get(path).headers
    zipped = get(path, accept_encoding="gzip, deflate")
    assert (zipped.headers["content-encoding"], gzip.decompress(zipped.body)) == ("gzip", SCRIPT)
    smallest = get(path, accept_encoding="gzip, deflate, br")
    assert (smallest.headers["content-encoding"], smallest.body) == ("br", b"shorter still")
    assert smallest.headers["content-length"] == str(len(smallest.body))
    assert smallest.headers["vary"] == "Accept-Encoding"
    assert smallest.headers["content-type"].startswith("text/javascript")


def test_the_manifest_is_told_as_one(get: Get) -> None:
    assert get("/manifest.webmanifest").headers["content-type"] == "application/manifest+json"


def test_head_tells_of_the_file_without_sending_it(get: Get) -> None:
    answer = get("/assets/index-BDy_wcgF.js", "HEAD")
    assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"", str(len(SCRIPT)))


def test_a_part_can_be_asked_for(get: Get) -> None:
    answer = get("/assets/index-BDy_wcgF.js", range="bytes=4-8")
    assert (answer.status, answer.body) == (206, SCRIPT[4:9])
    assert answer.headers["content-range"] == f"bytes 4-8/{len(SCRIPT)}"


def test_files_are_only_read(get: Get) -> None:
    assert get("/sw.js", "POST").status == 405


@pytest.mark.parametrize(
    "path",
    [
        "/assets/index-OLD.js",
        "/assets/",
        "/assets",
        "/assets/../../secret_key",
        "/assets/%2e%2e/index.html",
        "/assets/\x00",
        "//etc/passwd",
        "/studies",
        "/static/admin/css/nothing.css",
    ],
)
@pytest.mark.parametrize("debug", [False, True])
def test_every_other_address_is_left_to_who_stands_behind(
    tmp_path: Path, settings: Settings, get: Get, path: str, debug: bool
) -> None:
    settings.DEBUG = debug
    answer = asyncio.run(ask(StaticFiles(_behind), path))
    assert (answer.body, answer.headers) == (BEHIND, {})


def test_without_a_build_the_page_is_left_to_who_stands_behind(tmp_path: Path, settings: Settings) -> None:
    settings.FRONTEND_DIST = tmp_path / "nothing"
    assert asyncio.run(ask(StaticFiles(_behind), "/")).body == BEHIND


@pytest.mark.django_db(transaction=True)
async def test_the_server_has_the_administrations_files_and_no_page_for_a_missing_one() -> None:
    from pacs.asgi import application

    style = await ask(application, "/static/admin/css/base.css")
    assert (style.status, style.headers["content-type"]) == (200, 'text/css; charset="utf-8"')
    missing = await ask(application, "/assets/index-OLD.js")
    assert (missing.status, missing.body) == (404, b"not found\n")


async def test_a_file_is_sent_at_once(get: Get) -> None:
    """The library would send it in pieces, and begin a thread for each file."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    await StaticFiles(_behind)(scope("/assets/index-BDy_wcgF.js"), receive, send)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[1]["body"] == SCRIPT
