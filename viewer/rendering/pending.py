"""Which series are still to have their streams made: written down with what is derived, so that a restart goes on.

It is no truth either: where it is lost, streams are made when their frames are first looked at.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass

from pacs.storage.derived import derived_store

KIND = "pending"
NOTED_EVERY_S = 1.0
MOST_REMEMBERED = 1024


@dataclass(frozen=True)
class Pending:
    """A series, and when it was last added to, in seconds since 1970."""

    key: str
    series_uid: str
    noted_at_s: float


class Notes:
    """What this process has noted lately: a series of a thousand slices is not written down a thousand times."""

    def __init__(self) -> None:
        self._noted_at: dict[str, float] = {}

    def note(self, series_uid: str) -> None:
        """The series was added to."""
        now = time.monotonic()
        if self._noted_at.get(series_uid, float("-inf")) > now - NOTED_EVERY_S:
            return
        if len(self._noted_at) >= MOST_REMEMBERED:
            self._noted_at.clear()
        self._noted_at[series_uid] = now
        derived_store().put(KIND, key_of(series_uid), f"{time.time()} {series_uid}".encode())


notes = Notes()


def pending() -> Iterator[Pending]:
    """All of them, in no order."""
    for key in derived_store().keys(KIND):
        found = _read(key)
        if found is not None:
            yield found


def settle(done: Pending) -> None:
    """Its streams are made; it stays where it was added to meanwhile."""
    if _read(done.key) == done:
        derived_store().drop_one(KIND, done.key)


def key_of(series_uid: str) -> str:
    """Under which a series is noted."""
    return hashlib.sha256(series_uid.encode()).hexdigest()


def _read(key: str) -> Pending | None:
    kept = derived_store().get(KIND, key)
    try:
        noted_at_s, series_uid = (kept or b"").decode("ascii").split(" ")
        return Pending(key, series_uid, float(noted_at_s))
    except ValueError:
        return None
