"""The REST framework's view of our actors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from pacs.access.actors import Actor
from pacs.access.forgery import refuse_forged
from pacs.access.middleware import actor_of
from pacs.access.step_up import require_fresh
from pacs.errors import NotSignedIn

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which imports this module, by its name in the settings


class ActorAuthentication(BaseAuthentication):
    """The actor that the middleware found, as request.user; with a cookie, unsafe verbs need the CSRF token."""

    def authenticate(self, request: Request) -> tuple[Actor, None] | None:
        """The actor; None for nobody. Raises NotAllowed for an unsafe verb that another site may have sent."""
        actor = actor_of(request)
        if actor.kind == "nobody":
            return None
        if actor.session_key is not None:
            refuse_forged(request._request)
        return actor, None

    def authenticate_header(self, request: Request) -> str:
        """What a client without a browser may show."""
        return 'Bearer realm="lightbox"'


class IsFresh(BasePermission):
    """Whoever showed lately who they are, for the verbs that change something: see access.step_up."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """True. Raises NotSignedIn, NotFresh."""
        if request.method not in SAFE_METHODS:
            require_fresh(actor_of(request))
        return True


class IsSomeone(BasePermission):
    """Anyone who is signed in or holds a key."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """True. Raises NotSignedIn."""
        if actor_of(request).kind == "nobody":
            raise NotSignedIn
        return True
