"""API keys of devices and programs, for administrators: what each is good for, when it was used last, and its end."""

from __future__ import annotations

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pacs.access import api_keys
from pacs.access.accounts import account_named
from pacs.access.audit import record
from pacs.access.authentication import IsFresh
from pacs.access.middleware import actor_of
from pacs.api.people import Administers


class _NewKey(serializers.Serializer[None]):
    username = serializers.CharField(max_length=150)
    name = serializers.CharField(max_length=128)
    scopes = serializers.MultipleChoiceField(choices=api_keys.SCOPES, default=set)
    days = serializers.IntegerField(min_value=1, max_value=3650, default=api_keys.KEY_DAYS)


class KeysView(APIView):
    """GET, POST api/keys."""

    permission_classes = [Administers, IsFresh]
    bodies = {"POST": _NewKey}

    def get(self, request: Request) -> Response:
        """Every key, the newest first; none is told as it is."""
        record(actor_of(request), "accounts read")
        return Response({"keys": [api_keys.to_told(key) for key in api_keys.all_keys()]})

    def post(self, request: Request) -> Response:
        """A new key, which is told this once. Without scopes it is good for all that its account may do."""
        form = _NewKey(data=request.data)
        form.is_valid(raise_exception=True)
        given = form.validated_data
        user = account_named(given.pop("username"))
        key = api_keys.issue_api_key(user, actor=actor_of(request), **given)
        return Response({"key": key}, status=201)


class KeyView(APIView):
    """DELETE api/keys/{number}."""

    permission_classes = [Administers]

    def delete(self, request: Request, number: int) -> Response:
        """End it, from the next request on."""
        api_keys.revoke_api_key(number, actor=actor_of(request))
        return Response(status=204)
