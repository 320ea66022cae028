"""Bytes on their way in: written aside under a random name and hashed while they are written."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from django.conf import settings

from pacs.errors import LightboxError
from pacs.storage import disk
from pacs.storage.keys import BlobKey

CHUNK_BYTES = 1 << 20
ROOM_CHECK_BYTES = 64 << 20  # the free space is asked for again after every so many bytes
SUFFIX = ".staged"
ABANDONED_AFTER_S = 24 * 3600


@dataclass(frozen=True)
class Staged:
    """A whole file, not yet kept: where it lies, its SHA-256 and size. Not on the disk for sure until it is put."""

    path: Path
    blob: BlobKey
    size_bytes: int

    def discard(self) -> None:
        """Remove it. Nothing happens when it was put: its path is gone then."""
        self.path.unlink(missing_ok=True)


@dataclass
class StagedWriter:
    """A file being written. As a context manager it discards what was not finished."""

    path: Path
    _file: BinaryIO
    _size_bytes: int = 0
    _room_checked_at: int = 0
    _digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def write(self, data: bytes | memoryview) -> None:
        """Append the bytes. Raises StorageFull; what was written is gone then."""
        try:
            with disk.telling_full():
                self._write_all(memoryview(data))
            self._digest.update(data)
            self._size_bytes += len(data)
            if self._size_bytes - self._room_checked_at >= ROOM_CHECK_BYTES:
                self._room_checked_at = self._size_bytes
                disk.require_room(self.path.parent)
        except (LightboxError, OSError):
            self.discard()
            raise

    def _write_all(self, data: memoryview) -> None:
        while data:  # one call may take a part only, which is how a disk begins to be full
            data = data[self._file.write(data) :]

    @property
    def size_bytes(self) -> int:
        """Bytes written so far."""
        return self._size_bytes

    def finish(self) -> Staged:
        """Close the file: all has come. Raises StorageFull."""
        try:
            with disk.telling_full():
                self._file.close()
        except (LightboxError, OSError):
            self.discard()
            raise
        return Staged(self.path, BlobKey(self._digest.hexdigest()), self._size_bytes)

    def discard(self) -> None:
        """Close and remove the file."""
        try:
            self._file.close()
        finally:
            self.path.unlink(missing_ok=True)

    def __enter__(self) -> StagedWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None or not self._file.closed:
            self.discard()


def stage(coming_bytes: int = 0) -> StagedWriter:
    """A new file to write into, of about coming_bytes if that is known. Raises StorageFull."""
    root: Path = settings.STAGING_ROOT
    with disk.telling_full():
        try:
            return _staged_in(root, coming_bytes)
        except FileNotFoundError:  # it is the first, or somebody has cleared away
            disk.make_folder(root)
            return _staged_in(root, coming_bytes)


def _staged_in(root: Path, coming_bytes: int) -> StagedWriter:
    disk.require_room(root, coming_bytes)
    path = root / f"{secrets.token_hex(16)}{SUFFIX}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, disk.FILE_MODE)
    return StagedWriter(path, os.fdopen(descriptor, "wb", buffering=0))


def stage_bytes(data: bytes) -> Staged:
    """The bytes, staged. Raises StorageFull."""
    with stage(len(data)) as writer:
        writer.write(data)
        return writer.finish()


def stage_stream(stream: BinaryIO, coming_bytes: int = 0) -> Staged:
    """All that the stream gives, staged. Raises StorageFull, and whatever reading raises."""
    with stage(coming_bytes) as writer:
        while chunk := stream.read(CHUNK_BYTES):
            writer.write(chunk)
        return writer.finish()


def clear_abandoned(now_s: float | None = None) -> int:
    """Remove what a killed process left behind a day ago or earlier; how many. Younger ones may be under way."""
    latest_s = (time.time() if now_s is None else now_s) - ABANDONED_AFTER_S
    removed = 0
    for path in Path(settings.STAGING_ROOT).glob(f"*{SUFFIX}"):
        if path.stat().st_mtime < latest_s:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
