"""Promises P16 and P18: what is never started, never kept and never logged."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from tests.pacs.access.conftest import Kept
from tests.people import alice, charlie, give_password, signed_in

ROOT = Path(__file__).resolve().parents[3]
HTTPS = {"LIGHTBOX_PUBLIC_URL": "https://lightbox.example", "LIGHTBOX_BIND": "0.0.0.0:8000"}


def run(tmp_path: Path, environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, with these settings and no others."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("LIGHTBOX_", "DATABASE_"))
    }
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**clean, "LIGHTBOX_DATA": str(tmp_path / "data"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"LIGHTBOX_DEBUG": "1", "LIGHTBOX_BIND": "0.0.0.0:8000"}, "LIGHTBOX_DEBUG"),
        ({"LIGHTBOX_SECRET_KEY": "secret"}, "LIGHTBOX_SECRET_KEY"),
        ({"LIGHTBOX_SESSION_HOURS": "never"}, "LIGHTBOX_SESSION_HOURS"),
        ({"LIGHTBOX_TYPO": "1"}, "LIGHTBOX_TYPO"),
        ({"LIGHTBOX_TRUSTED_PROXIES": "*"}, "LIGHTBOX_TRUSTED_PROXIES"),
    ],
)
def test_it_does_not_start_unsafely(environment: dict[str, str], told: str, tmp_path: Path) -> None:
    started = run(tmp_path, environment, "-c", "import pacs.settings")
    assert started.returncode != 0
    assert told in started.stderr


def test_its_secret_key_is_its_own_and_readable_by_nobody_else(tmp_path: Path) -> None:
    keys = set()
    for name in ("one", "two", "one"):
        assert run(tmp_path / name, {}, "-c", "import pacs.settings").returncode == 0
        kept = tmp_path / name / "data" / "secret_key"
        assert kept.stat().st_mode & 0o077 == 0
        keys.add(kept.read_text())
    assert len(keys) == 2


def test_no_other_user_of_the_machine_can_read_the_data(tmp_path: Path) -> None:
    data = tmp_path / "data"
    write = (
        "from pacs.storage.disk import make_folder; from django.conf import settings;"
        " make_folder(settings.BLOB_ROOT / 'ab')"
    )
    for _ in range(2):
        assert run(tmp_path, {}, "manage.py", "migrate", "-v0").returncode == 0
        assert run(tmp_path, {}, "manage.py", "shell", "-v0", "-c", write).returncode == 0
        paths = [data, *data.rglob("*")]
        assert {"lightbox.sqlite3", "secret_key", "ab"} <= {path.name for path in paths}
        assert [path.name for path in paths if path.stat().st_mode & 0o007] == []
        assert [path.name for path in data.glob("lightbox*") if path.stat().st_mode & 0o077] == []
        data.chmod(0o755)  # as a version before made them
        (data / "lightbox.sqlite3").chmod(0o644)


def test_behind_tls_cookies_belong_to_the_host_and_django_finds_nothing_to_say(tmp_path: Path) -> None:
    ask = (
        "import json, pacs.settings as s; print(json.dumps([s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME,"
        " s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 31536000]))"
    )
    told = json.loads(run(tmp_path, HTTPS, "-c", ask).stdout)
    assert told == ["__Host-lightbox_session", "__Host-lightbox_csrf", True, True, True]
    checked = run(tmp_path, HTTPS, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert checked.returncode == 0, checked.stderr


def test_behind_tls_no_other_host_of_the_domain_is_bound_to_it(tmp_path: Path) -> None:
    ask = (
        "import pacs.asgi; from pacs.http.headers import SECURITY_HEADERS as h;"
        " print(dict(h)[b'strict-transport-security'])"
    )
    assert run(tmp_path, HTTPS, "-c", ask).stdout.strip() == "b'max-age=63072000'"


@pytest.mark.django_db
def test_signing_out_takes_what_the_browser_kept() -> None:
    client = signed_in(alice())
    answer = client.delete("/_allauth/browser/v1/auth/session")
    assert answer.headers["Clear-Site-Data"] == '"cache"'


@pytest.mark.django_db
def test_who_is_not_signed_in_is_told_how_a_client_may() -> None:
    assert Client().get("/api/people").headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.django_db
def test_no_log_line_says_who_asked_for_what(pias: Kept, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "pacs")
    canaries = ("1.2.1", "canary", "charlie")
    charles = signed_in(charlie(), check_csrf=True)
    give_password(charlie())
    charles.get("/api/people/canary")
    charles.get("/dicom-web/studies/1.2.1/nothing")
    charles.post("/api/people/canary/grants", {"study": "1.2.1"}, "application/json")
    Client().post(
        "/_allauth/browser/v1/auth/login", {"username": "charlie", "password": "canary"}, "application/json"
    )
    said = " ".join(record.getMessage() for record in caplog.records)
    assert not [canary for canary in canaries if canary in said], said
