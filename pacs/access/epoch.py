"""The access epoch where it can be read without waiting: from SQLite's file, as it is committed.

A reader of a write-ahead log waits for nobody. It is asked only when something was committed since (access.wal_index):
a statement takes microseconds, and gives Python's lock away eight times, which costs more where threads wait for it.
PostgreSQL is over a network, and has to be asked in a thread (access.standing).
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading

from django.conf import settings

from pacs.access.wal_index import WalIndex
from pacs.errors import places_of

EPOCH_SQL = "SELECT number FROM access_accessepoch ORDER BY id LIMIT 1"


log = logging.getLogger(__name__)


class _Readers(threading.local):
    """One connection of each thread to each file, which never writes, nor waits where it would have to."""

    def __init__(self) -> None:
        self.of: dict[str, sqlite3.Connection] = {}


_readers = _Readers()
_indexes: dict[str, WalIndex | None] = {}  # by file; None where there is none that can be read
_told: dict[str, tuple[bytes, int]] = {}  # by file; headers, and the epoch read after them
_lock = threading.Lock()


def epoch_at_once() -> int | None:
    """The number under which decisions may be kept now; None where it cannot be told without waiting."""
    database = settings.DATABASES["default"]
    if database["ENGINE"] != "django.db.backends.sqlite3":
        return None
    name = str(database["NAME"])
    try:
        index = _indexes[name] if name in _indexes else _look_for_index(name)
        headers = index.headers() if index is not None else b""
        told = _told.get(name)
        if headers and told is not None and told[0] == headers:
            return told[1]
        reader = _readers.of.get(name) or _open(name)
        row = reader.execute(EPOCH_SQL).fetchone()
    except sqlite3.Error:
        _readers.of.pop(name, None)  # whoever asks in a thread is told what is wrong
        return None
    if row is None:
        return None
    # The headers were seen first: of what was committed between the two more is known than they say, never less.
    _told[name] = (headers, int(row[0]))
    return int(row[0])


def _open(name: str) -> sqlite3.Connection:
    reader = sqlite3.connect(name, timeout=0, isolation_level=None)
    reader.execute("PRAGMA query_only=ON")
    _readers.of[name] = reader
    return reader


def _look_for_index(name: str) -> WalIndex | None:
    with _lock:
        if name not in _indexes:
            try:
                _indexes[name] = WalIndex(name)
            except (OSError, ValueError) as error:
                _indexes[name] = None
                log.warning(
                    "the WAL index cannot be read, so the epoch is asked for every time: %s", places_of(error)
                )
        return _indexes[name]


def _begin_anew() -> None:
    """In a process that was forked: it must not go by its parent's connection."""
    _indexes.clear()
    _told.clear()


os.register_at_fork(after_in_child=_begin_anew)
