"""Who the app is talking for: asked first, before anything else is shown."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.middleware.csrf import get_token
from django.utils import timezone
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pacs.access.accounts import person_behind
from pacs.access.breaking_glass import has_glass_to_break, lasting_breaks
from pacs.access.credentials import credential_of_request
from pacs.access.idle import lock_session, note_presence, told_idle
from pacs.access.link_copies import shown_uid
from pacs.access.middleware import actor_of
from pacs.access.notices import count_unseen
from pacs.access.permit import Act, may
from pacs.access.second_factors import second_factor_due
from pacs.access.setup import setup_needed
from pacs.access.share_links import link_behind
from pacs.access.standing import held_for
from pacs.access.step_up import ways_of

if TYPE_CHECKING:
    from pacs.access.actors import Actor

VERSION = "0.1.0"


class SessionView(APIView):
    """GET api/session."""

    permission_classes = [AllowAny]

    def get(self, request: Request) -> Response:
        """The person or null, the CSRF token that unsafe verbs must bring, and whether set-up is still to do."""
        return Response(
            {
                "user": _told(request),
                "guest": _told_guest(request),
                "held": _told_held(request),
                "csrf_token": get_token(request._request),
                "sso": settings.OIDC_NAME if settings.OIDC_ISSUER else None,
                "setup_needed": setup_needed(),
                "version": VERSION,
            }
        )


def _told_held(request: Request) -> dict[str, Any] | None:
    """Whose session opens nothing for now, what is asked of them, and by which ways they can say that it is they."""
    is_nobody = actor_of(request).kind == "nobody"
    held = held_for(credential_of_request(request._request)) if is_nobody else None
    if held is None:
        return None
    return {"username": held.user.username, "reason": held.reason, "ways": ways_of(held.user)}


def _told_guest(request: Request) -> dict[str, Any] | None:
    """What whoever came by a link may do."""
    actor = actor_of(request)
    link = link_behind(actor)
    if link is None:
        return None
    return {
        "link": link.public_id,
        "purpose": link.purpose,
        "study": shown_uid(link),
        "extent": actor.guest.extent if actor.guest is not None else link.extent,
        "deidentified": link.is_deidentified,
        "download": may(actor, Act.DOWNLOAD),  # their sender may have lost it since
        "sender": link.made_by.display_name or link.made_by.username,
        "expires_at": link.expires_at.isoformat(),
    }


class PresenceView(APIView):
    """POST api/session/presence."""

    def post(self, request: Request) -> Response:
        """Somebody is there: a finger, a key or a mouse moved. Puts the idle lock off."""
        note_presence(actor_of(request))
        return Response(status=204)


class LockView(APIView):
    """POST api/session/lock."""

    def post(self, request: Request) -> Response:
        """Lock the session now, on this device and nowhere else."""
        lock_session(actor_of(request))
        return Response(status=204)


def _told(request: Request) -> dict[str, Any] | None:
    actor = actor_of(request)
    user = person_behind(actor)
    if user is None:
        return None
    due = second_factor_due(user, request._request.session) if actor.session_key else None
    may_break = has_glass_to_break(actor)
    return {
        "username": user.username,
        "display_name": user.display_name or user.username,
        "role": user.role,
        "acts": sorted(actor.reach.rights),
        "unseen_notices": count_unseen(actor),
        "second_factor_due_at": due.isoformat() if due else None,
        "idle": told_idle(user, actor.session_key),
        "may_break_glass": may_break,
        "glass_breaks": _told_breaks(actor) if may_break else [],
    }


def _told_breaks(actor: Actor) -> list[dict[str, Any]]:
    """What they opened in emergencies, and in how many seconds each is locked again: no clock but ours is asked."""
    now = timezone.now()
    return [
        {"study": one.study_instance_uid, "ends_in_s": max(0, (one.ends_at - now) // timedelta(seconds=1))}
        for one in lasting_breaks(actor)
    ]
