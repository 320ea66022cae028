"""Who the app is talking for: asked first, before anything else is shown."""

from __future__ import annotations

from typing import Any

from django.middleware.csrf import get_token
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pacs.access.accounts import person_behind
from pacs.access.middleware import actor_of
from pacs.access.notices import count_unseen
from pacs.access.setup import setup_needed
from pacs.access.share_links import link_behind

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
                "csrf_token": get_token(request._request),
                "setup_needed": setup_needed(),
                "version": VERSION,
            }
        )


def _told_guest(request: Request) -> dict[str, Any] | None:
    """What whoever came by a link may do."""
    actor = actor_of(request)
    link = link_behind(actor)
    if link is None:
        return None
    return {
        "link": link.public_id,
        "purpose": link.purpose,
        "study": link.study.study_instance_uid if link.study else None,
        "extent": link.extent,
        "download": link.may_download,
        "sender": link.made_by.display_name or link.made_by.username,
        "expires_at": link.expires_at.isoformat(),
    }


def _told(request: Request) -> dict[str, Any] | None:
    user = person_behind(actor_of(request))
    if user is None:
        return None
    return {
        "username": user.username,
        "display_name": user.display_name or user.username,
        "role": user.role,
        "unseen_notices": count_unseen(actor_of(request)),
    }
