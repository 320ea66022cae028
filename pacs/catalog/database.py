"""How the databases say that their disk is full, told as StorageFull (promise P6)."""

from __future__ import annotations

from types import TracebackType

from django.db import DatabaseError

from pacs.errors import StorageFull

DISK_FULL_SQLSTATE = "53100"  # PostgreSQL: disk_full
SQLITE_WORDS = ("database or disk is full", "disk i/o error")


class telling_full:  # a context manager, used as contextlib's are; made several times for each object
    """Raise StorageFull where the database has no room for a transaction. SQLite tells of a full disk in words only."""

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, DatabaseError) and _tells_of_no_room(error):
            raise StorageFull() from error


def _tells_of_no_room(error: DatabaseError) -> bool:
    has_code = getattr(error.__cause__, "sqlstate", None) == DISK_FULL_SQLSTATE
    return has_code or str(error).lower() in SQLITE_WORDS
