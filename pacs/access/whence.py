"""Where what is done now was asked from: the address at the other end of the connection, for the trail.

It goes beside a request and not through every call: the trail is written far behind the doors, in rooms that know
nothing of connections. Whoever hands work to a thread hands the context along (pacs.http.lanes, Django, asyncio do).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

LONGEST_ADDRESS = 45  # of IPv6 with an IPv4 address at its end, as text

_address: ContextVar[str] = ContextVar("address", default="")


@contextmanager
def asked_from(scope: Mapping[str, Any]) -> Iterator[None]:
    """All within is done for the client of this ASGI connection (of a proxy that is trusted: for whom it names)."""
    client = scope.get("client")
    before = _address.set(str(client[0])[:LONGEST_ADDRESS] if client else "")
    try:
        yield
    finally:
        _address.reset(before)


def address_now() -> str:
    """The client's address; empty where nobody asked from anywhere."""
    return _address.get()
