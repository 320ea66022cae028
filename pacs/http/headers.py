"""What the doors in front of Django do for themselves, as its middleware does for all behind it: the security
headers of an answer, and a look at the name by which the server was reached."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from django.conf import settings
from django.http.request import validate_host

Header = tuple[bytes, bytes]

# A picture, or an answer in JSON, that is opened as a page of its own may do nothing.
NOTHING = "default-src 'none'; frame-ancestors 'none'; sandbox"


def security_headers(content_policy: str = NOTHING) -> tuple[Header, ...]:
    """Those that are on every answer, whatever it tells."""
    headers = [
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"x-frame-options", b"DENY"),
        (b"content-security-policy", content_policy.encode()),
    ]
    if settings.SECURE_HSTS_SECONDS:
        # This host alone, as Django's own header has it: the others of the domain are not ours.
        headers.append((b"strict-transport-security", b"max-age=%d" % settings.SECURE_HSTS_SECONDS))
    return tuple(headers)


SECURITY_HEADERS = security_headers()


def with_security(headers: Iterable[Header]) -> list[Header]:
    """Those of an answer, and the security headers that it does not bring itself."""
    own = list(headers)
    named = {name for name, _ in own}
    return [*(one for one in SECURITY_HEADERS if one[0] not in named), *own]


def framed_by_us(content_policy: str) -> tuple[Header, ...]:
    """For a page that our own app shows within its own: this policy, whose frame-ancestors are ours alone."""
    return ((b"content-security-policy", content_policy.encode()), (b"x-frame-options", b"SAMEORIGIN"))


NO_STORE: Header = (b"cache-control", b"private, no-store")
LONGEST_HOST = 261  # a name of DNS with its final dot (RFC 1035 2.3.4), and a port


def is_our_host(host: bytes) -> bool:
    """Whether a Host header names us; a page elsewhere that made its own name point here does not (DNS rebinding)."""
    return len(host) <= LONGEST_HOST and _is_our_host(host)  # what is longer is not even remembered


@lru_cache(maxsize=64)
def _is_our_host(host: bytes) -> bool:
    name = re.sub(r":\d+$", "", host.decode("latin-1")).lower().rstrip(".")
    return validate_host(name, settings.ALLOWED_HOSTS)
