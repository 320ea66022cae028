"""Promise P18: no default password; the first administrator comes by a link that works once."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from pacs.access.models import AuditEvent, User
from pacs.access.setup import issue_setup_token, setup_needed
from tests.people import PASSWORD, ada

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> Path:
    """A data folder of its own."""
    settings.DATA = tmp_path
    return tmp_path


def post(token: str | None, **given: str) -> tuple[int, str]:
    body = {"token": token or "", "username": "root", "password": PASSWORD, "display_name": "Root", **given}
    answer = Client(enforce_csrf_checks=True).post("/api/setup", body, content_type="application/json")
    return answer.status_code, answer.json()["error"]["code"] if answer.content else ""


def test_the_link_makes_the_first_administrator_once() -> None:
    token = issue_setup_token()
    assert setup_needed()
    assert post(token) == (204, "")
    made = User.objects.get()
    assert (made.username, made.role, made.display_name) == ("root", "administrator", "Root")
    assert made.check_password(PASSWORD)
    assert not setup_needed()
    assert post(token, username="eve") == (404, "not_found")
    assert AuditEvent.objects.get(action="account created").actor_label == "set-up link"


def test_a_wrong_token_a_replaced_one_and_one_too_late_look_the_same() -> None:
    old = issue_setup_token()
    new = issue_setup_token()
    assert post("guess") == post(old) == (404, "not_found")
    ada()
    assert post(new) == (404, "not_found")
    assert issue_setup_token() is None
    assert User.objects.count() == 1


def test_the_token_itself_is_not_kept(data: Path) -> None:
    token = issue_setup_token()
    assert token
    kept = list(data.rglob("*"))
    assert kept
    assert all(token not in path.read_text() for path in kept)
    assert [oct(path.stat().st_mode & 0o777) for path in kept] == ["0o600"]


@pytest.mark.parametrize("given", [{"password": "short"}, {"username": "not a name!"}, {"username": ""}])
def test_what_will_not_do_is_told_and_the_link_works_on(given: dict[str, str]) -> None:
    token = issue_setup_token()
    assert post(token, **given)[0] == 400
    assert post(token) == (204, "")
