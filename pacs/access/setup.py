"""The one-time set-up link: how the first administrator comes to be, without a default password (promise P18).

The link's token is told once, where Lightbox was started; the data folder keeps its SHA-256. It works
until the first administrator exists, and a new start makes a new one.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from pacs.access.accounts import create_account
from pacs.access.actors import system_actor
from pacs.access.models import Role, User
from pacs.errors import NotFound

TOKEN_BYTES = 32
SETUP_LOCK = 0x4C425F5345545550  # PostgreSQL: two who set up at once queue here


def setup_needed() -> bool:
    """Whether there is no administrator yet."""
    return not User.objects.filter(role=Role.ADMINISTRATOR).exists()


def issue_setup_token() -> str | None:
    """A new token for the link http://host/setup#TOKEN, which ends the one before; None when it is too late."""
    if not setup_needed():
        return None
    token = secrets.token_urlsafe(TOKEN_BYTES)
    kept = _kept()
    kept.unlink(missing_ok=True)
    kept.touch(mode=0o600)
    kept.write_text(_digest(token), encoding="ascii")
    return token


def finish_setup(token: str, *, username: str, password: str, display_name: str = "") -> None:
    """Make the first administrator.

    Raises NotFound for a token that is unknown, replaced or used: they look the same. Raises BadRequest
    for a name or a password that will not do; the link then works on.
    """
    if not _is_valid(token):
        raise NotFound
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SETUP_LOCK])
        if not setup_needed():
            raise NotFound
        create_account(
            username,
            Role.ADMINISTRATOR,
            actor=system_actor("set-up link"),
            password=password,
            display_name=display_name,
        )
    _kept().unlink(missing_ok=True)


def _is_valid(token: str) -> bool:
    kept = _kept()
    return kept.exists() and hmac.compare_digest(kept.read_text(encoding="ascii"), _digest(token))


def _kept() -> Path:
    return Path(settings.DATA) / "setup_token_sha256"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
