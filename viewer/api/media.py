"""Which of our picture formats a client takes (RFC 9110 12.5.1)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar, get_args

from pacs.errors import LightboxError
from viewer.rendering.request import MediaType

OFFERED: tuple[MediaType, ...] = get_args(MediaType)  # the first is given where the client has no wish
LONGEST_ACCEPT = 1024
Offered = TypeVar("Offered", bound=str)


class NotAcceptable(LightboxError):
    """The client takes none of the formats that there are: `offered`. Where there is none, `words` say what else is."""

    code = "not_acceptable"

    def __init__(self, offered: Iterable[str], words: str = "") -> None:
        super().__init__()
        self.offered = tuple(offered)
        self.words = words or f"This can be had as {', '.join(self.offered)}."


def choose(accept: str, offered: tuple[Offered, ...]) -> Offered:
    """The offered type that the client likes best; of equals the one offered first. Raises NotAcceptable."""
    return offered[_choose(accept[:LONGEST_ACCEPT], offered)]  # cut before it is remembered


@lru_cache(maxsize=256)
def _choose(accept: str, offered: tuple[str, ...]) -> int:
    if not accept.strip():
        return 0
    wishes = _parse_accept(accept)
    liked = [(_liking(wishes, media_type), -place) for place, media_type in enumerate(offered)]
    best, place = max(liked)
    if best <= 0:
        raise NotAcceptable(offered)
    return -place


def choose_thumbnail_type(accept: str) -> MediaType:
    """WebP for whoever names it, else JPEG: nobody who can show a page is refused a thumbnail."""
    named = any(kind == "image/webp" and q > 0 for kind, q in _parse_accept(accept[:LONGEST_ACCEPT]))
    return "image/webp" if named else "image/jpeg"


def takes_gzip(accept_encoding: str) -> bool:
    """Whether the client unzips (RFC 9110 12.5.3)."""
    wishes = dict(_parse_accept(accept_encoding[:LONGEST_ACCEPT]))
    return wishes.get("gzip", wishes.get("*", 0.0)) > 0


def _liking(wishes: tuple[tuple[str, float], ...], media_type: str) -> float:
    """The q of the most specific wish that covers the type; 0 where none does."""
    by_kind = dict(wishes)
    for kind in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
        if kind in by_kind:
            return by_kind[kind]
    return 0.0


@lru_cache(maxsize=256)
def _parse_accept(accept: str) -> tuple[tuple[str, float], ...]:
    wishes = []
    for part in accept.split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if kind:
            wishes.append((kind, _q_of(parameters)))
    return tuple(wishes)


def _q_of(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return min(max(float(parameter[2:]), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0
