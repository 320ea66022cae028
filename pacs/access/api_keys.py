"""Bearer keys of outside clients: shown once, kept as SHA-256, always with a day on which they end.

A key is 256 random bits, so that a plain hash is as good as a slow one: there is nothing to guess.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from pacs.access import audit
from pacs.access.actors import NOBODY, Actor
from pacs.access.models import ApiKey, Scope, User
from pacs.errors import NotFound

KEY_PREFIX = "lbx_"  # lets a secret scanner know one when it sees one
KEY_BYTES = 32
KEY_DAYS = 90
TOLD_EVERY_S = 60.0
SCOPES = tuple(Scope.values)
NEWS_AFTER = timedelta(minutes=1)

_lock = threading.Lock()
_refused: dict[int | None, tuple[float, int]] = {}  # by the key's number: when it was told, how often since


def digest_of(key: str) -> str:
    """SHA-256 of the key, in hex: what is kept, and what is searched for."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def issue_api_key(
    user: User, *, actor: Actor, name: str = "", days: int = KEY_DAYS, scopes: Iterable[str] = ()
) -> str:
    """A new key of this account, told this once; without scopes it is good for all that the account may do."""
    bounds = " ".join(sorted(set(scopes)))
    key = KEY_PREFIX + secrets.token_urlsafe(KEY_BYTES)
    expires_at = timezone.now() + timedelta(days=days)
    with transaction.atomic():
        row = ApiKey.objects.create(
            user=user, name=name, digest=digest_of(key), scopes=bounds, expires_at=expires_at
        )
        audit.record(
            actor, "api key issued", account=user.username, key=row.pk, days=days, scopes=bounds or "all"
        )
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


def all_keys() -> QuerySet[ApiKey]:
    """All keys with whose they are, the newest first. For administrators: ask permit.require first."""
    return ApiKey.objects.select_related("user").order_by("-pk")


def to_told(key: ApiKey) -> dict[str, Any]:
    """A key as administrators are told it, JSON-able: all but the key itself."""
    moments = ("made_at", "last_used_at", "expires_at", "revoked_at")
    at = {name: getattr(key, name) for name in moments}
    return {
        "number": key.pk,
        "username": key.user.username,
        "role": key.user.role,
        "name": key.name,
        "scopes": key.scopes.split(),
        **{name: moment.isoformat() if moment else None for name, moment in at.items()},
    }


def note_used_key(key: ApiKey) -> None:
    """It was shown now; written where that is news, and never in the way of what it was shown for."""
    now = timezone.now()
    if connection.in_atomic_block or (key.last_used_at and now - key.last_used_at < NEWS_AFTER):
        return
    with suppress(DatabaseError):
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


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
