"""A guest's stay: the session that the opening of a link begins, in place of whatever the browser was before."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import logout
from django.utils import timezone

if TYPE_CHECKING:
    from django.http import HttpRequest

    from pacs.access.models import GuestLink

GUEST_KEY = "lightbox_link"  # in a session: the number of the link that its browser came by


def begin_stay(request: HttpRequest, link: GuestLink) -> None:
    """From now on this browser is the guest of a link: who was signed in in it is signed out."""
    logout(request)
    request.session[GUEST_KEY] = link.pk
    request.session.set_expiry(_seconds_until(link.expires_at))


def end_stay(request: HttpRequest) -> None:
    """From now on this browser is nobody's."""
    request.session.flush()


def _seconds_until(ends_at: datetime) -> int:
    left = (ends_at - timezone.now()).total_seconds()
    return max(1, min(int(left), int(settings.SESSION_COOKIE_AGE)))
