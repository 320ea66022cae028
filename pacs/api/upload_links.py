"""Links by which somebody without an account sends studies in: made here, listed and taken back as all links are.

POST /api/upload-links  {"hours", "challenge": "pin" | "email", "pin", "email", "recipient", "quota_bytes",
    "quota_objects"} -> 201, the link as api/shares tells it, with `path` and `pin`, which are told this once.
    For who may store and share. Asks who is acting (403 not_fresh).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pacs.access.link_answers import MOST_PIN_DIGITS
from pacs.access.middleware import actor_of
from pacs.access.permit import Act, require
from pacs.access.share_links import Terms
from pacs.access.step_up import require_fresh
from pacs.access.upload_links import MOST_BYTES, MOST_OBJECTS, issue_upload_link
from pacs.api.shares import MOST_HOURS, told_links

DEFAULT_BYTES = 4_000_000_000
DEFAULT_OBJECTS = 10_000


class _NewUploadLink(serializers.Serializer[Any]):
    hours = serializers.IntegerField(min_value=1, max_value=MOST_HOURS)
    challenge = serializers.ChoiceField(choices=("pin", "email"), default="pin")
    pin = serializers.CharField(max_length=MOST_PIN_DIGITS, allow_blank=True, default="")
    email = serializers.EmailField(allow_blank=True, default="")
    recipient = serializers.CharField(max_length=128, allow_blank=True, default="")
    quota_bytes = serializers.IntegerField(min_value=1, max_value=MOST_BYTES, default=DEFAULT_BYTES)
    quota_objects = serializers.IntegerField(min_value=1, max_value=MOST_OBJECTS, default=DEFAULT_OBJECTS)


class UploadLinksView(APIView):
    """POST api/upload-links."""

    bodies = {"POST": _NewUploadLink}

    def post(self, request: Request) -> Response:
        """A new link. Its address and its PIN are told this once."""
        actor = actor_of(request)
        require(actor, Act.STORE)
        require(actor, Act.SHARE)
        form = _NewUploadLink(data=request.data)
        form.is_valid(raise_exception=True)
        given = dict(form.validated_data)
        require_fresh(actor)
        terms = Terms(
            expires_at=timezone.now() + timedelta(hours=given["hours"]),
            challenge=given["challenge"],
            pin=given["pin"],
            email=given["email"],
            recipient=given["recipient"],
        )
        issued = issue_upload_link(
            terms, quota_bytes=given["quota_bytes"], quota_objects=given["quota_objects"], actor=actor
        )
        (told,) = told_links(actor, [issued.link])
        return Response({**told, "path": issued.path, "pin": issued.pin}, status=201)
