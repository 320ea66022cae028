"""Single sign-on: off to the service that says who people are, and back from it."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pacs.access.forgery import refuse_forged
from pacs.errors import NotFound


class SsoView(APIView):
    """POST api/sso."""

    permission_classes = [AllowAny]

    def post(self, request: Request) -> Response:
        """Where to send the browser; it comes back to sso/callback, and from there to the sign-in page."""
        if not settings.OIDC_ISSUER:
            raise NotFound
        refuse_forged(request._request)
        from pacs.access.single_sign_on import begin

        return Response({"address": begin(request._request)})


def sso_callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """GET sso/callback: what the service says of whom it sent back (allauth's)."""
    if not settings.OIDC_ISSUER:
        raise Http404
    from allauth.socialaccount.providers.openid_connect.views import callback

    answer: HttpResponseBase = callback(request, provider_id)
    return answer
