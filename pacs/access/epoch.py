"""The access epoch where it can be read without waiting: from SQLite's file, as it is committed.

A reader of a write-ahead log waits for nobody and takes microseconds, less than handing the question to a
thread would. PostgreSQL is over a network, and has to be asked in a thread (access.standing).
"""

from __future__ import annotations

import sqlite3
import threading

from django.conf import settings

EPOCH_SQL = "SELECT number FROM access_accessepoch ORDER BY id LIMIT 1"


class _Readers(threading.local):
    """One connection of each thread to each file, which never writes, nor waits where it would have to."""

    def __init__(self) -> None:
        self.of: dict[str, sqlite3.Connection] = {}


_readers = _Readers()


def epoch_at_once() -> int | None:
    """The number under which decisions may be kept now; None where it cannot be told without waiting."""
    database = settings.DATABASES["default"]
    if database["ENGINE"] != "django.db.backends.sqlite3":
        return None
    name = str(database["NAME"])
    try:
        reader = _readers.of.get(name) or _open(name)
        row = reader.execute(EPOCH_SQL).fetchone()
    except sqlite3.Error:
        _readers.of.pop(name, None)  # whoever asks in a thread is told what is wrong
        return None
    return int(row[0]) if row else None


def _open(name: str) -> sqlite3.Connection:
    reader = sqlite3.connect(name, timeout=0, isolation_level=None)
    reader.execute("PRAGMA query_only=ON")
    _readers.of[name] = reader
    return reader
