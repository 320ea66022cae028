"""What a client takes, as it says it: the Accept header, or the query parameter instead (PS3.18 8.3.3.1, 8.7.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from pacs.dicomweb.multipart import MediaType, parse_media_type
from pacs.errors import BadRequest
from pacs.uids import is_uid

LONGEST_ACCEPT = 4096
MOST_WISHES = 64
MULTIPART = "multipart/related"
ANYTHING = "*/*"
ANY_SYNTAX = "*"
_NAME = re.compile(r"[\w!#$&.+^*-]+/[\w!#$&.+^*-]+")
_Q = re.compile(r"(?:0(?:\.\d*)?|1(?:\.0*)?)")
_FORM_SPACE = re.compile(r"(?<=[,;])\++")
# A comma within quotes does not end a media range.
_RANGES = re.compile(r'(?:"(?:\\.|[^"\\])*"|[^,"])+')


@dataclass(frozen=True)
class Wish:
    """One media range: what each part, or the one that is all, may be.

    `name` may be "*/*" or "image/*"; `syntax` is a UID, "*" for any, or empty where none was asked for. Of
    `is_multipart`, None means that either will do.
    """

    name: str
    syntax: str = ""
    is_multipart: bool | None = None
    q: float = 1.0

    def covers(self, name: str) -> bool:
        """Whether this media type is in the range."""
        return self.name in (name, ANYTHING) or (
            self.name.endswith("/*") and name.startswith(self.name.removesuffix("*"))
        )


def wishes_of(accept_header: str, query: bytes) -> tuple[Wish, ...]:
    """The client's wishes, the dearest first; of equals, those first that are named first.

    What cannot be understood is left out (PS3.18 8.7.7). No wish at all is a wish for anything.
    """
    in_query = _query_accept(query) if b"accept=" in query else ""
    return parse_accept((in_query or accept_header)[:LONGEST_ACCEPT])


@lru_cache(maxsize=256)
def parse_accept(text: str) -> tuple[Wish, ...]:
    """The same of the text of a header."""
    if not text.strip():
        return (Wish(ANYTHING),)
    wishes = list(_wishes(text))[:MOST_WISHES]
    return tuple(sorted(wishes, key=lambda wish: -wish.q))


def _wishes(text: str) -> Iterator[Wish]:
    for part in _RANGES.findall(text):
        try:
            wish = _wish(parse_media_type(part.strip()))
        except BadRequest:
            continue
        if wish is not None:
            yield wish


def _wish(media: MediaType) -> Wish | None:
    parameters = media.parameters
    q = parameters.get("q", "1").strip()
    syntax = parameters.get("transfer-syntax", "").strip()
    if not _Q.fullmatch(q) or not (syntax in ("", ANY_SYNTAX) or is_uid(syntax)):
        return None
    name, is_multipart = media.name, None if media.name == ANYTHING else False
    if media.name in (MULTIPART, "multipart/*"):
        name, is_multipart = parameters.get("type", ANYTHING).strip().lower(), True
    return Wish(name, syntax, is_multipart, float(q)) if _NAME.fullmatch(name) else None


def _query_accept(query: bytes) -> str:
    """The value of accept= as it is written: a plus sign in it is one, though forms would mean a space by it.

    Behind a comma or semicolon no media type has a plus sign: there it is the space of a form.
    """
    for pair in query.decode("latin-1").split("&"):
        name, _, value = pair.partition("=")
        if name == "accept":
            return _FORM_SPACE.sub(" ", unquote(value))
    return ""
