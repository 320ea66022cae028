"""The idle lock: a session at which nobody was for a while is held until its person shows that it is they.

That somebody is there the app says, of fingers, keys and mice (api/session/presence); what a page asks for by itself is
no sign of anybody. When it was said last, and that a person locked it themself, stands in allauth's row of the session;
a session without a row is locked.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from pacs.access import audit
from pacs.access.actors import Actor, actor_for_user
from pacs.access.devices import note_device
from pacs.access.models import Role, User

LOCKED = "locked"  # in a row's data
SPARED = timedelta(seconds=10)  # presence that is said again so soon is not written


def idle_after(role: str | None) -> timedelta:
    """For how long nobody may be there."""
    minutes = settings.IDLE_LOCK_PATIENT_MINUTES if role == Role.PATIENT else settings.IDLE_LOCK_MINUTES
    return timedelta(minutes=minutes)


def locks_at(user: User, session_key: str) -> datetime | None:
    """When this session is locked if nobody shows; None: it is locked."""
    row = UserSession.objects.filter(session_key=session_key).first()
    if row is None or row.data.get(LOCKED):
        return None
    at: datetime = row.last_seen_at + idle_after(user.role)
    return at if at > timezone.now() else None


def told_idle(user: User, session_key: str | None) -> dict[str, int] | None:
    """In how many seconds a session is locked if nobody shows, and how many each sign of somebody gives."""
    at = locks_at(user, session_key) if session_key is not None else None
    if at is None:
        return None
    left = at - timezone.now()
    return {
        "locks_in_s": max(0, int(left.total_seconds())),
        "after_s": int(idle_after(user.role).total_seconds()),
    }


def note_presence(actor: Actor) -> None:
    """Somebody is there. Asked of who may act: a session that is locked is nobody's."""
    now = timezone.now()
    rows = UserSession.objects.filter(session_key=actor.session_key, last_seen_at__lt=now - SPARED)
    rows.update(last_seen_at=now)


def lock_session(actor: Actor) -> None:
    """Lock it now."""
    with transaction.atomic():
        row = UserSession.objects.select_for_update().filter(session_key=actor.session_key).first()
        if row is None or row.data.get(LOCKED):
            return
        row.data = {**row.data, LOCKED: True}
        row.save(update_fields=["data"])
        audit.record(actor, "session locked")


def unlock_session(request: HttpRequest, user: User) -> None:
    """Its person showed that it is they: it goes on."""
    key = request.session.session_key
    if key is None or locks_at(user, key) is not None:
        return
    with transaction.atomic():
        note_device(request, user)
        audit.record(actor_for_user(user, key), "session unlocked")
