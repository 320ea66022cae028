"""Routes of allauth that Lightbox does not offer: they end here, before allauth sees them.

Nobody signs themselves up, and accounts have neither a mail address nor a phone; an administrator sets a
forgotten password anew. Single sign-on begins at api/sso, and whom it opens an account to administrators say.
"""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from pacs.errors import NotFound
from pacs.http.errors import new_request_id, problem

CLOSED = (
    "auth/signup",
    "auth/code/confirm",
    "auth/password/request",
    "auth/password/reset",
    "auth/email/verify",
    "auth/email/verify/resend",
    "auth/phone/verify",
    "auth/phone/verify/resend",
    "account/email",
    "account/phone",
    "account/providers",
    "auth/provider/signup",
    "auth/provider/redirect",
    "auth/provider/token",
)


@csrf_exempt
def not_offered(request: HttpRequest) -> JsonResponse:
    """404."""
    return JsonResponse(problem(NotFound(), new_request_id()), status=404)


urlpatterns = [path(f"_allauth/browser/v1/{route}", not_offered) for route in CLOSED]
