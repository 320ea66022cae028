"""Which content coding a client takes (RFC 9110 12.5.3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

LONGEST = 512
_CODING = re.compile(r"\s*([\w*-]+)\s*(?:;\s*q\s*=\s*([0-9.]{1,5})\s*)?")


def choose_encoding(accept_encoding: str, offered: Sequence[str]) -> str:
    """The offered coding that the client likes best, of equals the one offered first; empty for none."""
    wishes = _wishes(accept_encoding[:LONGEST])
    liked = [(wishes.get(name, wishes.get("*", 0.0)), -place) for place, name in enumerate(offered)]
    q, place = max(liked, default=(0.0, 0))
    return offered[-place] if q > 0 and q >= wishes.get("identity", 0.0) else ""


@lru_cache(maxsize=64)
def _wishes(text: str) -> dict[str, float]:
    wishes: dict[str, float] = {}
    for part in text.lower().split(","):
        found = _CODING.fullmatch(part)
        if found is not None:
            wishes[found[1]] = _q(found[2] or "1")
    return wishes


def _q(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0
