"""Whether an unsafe request that shows a cookie was meant by the person whose cookie it is (CSRF)."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from pacs.errors import NotAllowed


class _Check(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        # Django's own would write the path, and with it UIDs, to the log.
        raise NotAllowed(act="cross_site")


def refuse_forged(request: HttpRequest) -> None:
    """Nothing for a safe verb or one with our CSRF token (X-CSRFToken). Raises NotAllowed for one without."""
    check = _Check(lambda _: HttpResponse())
    check.process_request(request)
    check.process_view(request, lambda *_: HttpResponse(), (), {})


def refuse_forged_scope(scope: Mapping[str, Any]) -> None:
    """The same for an ASGI scope, whose body is not looked at: the token has to come as a header."""
    headers = [(name, value) for name, value in scope["headers"] if name != b"content-type"]
    refuse_forged(ASGIRequest({**scope, "headers": headers}, BytesIO()))
