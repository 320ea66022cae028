"""What a request shows of itself: a Bearer key, or else the cookie of a session."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest

from pacs.access.api_keys import digest_of

LONGEST_SESSION_KEY = 40  # the column of django_session


@dataclass(frozen=True)
class Credential:
    """A key's digest or a session's key; a browser adds the cookie by itself, so cookies need the CSRF check."""

    kind: Literal["key", "session", "none"]
    secret: str = field(default="", repr=False)


NONE = Credential("none")


def credential_of_request(request: HttpRequest) -> Credential:
    """What a Django request shows."""
    return _credential(
        request.headers.get("Authorization"), request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    )


def session_of_request(request: HttpRequest) -> Credential:
    """Its session alone, whatever else it shows: what goes by Django's own user goes by that."""
    return _credential(None, request.COOKIES.get(settings.SESSION_COOKIE_NAME))


def credential_of_scope(scope: Mapping[str, Any]) -> Credential:
    """What an ASGI scope (http or websocket) shows."""
    authorization: str | None = None
    session: str | None = None
    for name, value in scope["headers"]:
        if name == b"authorization":
            authorization = value.decode("latin-1")
        elif name == b"cookie":
            session = _cookie(value.decode("latin-1").split(";"), settings.SESSION_COOKIE_NAME) or session
    return _credential(authorization, session)


def _credential(authorization: str | None, session: str | None) -> Credential:
    scheme, _, key = (authorization or "").partition(" ")
    if scheme.lower() == "bearer":
        # A request that shows a key stands or falls by it: it never falls back to the browser's cookie.
        return Credential("key", digest_of(key.strip()))
    if session and len(session) <= LONGEST_SESSION_KEY and session.isascii() and session.isalnum():
        return Credential("session", session)
    return NONE


def _cookie(crumbs: Iterable[str], name: str) -> str | None:
    found = None
    for crumb in crumbs:
        key, _, value = crumb.partition("=")
        if key.strip() == name:
            found = value.strip()
    return found
