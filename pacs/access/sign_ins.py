"""Signing in and out, written down: by Django's and allauth's own signals, whichever way in was used."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import authentication_step_completed, password_changed
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from pacs.access import audit
from pacs.access.actors import NOBODY, Actor, actor_for_user
from pacs.access.devices import note_device
from pacs.access.idle import unlock_session
from pacs.access.models import User
from pacs.access.second_factors import begin_grace


def listen() -> None:
    """Hear of them. Called once, in AppConfig.ready."""
    user_logged_in.connect(_signed_in)
    authentication_step_completed.connect(_shown_again)
    user_logged_out.connect(_signed_out)
    user_login_failed.connect(_failed)
    authentication_failed.connect(_failed_second)
    password_changed.connect(_password_changed)
    authenticator_added.connect(_authenticator_added)
    authenticator_removed.connect(_authenticator_removed)
    authenticator_reset.connect(_authenticator_reset)


def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    note_device(request, user)
    begin_grace(user)
    audit.record(actor_for_user(user), "signed in")


def _shown_again(request: HttpRequest, user: User, reauthenticated: bool = False, **_: Any) -> None:
    if reauthenticated:
        unlock_session(request, user)


def _signed_out(user: User | None, **_: Any) -> None:
    if user is not None:
        audit.record(actor_for_user(user), "signed out")


def _failed(credentials: dict[str, Any], **_: Any) -> None:
    typed = str(credentials.get("username", ""))
    # The name only of an account that exists: what is typed there by mistake is often a password.
    known = User.objects.filter(username__iexact=typed).values_list("username", flat=True).first()
    audit.record(NOBODY, "sign-in failed", outcome="refused", account=known)


def _failed_second(user: User, **_: Any) -> None:
    audit.record(NOBODY, "sign-in failed", outcome="refused", account=user.username, step="second factor")


def _password_changed(user: User, **_: Any) -> None:
    audit.record(actor_for_user(user), "password changed", account=user.username)


def _authenticator_added(user: User, authenticator: Any, **_: Any) -> None:
    _authenticator(actor_for_user(user), "authenticator added", authenticator)


def _authenticator_removed(user: User, authenticator: Any, **_: Any) -> None:
    _authenticator(actor_for_user(user), "authenticator removed", authenticator)


def _authenticator_reset(user: User, authenticator: Any, **_: Any) -> None:
    _authenticator(actor_for_user(user), "authenticator reset", authenticator)


def _authenticator(actor: Actor, action: str, authenticator: Any) -> None:
    audit.record(actor, action, type=str(authenticator.type))
