"""Puts who acts on every Django request, and the headers that keep patients' data from lying about."""

from __future__ import annotations

from typing import cast

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from django.utils.functional import SimpleLazyObject

from pacs.access.actors import Actor
from pacs.access.credentials import credential_of_request
from pacs.access.standing import actor_for

PRIVATE_PREFIXES = ("/api/", "/dicom-web/", "/fhir/", "/_allauth/", "/admin/", "/view/")
SIGN_OUT = ("DELETE", "/_allauth/browser/v1/auth/session")


def actor_of(request: HttpRequest) -> Actor:
    """Who sends this request (Django's, or REST framework's around it); asks the database the first time only."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]


@sync_and_async_middleware
def ActorMiddleware(get_response):  # type: ignore[no-untyped-def]
    """`request.actor`, found out when it is first asked for; and the headers."""
    if iscoroutinefunction(get_response):

        async def in_async(request: HttpRequest) -> HttpResponseBase:
            _put_actor(request)
            return _put_headers(request, await get_response(request))

        return in_async

    def in_sync(request: HttpRequest) -> HttpResponseBase:
        _put_actor(request)
        return _put_headers(request, get_response(request))

    return in_sync


def _put_actor(request: HttpRequest) -> None:
    request.actor = SimpleLazyObject(lambda: actor_for(credential_of_request(request)))  # type: ignore[attr-defined]


def _put_headers(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    headers = response.headers
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if not request.path_info.startswith(PRIVATE_PREFIXES):
        return response
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "private, no-store"
    if response.status_code == 401:
        headers.setdefault("WWW-Authenticate", 'Bearer realm="lightbox"')  # RFC 9110 15.5.2
    if (request.method, request.path_info) == SIGN_OUT:
        # Tiles may be kept by the browser for minutes: on a shared phone they go with the person (P16).
        headers["Clear-Site-Data"] = '"cache"'
    return response
