"""The app's one page; every address that is not an API's opens it, and the app reads the address.

The page tells the browser at once what the app will ask for: the code of the screen that the address opens, and a
study's digest, come together with the app's own code instead of after it, which is a journey over a mobile network.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

API_PREFIXES = ("api/", "dicom-web/", "fhir/", "view/", "ws/", "_allauth/", "admin/", "assets/")
# An address of the app may end in a UID: dots and figures alone are no file's name.
_FILE_NAME = re.compile(r"\.[^/0-9.][^/]*$")
_STUDY = re.compile(r"study/([0-9.]{1,64})/?")  # as the app's router has it
_LINK = re.compile(r"s/[\w-]{1,64}/?", re.ASCII)
_SCREENS = "src/app/screens"
VIEWER = "viewing"  # the chunk that vite.config.ts makes of the screen and all that it needs
# The screens by which people come in; whoever goes on to another waits for its code.
DOORS = {"studies": f"{_SCREENS}/studies/index.tsx", "signin": f"{_SCREENS}/signin/index.tsx"}
GUEST = f"{_SCREENS}/guest/index.tsx"
# Before the rest of the head: what is asked for first comes first.
_HINTS_BEFORE = "<title>"


def app_shell(request: HttpRequest, route: str = "") -> HttpResponse:
    """The app's page, never kept by a cache between; 404 below an API's prefix or for a file's name."""
    if route.startswith(API_PREFIXES) or _FILE_NAME.search(route):
        return HttpResponse("not found\n", status=404, content_type="text/plain")
    page = _page(settings.DEBUG)
    page = page.replace(_HINTS_BEFORE, _hints(route) + _HINTS_BEFORE, 1)
    response = HttpResponse(page, content_type="text/html; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


def _hints(route: str) -> str:
    study = _STUDY.fullmatch(route)
    if study is not None:
        return _digest_hint(study[1]) + _code_hints(VIEWER, settings.DEBUG)
    screen = GUEST if _LINK.fullmatch(route) else DOORS.get(route.rstrip("/"))
    return "" if screen is None else _code_hints(screen, settings.DEBUG)


@lru_cache(maxsize=1)
def _page(debug: bool) -> str:
    page = settings.FRONTEND_DIST / "index.html"
    if not page.exists():
        return "<!doctype html><title>Lightbox</title><p>The app is not built yet: run <code>make run</code>."
    return str(page.read_text(encoding="utf-8"))


def forget_page() -> None:
    """Read the built page anew."""
    _page.cache_clear()
    _code_hints.cache_clear()


def _digest_hint(study_uid: str) -> str:
    """Asked for as the app asks for it, to the letter: another address would be fetched twice."""
    return f'<link rel="preload" as="fetch" crossorigin href="/view/studies/{study_uid}/digest?opening=1" />\n    '


@lru_cache(maxsize=len(DOORS) + 2)
def _code_hints(screen: str, debug: bool) -> str:
    """What this screen's code is made of, less what the page itself names."""
    file = settings.FRONTEND_DIST / ".vite" / "manifest.json"
    chunks = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    names = [name for name in _files_of(chunks, screen) if name not in _page(debug)]
    return "".join(f"{_hint(name)}\n    " for name in names)


def _files_of(chunks: dict[str, Any], screen: str) -> list[str]:
    """Every file that a screen's chunk, told by its source or its name, needs to run; none where there is no such."""
    files: dict[str, None] = {}
    waiting = [key for key, chunk in chunks.items() if screen in (key, chunk.get("name"))]
    known = set(waiting)
    while waiting:
        chunk = chunks[waiting.pop()]
        files.update(dict.fromkeys([*chunk.get("css", ()), chunk["file"]]))
        new = [name for name in chunk.get("imports", ()) if name not in known]
        known.update(new)
        waiting.extend(new)
    return list(files)


def _hint(name: str) -> str:
    how = 'rel="preload" as="style"' if name.endswith(".css") else 'rel="modulepreload"'
    return f'<link {how} crossorigin href="/{name}" />'
