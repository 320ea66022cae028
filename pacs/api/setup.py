"""The first administrator, by the one-time link."""

from __future__ import annotations

from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pacs.access.setup import finish_setup


class _Setup(serializers.Serializer[None]):
    token = serializers.CharField(max_length=128)
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1024, trim_whitespace=False)
    display_name = serializers.CharField(max_length=128, allow_blank=True, default="")


class SetupView(APIView):
    """POST api/setup. Needs no CSRF token: the link's own is a secret that no other site has."""

    permission_classes = [AllowAny]
    authentication_classes = ()
    bodies = {"POST": _Setup}

    def post(self, request: Request) -> Response:
        """204; 404 for a link that is wrong, used or replaced."""
        given = _Setup(data=request.data)
        given.is_valid(raise_exception=True)
        finish_setup(**given.validated_data)
        return Response(status=204)
