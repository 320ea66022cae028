"""Bearer keys of outside clients: shown once, kept as SHA-256, always with a day on which they end.

A key is 256 random bits, so that a plain hash is as good as a slow one: there is nothing to guess.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from pacs.access import audit
from pacs.access.actors import NOBODY, Actor
from pacs.access.models import ApiKey, User
from pacs.errors import NotFound

KEY_PREFIX = "lbx_"  # lets a secret scanner know one when it sees one
KEY_BYTES = 32
KEY_DAYS = 90
TOLD_EVERY_S = 60.0

_lock = threading.Lock()
_refused: dict[int | None, tuple[float, int]] = {}  # by the key's number: when it was told, how often since


def digest_of(key: str) -> str:
    """SHA-256 of the key, in hex: what is kept, and what is searched for."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def issue_api_key(user: User, *, actor: Actor, name: str = "", days: int = KEY_DAYS) -> str:
    """A new key of this account, told this once."""
    key = KEY_PREFIX + secrets.token_urlsafe(KEY_BYTES)
    expires_at = timezone.now() + timedelta(days=days)
    with transaction.atomic():
        row = ApiKey.objects.create(user=user, name=name, digest=digest_of(key), expires_at=expires_at)
        audit.record(actor, "api key issued", account=user.username, key=row.pk, days=days)
    return key


def revoke_api_key(pk: int, *, actor: Actor) -> None:
    """End a key now. Raises NotFound."""
    with transaction.atomic():
        row = ApiKey.objects.select_related("user").filter(pk=pk).first()
        if row is None:
            raise NotFound
        if row.revoked_at is None:
            row.revoked_at = timezone.now()
            row.save(update_fields=["revoked_at"])
            audit.record(actor, "api key revoked", account=row.user.username, key=row.pk)


def key_that_holds(digest: str) -> ApiKey | None:
    """The key of this digest, with whose it is; None when it is unknown, ended or revoked: all look the same."""
    holds = ApiKey.objects.filter(digest=digest, revoked_at=None, expires_at__gt=timezone.now())
    return holds.select_related("user").first()


def note_refused_key(digest: str) -> None:
    """Record "key refused", at most once a minute for each known key and for all unknown ones together."""
    known = ApiKey.objects.filter(digest=digest).values_list("pk", flat=True).first()
    now = time.monotonic()
    with _lock:
        told_at, times = _refused.get(known, (-TOLD_EVERY_S, 0))
        is_told = now - told_at >= TOLD_EVERY_S
        _refused[known] = (now, 0) if is_told else (told_at, times + 1)
    if is_told:
        audit.record(NOBODY, "key refused", outcome="refused", key=known, before=times)


def forget() -> None:
    """Count no refusal as told."""
    with _lock:
        _refused.clear()
