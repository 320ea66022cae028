"""Puts who acts on every Django request, and the headers that keep patients' data from lying about."""

from __future__ import annotations

from typing import cast

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.utils.decorators import sync_and_async_middleware
from django.utils.functional import SimpleLazyObject

from pacs.access.actors import Actor
from pacs.access.credentials import credential_of_request, session_of_request
from pacs.access.held import leads_out
from pacs.access.standing import actor_for, held_for

PRIVATE_PREFIXES = ("/api/", "/dicom-web/", "/fhir/", "/_allauth/", "/admin/", "/view/", "/sso/")
SIGNED_IN_PREFIXES = ("/_allauth/", "/admin/")  # who go by Django's own user, and not by our actor
SIGN_OUT = ("DELETE", "/_allauth/browser/v1/auth/session")


def actor_of(request: HttpRequest) -> Actor:
    """Who sends this request (Django's, or REST framework's around it); asks the database the first time only."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]


@sync_and_async_middleware
def ActorMiddleware(get_response):  # type: ignore[no-untyped-def]
    """`request.actor`, found out when it is first asked for; no way in for a held session; and the headers."""
    if iscoroutinefunction(get_response):

        async def in_async(request: HttpRequest) -> HttpResponseBase:
            _put_actor(request)
            refusal = await sync_to_async(_refuse_held)(request) if _goes_by_user(request) else None
            return _put_headers(request, refusal or await get_response(request))

        return in_async

    def in_sync(request: HttpRequest) -> HttpResponseBase:
        _put_actor(request)
        refusal = _refuse_held(request) if _goes_by_user(request) else None
        return _put_headers(request, refusal or get_response(request))

    return in_sync


def _put_actor(request: HttpRequest) -> None:
    request.actor = SimpleLazyObject(lambda: actor_for(credential_of_request(request)))  # type: ignore[attr-defined]


def _goes_by_user(request: HttpRequest) -> bool:
    return request.path_info.startswith(SIGNED_IN_PREFIXES)


def _refuse_held(request: HttpRequest) -> HttpResponseBase | None:
    """What a held session is answered; None where it is none, or asks for the way out (access.held)."""
    held = held_for(session_of_request(request))
    if held is None or leads_out(request.path_info, held.reason):
        return None
    if request.path_info.startswith("/admin/"):
        return HttpResponseRedirect("/")
    return JsonResponse(
        {"status": 401, "data": {"flows": []}, "meta": {"is_authenticated": False}}, status=401
    )


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
