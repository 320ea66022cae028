"""How far a connection reads ahead of who takes in a request's body: little, until somebody says that more is welcome.

Whoever takes a large body in piece by piece is woken for each piece; of a stranger's body little is held.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

EXTENSION = "lightbox.read_ahead"  # of the ASGI scope


def read_ahead(scope: MutableMapping[str, Any], most_bytes: int) -> None:
    """Of this request's body so many bytes may wait for the application, and what came with the last of them."""
    scope.setdefault("extensions", {})[EXTENSION] = most_bytes


def wanted_ahead(scope: Mapping[str, Any]) -> int:
    """What was asked for by read_ahead, in bytes; 0 where nobody did."""
    wanted: int = scope.get("extensions", {}).get(EXTENSION, 0)
    return wanted
