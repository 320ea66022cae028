"""How the databases say that their disk is full, told as StorageFull (promise P6)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError

from pacs.errors import StorageFull

DISK_FULL_SQLSTATE = "53100"  # PostgreSQL: disk_full
SQLITE_WORDS = ("database or disk is full", "disk i/o error")


@contextmanager
def telling_full() -> Iterator[None]:
    """Raise StorageFull where the database has no room for a transaction. SQLite tells of a full disk in words only."""
    try:
        yield
    except DatabaseError as error:
        if (
            getattr(error.__cause__, "sqlstate", None) == DISK_FULL_SQLSTATE
            or str(error).lower() in SQLITE_WORDS
        ):
            raise StorageFull() from error
        raise
