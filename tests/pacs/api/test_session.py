"""api/session: what the app asks first."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from pacs.access.roles import SHIPPED
from pacs.api.session import VERSION
from tests.people import account, ada, alice, bearer, signed_in

pytestmark = pytest.mark.django_db


def test_nobody_is_told_how_to_go_on() -> None:
    answer = Client().get("/api/session")
    told = answer.json()
    assert told["user"] is None
    assert told["setup_needed"] is True
    assert len(told["csrf_token"]) >= 32
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_person_is_told_who_they_are() -> None:
    ada()
    told = signed_in(alice()).get("/api/session").json()
    assert told["user"].pop("second_factor_due_at") > timezone.now().isoformat()
    assert told["held"] is None
    idle = told["user"].pop("idle")
    assert idle["after_s"] == 15 * 60
    assert 0 <= idle["after_s"] - idle["locks_in_s"] < 60
    assert told["user"] == {
        "username": "alice",
        "display_name": "Dr Alice",
        "role": "clinician",
        "acts": sorted(SHIPPED["clinician"].rights),
        "unseen_notices": 0,
        "may_break_glass": False,
        "glass_breaks": [],
    }
    assert told["setup_needed"] is False


def test_who_has_no_other_name_is_called_by_the_accounts() -> None:
    assert signed_in(account("kim", "patient")).get("/api/session").json()["user"]["display_name"] == "kim"


def test_a_key_names_its_person_too() -> None:
    assert Client().get("/api/session", headers=bearer(alice())).json()["user"]["username"] == "alice"


def test_the_version_is_the_projects() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())
    assert project["project"]["version"] == VERSION


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("X-Frame-Options", "DENY"),
    ],
)
def test_every_answer_bears_the_headers(header: str, value: str) -> None:
    for path in ("/api/session", "/", "/api/people", "/_allauth/browser/v1/config"):
        assert Client().get(path).headers[header] == value, path


def test_nothing_runs_that_is_not_ours() -> None:
    policy = Client().get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy
