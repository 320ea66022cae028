"""Step-up: what reaches far (share, export, break-glass, delete for good, keys, accounts) asks once more who is acting.

A session may lie open on a desk. So these acts want that its person showed in the last minutes that it is they: by
signing in, or by saying it again with a passkey, a code or the password (allauth's reauthentication, which writes
both into the session). A key is no person that could be asked: what it may do is bounded by its scopes.
"""

from __future__ import annotations

import time
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session

from pacs.access.actors import Actor
from pacs.access.models import User
from pacs.errors import NotFresh, NotSignedIn

FRESH_S = 300.0


def require_fresh(actor: Actor) -> None:
    """Nothing for a key, the system, a guest (who has no account to show) and a person who showed lately who they are.

    Lately is within FRESH_S. Call it before the act is looked at: it tells nothing of what is acted upon.
    Raises NotSignedIn, NotFresh.
    """
    if actor.kind == "nobody":
        raise NotSignedIn
    if actor.kind == "person" and actor.session_key is not None and fresh_for_s(actor) <= 0:
        raise NotFresh(within_s=FRESH_S)


def fresh_for_s(actor: Actor) -> float:
    """For how many seconds more the actor may act so; 0 where they are to be asked first, or have no session."""
    shown_at = max((_moment(record) for record in _records(actor)), default=0.0)
    return max(0.0, min(FRESH_S, shown_at + FRESH_S - time.time()))


def ways_of(user: User) -> list[str]:
    """How this account can show who it is: "password", "webauthn", "totp", "recovery_codes"."""
    kinds = set(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))
    ways = [str(kind) for kind in Authenticator.Type if kind in kinds]
    return [*ways, "password"] if user.has_usable_password() else ways


def _records(actor: Actor) -> list[dict[str, Any]]:
    # Not from the memory of decisions: the answer has to hold just after the person was asked.
    session = Session.objects.filter(session_key=actor.session_key).first()
    records = session.get_decoded().get(AUTHENTICATION_METHODS_SESSION_KEY) if session else None
    return records if isinstance(records, list) else []


def _moment(record: dict[str, Any]) -> float:
    at = record.get("at")
    return float(at) if isinstance(at, int | float) else 0.0
