"""When a session acts for its person no more, though it goes on: it is held until they do what is asked of them.

To every door a held session is nobody's (access.standing). What stays open is the way out of it: to sign out, and the
steps of allauth by which its person does what is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils import timezone

from pacs.access.idle import locks_at
from pacs.access.models import User
from pacs.access.second_factors import second_factor_due


class Reason(StrEnum):
    """What is asked of the person."""

    LOCKED = "locked"  # to show that it is they: access.idle
    SECOND_FACTOR = "second_factor"  # to add one: access.second_factors


@dataclass(frozen=True)
class Held:
    """Whose session it is, and why it is held."""

    user: User
    reason: Reason


@dataclass(frozen=True)
class Hold:
    """Why a session is held, if it is; else when it will be, if nothing is done before (None: not by itself)."""

    reason: Reason | None
    begins_at: datetime | None = None


def hold_on(user: User, session_key: str, session: Mapping[str, Any]) -> Hold:
    """Of a session of theirs, by its key and what is in it."""
    idle = locks_at(user, session_key)
    if idle is None:
        return Hold(Reason.LOCKED)
    due = second_factor_due(user, session)
    if due is not None and due <= timezone.now():
        return Hold(Reason.SECOND_FACTOR)
    return Hold(None, min(idle, due) if due is not None else idle)


_ALLAUTH = "/_allauth/browser/v1/"
# Exactly these, or what lies below those that end with a slash.
_WAYS_OUT = (
    "config",
    "auth/session",
    "auth/reauthenticate",
    "auth/2fa/reauthenticate",
    "auth/webauthn/reauthenticate",
)
_WAYS: dict[Reason, tuple[str, ...]] = {
    Reason.LOCKED: _WAYS_OUT,
    Reason.SECOND_FACTOR: (*_WAYS_OUT, "account/authenticators", "account/authenticators/"),
}


def leads_out(path: str, reason: Reason) -> bool:
    """Whether a held session may ask this of allauth."""
    if not path.startswith(_ALLAUTH):
        return False
    asked = path.removeprefix(_ALLAUTH)
    return any(asked.startswith(way) if way.endswith("/") else asked == way for way in _WAYS[reason])
