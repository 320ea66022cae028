"""What the guest of a link asks before anything is open to them: whose link it is, and to be let in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pacs.access import link_opening
from pacs.access.forgery import refuse_forged
from pacs.access.guests import begin_stay, end_stay
from pacs.access.link_copies import being_prepared, shown_uid
from pacs.access.middleware import actor_of
from pacs.errors import NotSignedIn

if TYPE_CHECKING:
    from pacs.access.models import GuestLink

LONGEST = 256


class _Presented(serializers.Serializer[None]):
    id = serializers.CharField(max_length=LONGEST)
    secret = serializers.CharField(max_length=LONGEST)


class _Answered(_Presented):
    answer = serializers.CharField(max_length=32)


class LinkView(APIView):
    """POST api/links/look."""

    permission_classes = [AllowAny]
    authentication_classes = ()
    bodies = {"POST": _Presented}

    def post(self, request: Request) -> Response:
        """Who shared until when, and what is asked for; 404 for a link that opens nothing. Changes nothing."""
        link = link_opening.look_at(_presented(_valid(_Presented, request)))
        return Response(
            {
                "purpose": link.purpose,
                "challenge": link.challenge,
                "sender": link.made_by.display_name or link.made_by.username,
                "expires_at": link.expires_at.isoformat(),
                "preparing": _progress(link),
                "opens_at": None if link_opening.has_begun(link) else link.not_before,
            }
        )


class LinkOpeningView(APIView):
    """POST api/links/open. Needs our CSRF token: no other site may sign a person out by a link of its own."""

    permission_classes = [AllowAny]
    authentication_classes = ()
    bodies = {"POST": _Answered}

    def post(self, request: Request) -> Response:
        """What is open now, to this browser; 403 with the tries that are left for a wrong answer.

        409 while the images are still being prepared: nothing is counted.
        """
        given = _valid(_Answered, request)
        presented = _presented(given)
        link_opening.look_at(presented)  # what opens nothing is answered alike, whoever asks
        refuse_forged(request._request)
        link = link_opening.open_link(presented, given["answer"])
        begin_stay(request._request, link)
        return Response({"study": shown_uid(link)})


class LinkCodeView(APIView):
    """POST api/links/code. Needs our CSRF token."""

    permission_classes = [AllowAny]
    authentication_classes = ()
    bodies = {"POST": _Presented}

    def post(self, request: Request) -> Response:
        """Send a code to the address that the sender named."""
        presented = _presented(_valid(_Presented, request))
        link_opening.look_at(presented)
        refuse_forged(request._request)
        link_opening.send_code(presented)
        return Response(status=204)


class StayView(APIView):
    """DELETE api/links/stay."""

    def delete(self, request: Request) -> Response:
        """Leave: nothing is open to this browser any more."""
        if actor_of(request).guest is None:
            raise NotSignedIn
        end_stay(request._request)
        answer = Response(status=204)
        answer["Clear-Site-Data"] = (
            '"cache"'  # the next who holds this phone sees nothing of it (promise P16)
        )
        return answer


def _progress(link: GuestLink) -> dict[str, int] | None:
    """How far the copy is that a link without names will show; None where nobody has to wait for one."""
    copy = being_prepared(link)
    return {"total": copy.total, "done": copy.done + copy.left_out} if copy is not None else None


def _valid(form: type[serializers.Serializer[None]], request: Request) -> dict[str, Any]:
    given = form(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def _presented(given: dict[str, Any]) -> link_opening.Presented:
    return link_opening.Presented(given["id"], given["secret"])
