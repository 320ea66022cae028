"""What the file system must be asked to do so that bytes stay (promise P1), and how its refusals are told (P6)."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from pacs.errors import StorageFull

FULL = frozenset((errno.ENOSPC, errno.EDQUOT))
FOLDER_MODE = 0o750
FILE_MODE = 0o440  # nothing that is kept is ever written again (promise P2)
MOST_REMEMBERED = 4096  # folders; a store has 256, and there are few others


@contextmanager
def telling_full() -> Iterator[None]:
    """Raise StorageFull where the system says that the disk or the quota is full."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise StorageFull() from error
        raise


def require_room(folder: Path, coming_bytes: int = 0) -> None:
    """Raise StorageFull unless settings.MIN_FREE_BYTES stay free beside what is coming.

    Refusing early leaves room for the database, whose own disk-full errors come at worse moments.
    """
    free = os.statvfs(folder)
    if free.f_bavail * free.f_frsize < settings.MIN_FREE_BYTES + coming_bytes:
        raise StorageFull()


def sync_folder(folder: Path | str) -> None:
    """Make the folder's entries durable: a rename is on the disk only after this."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path | str, beside: Iterable[str] = ()) -> None:
    """Make the folder, and its parents. It is on the disk when this returns.

    Where it has to be made, those of the names `beside` it are made too: one sync is for all of them.

    That it exists does not say so: another thread may have made it a moment ago, or a process that was killed before it
    could sync it. So each process syncs it once, and its parents up to settings.DATA.
    """
    if str(folder) in _lasting and os.path.isdir(folder):  # noqa: PTH112  # asked for each object, and nearly always so
        return
    with _making:
        _make_lasting(Path(folder), beside)


def _make_lasting(folder: Path, beside: Iterable[str] = ()) -> None:
    if str(folder) in _lasting and folder.is_dir():
        return
    if settings.DATA in folder.parents or not folder.parent.is_dir():
        _make_lasting(folder.parent)
    made = [folder, *map(folder.with_name, beside)]
    for one in made:
        one.mkdir(mode=FOLDER_MODE, exist_ok=True)
    try:
        sync_folder(folder.parent)
    except PermissionError:
        if folder != settings.DATA:  # whoever keeps the folder above it from us has made it for us
            raise
    if len(_lasting) >= MOST_REMEMBERED:
        _lasting.clear()  # each is synced once more
    _lasting.update(map(str, made))


_making = threading.Lock()
_lasting: set[str] = set()  # folders that this process has synced
