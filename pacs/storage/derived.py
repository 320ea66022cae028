"""What is made from blobs to be quick (streams, thumbnails, descriptions): droppable at any time, never a truth."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from pacs.errors import LightboxError
from pacs.storage import disk
from pacs.storage.keys import beginning_of, is_digest, is_kind

PART = ".part"
# What is used is marked so at most this often: a mark is a write, and an hour is old enough to be given up for.
MARKED_EVERY_S = 3600.0
# Of a budget: after so much was added the kind is looked through, and then made this much smaller than it may be.
LOOKED_THROUGH_AFTER = 1 / 32
MADE_SMALLER_BY = 1 / 16

FILM_DISK_BYTES = 512 << 20  # they are asked for by few, and made again in seconds

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DerivedStore:
    """Things by kind ("thumbnail") and key (keys.derived_key). Nothing is fsynced: it can be made again.

    Kinds in `budgets` take no more bytes than it says, and a little; what was not used for longest goes first.
    """

    root: Path
    budgets: dict[str, int]

    def get(self, kind: str, key: str) -> bytes | None:
        """The bytes, or None when they were never put or have been dropped."""
        try:
            return self._path_of(kind, key).read_bytes()
        except FileNotFoundError:
            return None

    def read_range(self, kind: str, key: str, offset: int, length: int) -> bytes | None:
        """At most `length` of the bytes, from `offset`; fewer where they end before. None as get."""
        try:
            with self._path_of(kind, key).open("rb", buffering=0) as file:
                if kind in self.budgets:
                    _mark_used(file.fileno())
                return os.pread(file.fileno(), length, offset)
        except FileNotFoundError:
            return None

    def has(self, kind: str, key: str) -> bool:
        """Whether something is kept under this key."""
        return self._path_of(kind, key).is_file()

    def put(self, kind: str, key: str, data: bytes) -> None:
        """Keep them, whole or not at all. A full disk is no error: what is derived can wait."""
        with contextlib.suppress(LightboxError):
            self.write(kind, key, lambda path: path.write_bytes(data), len(data))

    def write(self, kind: str, key: str, make: Callable[[Path], object], room_bytes: int) -> int:
        """The same of what `make` writes to a path, piece by piece: it needs no memory. How many bytes it became.

        Nothing is left of what it wrote where it raises. Raises StorageFull where there is no such room.
        """
        target = self._path_of(kind, key)
        beside = target.with_name(f"{secrets.token_hex(8)}{PART}")
        with disk.telling_full():
            target.parent.mkdir(parents=True, exist_ok=True, mode=disk.FOLDER_MODE)
            disk.require_room(target.parent, room_bytes)
            try:
                make(beside)
                size = beside.stat().st_size
                beside.replace(target)
            finally:
                beside.unlink(missing_ok=True)
        if kind in self.budgets and _added.is_due(self.root / kind, size, self.budgets[kind]):
            self.trim(kind)
        return size

    def size(self, kind: str, key: str) -> int | None:
        """How many bytes are kept; None as get."""
        try:
            return self._path_of(kind, key).stat().st_size
        except FileNotFoundError:
            return None

    def keys(self, kind: str) -> Iterator[str]:
        """The keys of this kind, in no order."""
        return (path.name for path in _files_of(self.root / kind) if is_digest(path.name))

    def trim(self, kind: str) -> None:
        """Drop what was not used for longest until the kind is well within its budget. Looks at every file of it."""
        budget = self.budgets[kind]
        _added.forget(self.root / kind)
        kept = []
        for path in _files_of(self.root / kind):
            with contextlib.suppress(FileNotFoundError):
                known = path.stat()
                kept.append((known.st_mtime_ns, known.st_size, path))
        taken = sum(size for _, size, _ in kept)
        if taken <= budget:
            return
        allowed = budget - budget * MADE_SMALLER_BY
        for _, size, path in sorted(kept):
            if taken <= allowed:
                return
            path.unlink(missing_ok=True)
            taken -= size

    def drop_one(self, kind: str, key: str) -> None:
        """Forget what is kept under this key."""
        self._path_of(kind, key).unlink(missing_ok=True)

    def drop_made_of(self, subject: str) -> None:
        """Forget everything, of every kind, that was made of this subject (keys.derived_key)."""
        if not is_digest(subject):
            raise ValueError("the subject of derived bytes is a digest")
        beginning = beginning_of(subject)
        for kind in self.root.iterdir() if self.root.is_dir() else ():
            for path in list(_files_in(kind / subject[:2])):  # a folder that is read must not change
                if path.name.startswith(beginning):
                    path.unlink(missing_ok=True)

    def drop(self, kind: str | None = None) -> None:
        """Forget everything of this kind, or everything."""
        if kind is not None and not is_kind(kind):
            raise ValueError("not a kind of derived bytes")
        shutil.rmtree(self.root / kind if kind else self.root, ignore_errors=True)

    def _path_of(self, kind: str, key: str) -> Path:
        if not is_kind(kind) or not is_digest(key):
            raise ValueError("derived bytes are named by a kind and a digest")
        return self.root / kind / key[:2] / key


class _Added:
    """How many bytes this process has added to each folder since it was last looked through."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bytes: dict[Path, int] = {}

    def is_due(self, folder: Path, added: int, budget: int) -> bool:
        """Count these; whether it is time to look through. It is with the first: nobody knows what is there."""
        with self._lock:
            is_first = folder not in self._bytes
            total = self._bytes.get(folder, 0) + added
            is_due = is_first or total > budget * LOOKED_THROUGH_AFTER
            self._bytes[folder] = total
            return is_due

    def forget(self, folder: Path) -> None:
        """It is looked through now."""
        with self._lock:
            self._bytes[folder] = 0


_added = _Added()


def _files_of(folder: Path) -> Iterator[Path]:
    """Every file of a kind, those included that a write left half."""
    with contextlib.suppress(FileNotFoundError):
        for shard in os.scandir(folder):
            yield from _files_in(Path(shard.path))


def _files_in(shard: Path) -> Iterator[Path]:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(shard) as files:
        yield from (Path(file.path) for file in files)


def _mark_used(descriptor: int) -> None:
    now = time.time()
    if os.fstat(descriptor).st_mtime < now - MARKED_EVERY_S:
        with contextlib.suppress(OSError):
            os.utime(descriptor, (now, now))


def derived_store() -> DerivedStore:
    """The configured store."""
    return DerivedStore(
        settings.DERIVED_ROOT, {"stream": settings.STREAM_DISK_BYTES, "film": FILM_DISK_BYTES}
    )
