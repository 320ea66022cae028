"""What somebody sees, and why; for administrators.

GET /api/people/{username}/sees          altogether
GET /api/people/{username}/sees/{study}  whether they see this study

{"username", "role", "is_active", "institution", "acts": [what they may do...], "sees", "studies" (how many),
 "ways": [{"reason", "words", "opens", "studies", "by": [{"kind": "grant" | "tie" | "account", ...}...]}...]}
"""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pacs.access.accounts import account_named
from pacs.access.audit import record
from pacs.access.explaining import Explanation, explain, explain_study
from pacs.access.middleware import actor_of
from pacs.access.permit import access_study
from pacs.api.people import Administers


class SeesView(APIView):
    """GET api/people/{username}/sees."""

    permission_classes = [Administers]

    def get(self, request: Request, username: str) -> Response:
        """What is open to them altogether."""
        user = account_named(username)
        record(actor_of(request), "access explained", account=user.username)
        return Response(to_told(explain(user)))


class SeesStudyView(APIView):
    """GET api/people/{username}/sees/{study}."""

    permission_classes = [Administers]

    def get(self, request: Request, username: str, study: str) -> Response:
        """Whether this study is open to them, and by what."""
        actor = actor_of(request)
        user, found = account_named(username), access_study(actor, study)
        record(actor, "access explained", study=found, account=user.username)
        return Response(to_told(explain_study(user, found)))


def to_told(told: Explanation) -> dict[str, Any]:
    """An explanation, JSON-able."""
    user = told.user
    return {
        "username": user.username,
        "display_name": user.display_name or user.username,
        "role": user.role,
        "is_active": user.is_active,
        "institution": user.institution_id,
        "acts": list(told.acts),
        "sees": told.sees,
        "studies": told.studies,
        "ways": [
            {
                "reason": str(one.reason),
                "words": one.words,
                "opens": one.opens,
                "studies": one.studies,
                "by": list(one.by),
            }
            for one in told.because
        ],
    }
