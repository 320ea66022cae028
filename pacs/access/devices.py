"""Where an account is signed in: a row of allauth's (usersessions) for each session, which its person reads and ends.

The session itself decides (access.standing): the row only tells of it. Ending one deletes the session, which raises
the access epoch, so that the other device is refused at its next request and its sockets close in seconds (P14).
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address

from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from pacs.access import audit
from pacs.access.actors import Actor, actor_for_user
from pacs.access.models import User
from pacs.access.whence import address_now

NOWHERE = "::"  # RFC 4291 2.5.2: an address that is none, of whoever comes by a socket of this machine
MOST_OF_AGENT = 200  # letters of what a browser says of itself: the column of allauth


class Devices(DefaultUserSessionsAdapter):  # type: ignore[misc]  # allauth has no types
    """allauth's way to end sessions, written down."""

    def end_sessions(self, sessions: Iterable[UserSession]) -> None:
        """All of them, now."""
        for session in sessions:
            end_session(session, actor=actor_for_user(session.user))


def end_session(session: UserSession, *, actor: Actor) -> None:
    """Sign this device out, now."""
    with transaction.atomic():
        audit.record(actor, "session ended", account=session.user.username, session=session.pk)
        session.end()


def note_device(request: HttpRequest, user: User) -> None:
    """This session is this person's, from this device. Called at each sign-in, by whichever way it came."""
    if not request.session.session_key:
        request.session.save()
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "ip": address_of(request),
            "user_agent": request.META.get("HTTP_USER_AGENT", "")[:MOST_OF_AGENT],
            "last_seen_at": timezone.now(),
            "data": {},
        },
    )


def address_of(request: HttpRequest) -> str:
    """The address at the other end of the connection, as the trail has it; NOWHERE where there is none."""
    told = address_now() or str(request.META.get("REMOTE_ADDR", ""))
    try:
        return str(ip_address(told.partition("%")[0]))  # without the zone of a link-local one
    except ValueError:
        return NOWHERE


def forget_sso(user: User) -> None:
    """Untie the account from whom single sign-on tied it to, and sign out everywhere."""
    if settings.OIDC_ISSUER:
        from allauth.socialaccount.models import SocialAccount

        SocialAccount.objects.filter(user=user).delete()
    sign_out_everywhere(user)


def sign_out_everywhere(user: User) -> None:
    """End every session of this account, now. Part of a deed that is written down."""
    for session in UserSession.objects.filter(user=user):
        session.end()


def clear_ended_devices() -> None:
    """Forget the rows of sessions that are no more."""
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
