"""Single sign-on by OpenID Connect: another service says who somebody is; which account that opens, administrators say.

They write into an account by which name the service knows its person (User.sso_name, against the claim of
LIGHTBOX_OIDC_CLAIM). At the first sign-in so the account is tied to the service's own identifier for them, `sub`, which
alone counts from then on: it is the only claim that stays one person's (OpenID Connect Core 1.0, 5.7). Nobody signs
themselves up, nobody ties an account themself, and no account is found by anything else.

This module and allauth's own are only loaded where LIGHTBOX_OIDC_ISSUER names a service.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from requests import RequestException

from pacs.access import audit
from pacs.access.accounts import folded_sso_name
from pacs.access.actors import NOBODY, actor_for_user
from pacs.access.models import User
from pacs.errors import Overloaded

BACK = "/signin?sso="  # the page that people come back to; the word after it says how it went
DONE, UNKNOWN, FAILED, CANCELLED = "done", "unknown", "failed", "cancelled"
RETRY_AFTER_S = 10


class ApprovedAccounts(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """allauth's single sign-on, for accounts that an administrator opened to it."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The one of the settings: none can be added to the database."""
        apps = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for each in apps.values() for app in each]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """No."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Whose account it is; whoever has none is sent back, and written down."""
        claims = claims_of(sociallogin.account.extra_data)
        # What else the service told of them is not ours to keep.
        sociallogin.account.extra_data = {}
        if sociallogin.is_existing:
            sociallogin.account.save(update_fields=["extra_data"])
            user = sociallogin.user
        else:
            user = _approved(claims) if claims is not None else None
            if user is not None:
                _tie(request, sociallogin, user)
        if claims is None or user is None or not user.is_active:
            audit.record(NOBODY, "sign-in failed", outcome="refused", account=None, step="single sign-on")
            _send_back(UNKNOWN)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Back to the sign-in page, which says so in words; what the service said is for no log."""
        _send_back(CANCELLED if error == AuthError.CANCELLED else FAILED)


def begin(request: HttpRequest) -> str:
    """The address at which the service asks them who they are. Raises Overloaded where it does not answer."""
    adapter = ApprovedAccounts(request)
    provider = adapter.get_provider(request, settings.OIDC_ID)
    try:
        answer = provider.redirect(request, AuthProcess.LOGIN, next_url=BACK + DONE, headless=True)
    except (RequestException, OAuth2Error, ValueError, KeyError) as error:
        raise Overloaded(retry_after_s=RETRY_AFTER_S) from error
    return str(answer["Location"])


def claims_of(told: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the service says of somebody; None where its two answers are of two persons (Core 1.0, 5.3.2)."""
    by_token, by_service = told.get("id_token") or {}, told.get("userinfo") or {}
    if by_token and by_service and by_token.get("sub") != by_service.get("sub"):
        return None
    return {**by_token, **by_service}


def _approved(claims: Mapping[str, Any]) -> User | None:
    """The account that is opened to whom these claims name, and tied to nobody yet."""
    name = claims.get(settings.OIDC_CLAIM)
    if not isinstance(name, str) or not name.strip():
        return None
    # Whoever can write any address into their profile there would be anybody here.
    if settings.OIDC_CLAIM == "email" and claims.get("email_verified") is not True:
        return None
    user = User.objects.filter(sso_name=folded_sso_name(name)).first()
    if user is None or SocialAccount.objects.filter(user=user).exists():
        return None
    return user


def _tie(request: HttpRequest, sociallogin: SocialLogin, user: User) -> None:
    with transaction.atomic():
        sociallogin.connect(request, user)
        audit.record(actor_for_user(user), "authenticator added", type="single sign-on")


def _send_back(how: str) -> NoReturn:
    raise ImmediateHttpResponse(HttpResponseRedirect(BACK + how))
