"""Every way into Lightbox, as the code itself lists them."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from pacs.dicomweb.retrieve import ROUTES as RETRIEVALS
from viewer.api.door import ROUTES
from viewer.streaming.routing import SOCKETS


def routes() -> set[str]:
    """Every route there is: Django's patterns, those of the doors in front of it, and the sockets."""
    djangos = set(_patterns(get_resolver().url_patterns))
    return (
        djangos
        | {f"door {route.name}" for route in ROUTES}
        | {f"retrieve {route.name}" for route in RETRIEVALS}
        | {f"socket {path}" for path in SOCKETS}
        | {"stow"}
    )


def _patterns(found: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for one in found:
        here = before + str(one.pattern)
        if here == "admin/":
            yield here  # one site, one check for all of its pages
        elif isinstance(one, URLResolver):
            yield from _patterns(one.url_patterns, here)
        else:
            yield here
