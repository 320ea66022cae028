"""One request at a door in front of Django, as its handlers see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest

from pacs.errors import BadRequest, NotFound

if TYPE_CHECKING:
    from django.http import HttpRequest

MOST_PARAMETERS = 16
LOOPBACK = ("127.0.0.1", "::1")
DEFAULT_PORTS = {"http": 80, "https": 443}


def origin_of(request: HttpRequest) -> str:
    """Scheme and host under which the client of a view reaches us: what the doors before Django say.

    Raises DisallowedHost for a name that is not ours, which is answered with 400.
    """
    request.get_host()
    if isinstance(request, ASGIRequest):
        return DoorRequest(request.scope, {}).origin()
    return str(settings.PUBLIC_URL) or request.build_absolute_uri("/").rstrip("/")


@dataclass(frozen=True)
class DoorRequest:
    """The ASGI scope of a GET or HEAD, and what the route's pattern found in its path."""

    scope: Mapping[str, Any]
    arguments: Mapping[str, str]

    def header(self, name: bytes) -> str:
        """A header by its lower-case name; several are joined (RFC 9110 5.3). Empty when it is not there."""
        values = [value for known, value in self.scope["headers"] if known == name]
        return b", ".join(values).decode("latin-1")

    def origin(self) -> str:
        """Scheme and host under which the client reaches us.

        Some clients leave the port out of their Host header: of an address that is this very socket's, it is known.
        """
        if settings.PUBLIC_URL:
            return str(settings.PUBLIC_URL)
        scheme, host = self.scope.get("scheme", "http"), self.header(b"host")
        address, port = self.scope.get("server") or ("", None)
        is_this_socket = host == address or (host == "localhost" and address in LOOPBACK)
        if is_this_socket and port and port != DEFAULT_PORTS.get(scheme):
            host = f"{host}:{port}"
        return f"{scheme}://{host}"

    def require_named(self, **true_uids: str) -> None:
        """Raises NotFound when the path names another study or series than these."""
        if any(self.arguments.get(name, uid) != uid for name, uid in true_uids.items()):
            raise NotFound

    def parameters(self) -> dict[str, str]:
        """The query. Raises BadRequest for a parameter given twice, or too many."""
        return dict(parameters_of(self.scope["query_string"]))


@lru_cache(maxsize=512)
def parameters_of(query: bytes) -> tuple[tuple[str, str], ...]:
    """A query's names and values. Raises BadRequest as DoorRequest.parameters.

    The tiles of a slice are asked for in the same words, and so are the slices of a series.
    """
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
    except ValueError:
        raise BadRequest(parameter="query", reason="too many parameters, or not ASCII") from None
    if len(dict(pairs)) != len(pairs):
        raise BadRequest(parameter="query", reason="a parameter is given twice")
    return tuple(pairs)
