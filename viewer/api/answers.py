"""What the pixel door sends: an answer with every security header on it, and errors in the one shape of our API."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pacs.dicomweb.retrieve_reply import Reply
from pacs.http.answers import VARY, Answer, refusal, tell_error
from pacs.http.headers import Header
from viewer.api.media import NotAcceptable
from viewer.imaging.errors import CannotShow, NoStream
from viewer.rendering.cannot_show import words_for

__all__ = ["VARY", "Answer", "refusal"]

PICTURE_MAX_AGE_S = 300  # as long as a browser may keep a picture after its viewer lost the right to it
Prepared = TypeVar("Prepared")


@dataclass(frozen=True)
class Later(Generic[Prepared]):
    """An answer that first needs work which may take seconds in the sandbox.

    `first` runs aside, once for all who wait for the same key; `then` makes the answer of what it gave. What
    `is_long` takes up to minutes, and stands in a row of its own.
    """

    key: Hashable
    first: Callable[[], Prepared]
    then: Callable[[Prepared], Answer | Reply | Large | Later[Any]]
    is_long: bool = False


@dataclass(frozen=True)
class Large:
    """An answer whose picture is so large that it is made beside all others, few at once for each person."""

    whose: Hashable
    make: Callable[[], Answer]


def picture(body: bytes, content_type: str, etag: str, vary: str = VARY) -> Answer:
    """A picture that this person's browser may show again for a while."""
    return Answer(200, body, content_type, _kept_headers(etag, vary))


def not_modified(etag: str, vary: str = VARY) -> Answer:
    """What the browser has is still right (RFC 9110 15.4.5)."""
    return Answer(304, headers=_kept_headers(etag, vary))


def _kept_headers(etag: str, vary: str) -> tuple[Header, ...]:
    return (
        (b"etag", etag.encode()),
        (b"cache-control", b"private, max-age=%d" % PICTURE_MAX_AGE_S),
        (b"vary", vary.encode()),
    )


def answer_error(error: Exception) -> Answer:
    """The answer that tells this error; an unforeseen one is logged and tells nothing of itself."""
    if isinstance(error, CannotShow):
        return refusal(422, "cannot_show", words_for(error.reason), fields={"reason": error.reason})
    if isinstance(error, NoStream):
        words, fields = "This frame can only be had as pictures.", {"reason": error.reason}
        return refusal(404, "no_stream", words, fields=fields)
    if isinstance(error, NotAcceptable):
        return refusal(406, error.code, error.words, fields={"acceptable": list(error.offered)})
    return tell_error(error)
