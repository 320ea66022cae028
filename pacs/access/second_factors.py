"""A password alone does not guard images of others: staff need a second factor (promise P18, decision 26).

A passkey (which is two factors by itself) or an authenticator app. Whoever has none when they first sign in is asked,
and may work for some days of grace; then the account opens nothing but the ways to add one, until one is added.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils import timezone

from pacs.access.models import Role, User

STAFF = frozenset({Role.ADMINISTRATOR, Role.CLINICIAN, Role.TECHNOLOGIST})
GUARDING = (
    Authenticator.Type.WEBAUTHN,
    Authenticator.Type.TOTP,
)  # recovery codes only stand in for one of these
SSO = "socialaccount"  # allauth's name for a sign-in that another service vouched for


def begin_grace(user: User) -> None:
    """The days of grace of this account begin now, if they have not. Called at each sign-in."""
    if settings.STAFF_MFA and user.role in STAFF and user.second_factor_due_at is None:
        user.second_factor_due_at = timezone.now() + timedelta(days=settings.STAFF_MFA_GRACE_DAYS)
        user.save(update_fields=["second_factor_due_at"])


def second_factor_due(user: User, session: Mapping[str, Any]) -> datetime | None:
    """When this session of theirs opens nothing more without a second factor, maybe in the past; None: never.

    Of whoever signed in by single sign-on the other service asks what it wants.
    """
    if not settings.STAFF_MFA or user.role not in STAFF or _is_vouched_for(session):
        return None
    if Authenticator.objects.filter(user_id=user.pk, type__in=GUARDING).exists():
        return None
    return user.second_factor_due_at


def has_second_factor(user: User) -> bool:
    """Whether more than a password guards the account."""
    known = user.authenticator_set.all()  # type: ignore[attr-defined]  # allauth has no types
    return any(one.type in GUARDING for one in known)


def _is_vouched_for(session: Mapping[str, Any]) -> bool:
    records = session.get(AUTHENTICATION_METHODS_SESSION_KEY)
    return isinstance(records, list) and any(record.get("method") == SSO for record in records)
