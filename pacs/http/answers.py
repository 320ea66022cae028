"""What a door in front of Django answers when it is not what was asked for: errors, in the one shape of our API."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pacs.errors import LightboxError, Overloaded, places_of
from pacs.http.errors import new_request_id, problem, status_of
from pacs.http.headers import NO_STORE, Header

log = logging.getLogger(__name__)

# One browser may be used by two people: what one was shown is not given to the other from its cache.
VARY = "Cookie, Authorization"


@dataclass(frozen=True)
class Answer:
    """One HTTP answer, whole."""

    status: int
    body: bytes = b""
    content_type: str = ""
    headers: tuple[Header, ...] = field(default=())


class Refused(Exception):
    """A request that no handler sees."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def refusal(
    status: int, code: str, message: str, *headers: Header, fields: Mapping[str, Any] | None = None
) -> Answer:
    """An error that the door itself tells."""
    told = {"code": code, "message": message, "fields": dict(fields or {}), "request_id": new_request_id()}
    return _problem(status, {"error": told}, *headers)


def tell_error(error: Exception) -> Answer:
    """The answer that tells this error; an unforeseen one is logged and tells nothing of itself."""
    if isinstance(error, Refused):
        return error.answer
    if isinstance(error, LightboxError):
        return _told(error)
    request_id = new_request_id()
    log.error("request %s failed: %s", request_id, places_of(error))  # its words may quote the file (P10)
    return _problem(500, problem(LightboxError(), request_id))


def _told(error: LightboxError) -> Answer:
    headers: list[Header] = []
    if isinstance(error, Overloaded):
        headers.append((b"retry-after", str(error.fields.get("retry_after_s", 1)).encode()))
    if status_of(error) == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    return _problem(status_of(error), problem(error, new_request_id()), *headers)


def _problem(status: int, told: dict[str, Any], *headers: Header) -> Answer:
    return Answer(status, json.dumps(told).encode(), "application/json", (NO_STORE, *headers))
