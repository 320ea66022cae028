"""What no view foresaw is told as every other error is, and neither answer nor log quotes what was sent."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest
from django.test import Client

from pacs.api import session
from pacs.errors import KindOnly
from tests.pacs.api.test_shares import fresh
from tests.people import ada, alice, signed_in

pytestmark = pytest.mark.django_db
LOGIN = "/_allauth/browser/v1/auth/login"
DEEP = "[" * 20_000
HALF = json.dumps({"username": "\ud800", "password": "x"})


@pytest.mark.parametrize(
    ("path", "body"),
    [("/api/setup", DEEP), (LOGIN, DEEP), ("/api/uploads", DEEP), (LOGIN, HALF), ("/api/people", HALF)],
)
def test_a_body_that_no_parser_takes_is_the_senders_fault(path: str, body: str) -> None:
    client = fresh(signed_in(ada())) if path.startswith("/api/") else Client()
    client.raise_request_exception = False
    answer = client.post(path, body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["error"]["request_id"]


def test_a_fault_of_ours_says_nothing_of_the_request(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    words = "Doe^Jane"

    def faulty(*_: Any) -> Any:
        raise ValueError(words)

    monkeypatch.setattr(session, "setup_needed", faulty)
    client = signed_in(alice())
    client.raise_request_exception = False
    answer = client.get(f"/api/session?name={words}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "error")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "failed: ValueError" in caplog.text
    assert words not in caplog.text + answer.content.decode()


def test_a_refusal_is_logged_by_its_kind_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    handlers = logging.getLogger("django.security").handlers
    (ours,) = [each for each in handlers if isinstance(each.formatter, KindOnly)]
    monkeypatch.setattr(ours, "stream", written)
    Client(enforce_csrf_checks=True).post("/admin/1.2.3.4/", {"name": "Doe^Jane"})
    Client().get("/api/studies/1.2.3.4", headers={"Host": "evil.example"})
    Client().get("/nowhere/1.2.3.4/x.js")
    told = written.getvalue()
    assert "django.security.csrf a request was refused" in told
    assert "django.security.DisallowedHost a request was refused" in told
    assert not [word for word in ("1.2.3.4", "evil", "Doe") if word in told], told
    assert not logging.getLogger("django.security.csrf").parent.propagate  # type: ignore[union-attr]
    assert not logging.getLogger("django.request").isEnabledFor(logging.ERROR)
