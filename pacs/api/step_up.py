"""Whether the person may act at once where Lightbox asks once more who they are, and how they can say it."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pacs.access.accounts import person_behind
from pacs.access.middleware import actor_of
from pacs.access.step_up import fresh_for_s, ways_of


class StepUpView(APIView):
    """GET api/step-up. What a page asks before it leads to a download, which could not ask."""

    def get(self, request: Request) -> Response:
        """Seconds for which the session counts as confirmed (0: ask first), and the ways of this account."""
        actor = actor_of(request)
        user = person_behind(actor)
        return Response(
            {"fresh_for_s": int(fresh_for_s(actor)), "ways": [] if user is None else ways_of(user)}
        )
