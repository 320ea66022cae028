"""Keys of devices: issued by an administrator who shows who they are, listed with their last use, ended at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from pacs.access.models import ApiKey, AuditEvent
from tests.browser import Browser
from tests.people import ada, give_password, key_of, tess

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def adas() -> Browser:
    """Ada has just signed in."""
    give_password(ada())
    browser = Browser()
    browser.sign_in("ada")
    return browser


def issue(browser: Browser, **given: Any) -> tuple[int, dict[str, Any]]:
    return browser.send("POST", "/api/keys", {"username": "tess", "name": "CT 1", **given})


def listed(browser: Browser) -> list[dict[str, Any]]:
    told = browser.client.get("/api/keys").json()["keys"]
    assert isinstance(told, list)
    return told


def by(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_a_key_is_told_once_and_works(adas: Browser) -> None:
    tess()
    status, told = issue(adas, scopes=["store"], days=30)
    assert status == 201
    assert Client().get("/api/uploads", headers=by(told["key"])).status_code == 200
    (one,) = listed(adas)
    assert told["key"] not in str(one)
    assert {name: one[name] for name in ("username", "name", "scopes", "role")} == {
        "username": "tess",
        "name": "CT 1",
        "scopes": ["store"],
        "role": "technologist",
    }
    event = AuditEvent.objects.get(action="api key issued")
    assert (event.actor_label, event.details["scopes"]) == ("ada", "store")


def test_its_last_use_is_told(adas: Browser) -> None:
    key = key_of(tess())
    assert listed(adas)[0]["last_used_at"] is None
    Client().get("/api/session", headers=by(key))
    assert listed(adas)[0]["last_used_at"] is not None


def test_it_ends_at_the_next_request(adas: Browser) -> None:
    key = key_of(tess())
    assert Client().get("/api/studies", headers=by(key)).status_code == 200
    number = listed(adas)[0]["number"]
    assert adas.send("DELETE", f"/api/keys/{number}")[0] == 204
    assert Client().get("/api/studies", headers=by(key)).status_code == 401
    assert listed(adas)[0]["revoked_at"] is not None
    assert AuditEvent.objects.filter(action="api key revoked", actor_label="ada").count() == 1


def test_a_session_left_open_issues_none(adas: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    later = time.time() + 301
    monkeypatch.setattr("time.time", lambda: later)
    status, told = issue(adas)
    assert (status, told["error"]["code"]) == (403, "not_fresh")
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"scopes": ["all"]}, {"days": 0}, {"days": 4000}, {"name": ""}, {"username": "nobody"}]
)
def test_nonsense_issues_none(adas: Browser, wrong: dict[str, Any]) -> None:
    tess()
    assert issue(adas, **wrong)[0] in (400, 404)
    assert not ApiKey.objects.exists()
