"""Who writes the trail, as the standards ask: this server, by the address under which people know it."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

NAME = "Lightbox"


def site_address() -> str:
    """The address of this server, as a URI."""
    return str(settings.PUBLIC_URL or f"http://{settings.BIND}")


def site_host() -> str:
    """Its host name."""
    return urlsplit(site_address()).hostname or "localhost"
