"""The app's one page: for every place in the app, and for nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from pacs.api.shell import forget_page


@pytest.mark.parametrize("address", ["/", "/studies", "/study/1.2.840.113619.2.55", "/study/1.2.3/"])
def test_a_place_in_the_app_opens_it(address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("address", ["/api/nothing", "/assets/old.js", "/robots.txt", "/study/1.2.3.css"])
def test_what_is_missing_is_not_the_app(address: str) -> None:
    assert Client().get(address).status_code == 404


MANIFEST = {
    "index.html": {"file": "assets/index-1.js", "css": ["assets/index-1.css"]},
    "_icons.js": {"file": "assets/icons-3.js", "imports": ["index.html"]},
    "src/app/screens/guest/index.tsx": {"file": "assets/guest-4.js", "css": ["assets/guest-4.css"]},
    "_viewing-2.js": {
        "name": "viewing",
        "file": "assets/viewing-2.js",
        "css": ["assets/viewing-2.css"],
        "imports": ["index.html", "_icons.js"],
    },
    "src/app/screens/studies/index.tsx": {"file": "assets/studies-4.js", "imports": ["index.html"]},
    "src/app/screens/signin/index.tsx": {"file": "assets/signin-5.js", "imports": ["index.html"]},
}
PAGE = (
    '<head><title>Lightbox</title><script type="module" src="/assets/index-1.js"></script>'
    '<link rel="stylesheet" href="/assets/index-1.css"></head>'
)


@pytest.fixture
def built(tmp_path: Path, settings: Settings) -> Iterator[None]:
    """An app that was built into a folder of its own."""
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / ".vite").mkdir()
    (tmp_path / ".vite" / "manifest.json").write_text(json.dumps(MANIFEST))
    settings.FRONTEND_DIST = tmp_path
    forget_page()
    yield
    forget_page()


@pytest.mark.usefixtures("built")
def test_the_page_of_a_study_asks_at_once_for_what_the_viewer_will_ask_for() -> None:
    page = Client().get("/study/1.2.3").content.decode()
    hinted = re.findall(r'<link rel="(?:module)?preload"[^>]* href="([^"]+)"', page)
    assert hinted[0] == "/view/studies/1.2.3/digest?opening=1"
    # What the page itself names is asked for anyway.
    assert sorted(hinted[1:]) == ["/assets/icons-3.js", "/assets/viewing-2.css", "/assets/viewing-2.js"]
    assert page.index("digest") < page.index("<script")


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    ("address", "screen"),
    [("/studies", "studies-4"), ("/studies/", "studies-4"), ("/signin", "signin-5")],
)
def test_the_screens_by_which_people_come_in_are_asked_for_with_their_page(address: str, screen: str) -> None:
    hint = f'<link rel="modulepreload" crossorigin href="/assets/{screen}.js" />\n    '
    assert Client().get(address).content.decode() == PAGE.replace("<title>", hint + "<title>")


@pytest.mark.usefixtures("built")
def test_the_page_of_a_link_asks_at_once_for_what_asks_for_the_pin() -> None:
    """And for nothing that tells of what the link shows: that is not known before the answer."""
    page = Client().get("/s/q7Hs0TtkYbJm2n4p").content.decode()
    hinted = re.findall(r'<link rel="(?:module)?preload"[^>]* href="([^"]+)"', page)
    assert sorted(hinted) == ["/assets/guest-4.css", "/assets/guest-4.js"]


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    "address",
    ["/", "/upload", "/study/", "/study/1.2.3/more", "/study/1.2%22%3E", "/s/", "/s/a/b", "/s/a%22"],
)
def test_no_other_page_does(address: str) -> None:
    assert Client().get(address).content.decode() == PAGE


@pytest.mark.parametrize("address", ["/study/1.2.3", "/studies", "/signin", "/s/q7Hs0TtkYbJm2n4p"])
def test_what_a_page_asks_for_at_once_is_in_the_build(address: str) -> None:
    """Chunks are told by names that the build gives them: were one renamed there, nothing would be hinted."""
    dist = Path(settings.FRONTEND_DIST)
    if not (dist / ".vite" / "manifest.json").exists():
        pytest.skip("the app is not built")
    forget_page()
    page = Client().get(address).content.decode()
    hinted = re.findall(r'<link rel="modulepreload"[^>]* href="/([^"]+)"', page)
    assert hinted
    assert [name for name in hinted if not (dist / name).is_file()] == []
