"""Blobs as files: ROOT/ab/abcdef… by digest, so that no name comes from outside and no folder grows too long."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from pacs.errors import LightboxError, NotFound
from pacs.storage import disk
from pacs.storage.keys import BlobKey, is_digest
from pacs.storage.staging import Staged

SHARD_DIGITS = 2
SHARDS = tuple(f"{number:0{SHARD_DIGITS}x}" for number in range(16**SHARD_DIGITS))
_NO_WAITING: int | None = getattr(os, "RWF_NOWAIT", None)


@dataclass(frozen=True)
class FileStore:
    """A BlobStore in one folder of a local file system, the same one that STAGING_ROOT lies on."""

    root: Path

    def path_of(self, key: BlobKey) -> Path:
        """Where the blob lies if it is kept. Raises NotFound for what is no digest."""
        return Path(self._name_of(key))

    def _name_of(self, key: BlobKey) -> str:
        # To put a Path together takes longer than to ask the system for what is there.
        return f"{self._folder_of(key)}/{key}"

    def _folder_of(self, key: BlobKey) -> str:
        if not is_digest(key):
            raise NotFound()
        return f"{self.root}/{key[:SHARD_DIGITS]}"

    def put(self, staged: Staged) -> None:
        for step in (self.write_down_each, self.name_each):
            (error,) = step([staged])
            if error is not None:
                raise error

    # Bytes to the disk, then the names, then the folders' entries: the order of promise P1.

    def write_down_each(self, several: Sequence[Staged]) -> list[Exception | None]:
        coming = [_Coming(staged) for staged in several]
        for one in coming:
            _step(partial(self._write_down, one), [one])
        return [one.error for one in coming]

    def name_each(self, written: Sequence[Staged]) -> list[Exception | None]:
        """All of them go through each step before the next: what a file system writes down for the first folder often
        holds the names in the others already.
        """
        coming = [_Coming(staged) for staged in written]
        for one in coming:
            _step(partial(self._give_name, one), [one])
        folders: dict[str, list[_Coming]] = {}
        for one in coming:
            if one.error is None:
                folders.setdefault(self._folder_of(one.staged.blob), []).append(one)
        for folder, those in folders.items():
            _step(partial(disk.sync_folder, folder), those)
        return [one.error for one in coming]

    def _write_down(self, one: _Coming) -> None:
        # All at once: the first few hundred objects of a new store would each wait for the sync of a new folder.
        disk.make_folder(self._folder_of(one.staged.blob), beside=SHARDS)
        _sync_file(one.staged.path)

    def _give_name(self, one: _Coming) -> None:
        staged = one.staged
        if self.exists(staged.blob):
            # Another delivery of the same bytes may have given it a moment ago: the folder is synced for this one too.
            staged.discard()
            return
        os.rename(staged.path, self._name_of(staged.blob))  # noqa: PTH104  # as _name_of

    def open(self, key: BlobKey) -> BinaryIO:
        try:
            return self.path_of(key).open("rb")
        except FileNotFoundError:
            raise NotFound() from None

    def read_at_once(self, key: BlobKey, offset: int, length: int) -> bytes | None:
        """What the system holds in its cache of files (Linux: preadv2 with RWF_NOWAIT)."""
        if _NO_WAITING is None or offset < 0 or length < 0:
            return None
        buffer = bytearray(length)
        try:
            descriptor = os.open(self._name_of(key), os.O_RDONLY)
            try:
                got = os.preadv(descriptor, [buffer], offset, _NO_WAITING)
            finally:
                os.close(descriptor)
        except OSError:  # it would have to be waited for, or is not there: who reads in a thread is told
            return None
        return bytes(buffer) if got == length else None

    @contextmanager
    def local_path(self, key: BlobKey) -> Iterator[Path]:
        path = self.path_of(key)
        if not path.is_file():
            raise NotFound()
        yield path

    def read_range(self, key: BlobKey, offset: int, length: int) -> bytes:
        if offset < 0 or length < 0:
            raise ValueError("a range before the beginning")
        descriptor = self._descriptor(key)
        try:
            data = os.pread(descriptor, length, offset)
            while len(data) < length:  # one read gives at most 2 GiB
                more = os.pread(descriptor, length - len(data), offset + len(data))
                if not more:
                    raise ValueError("a range beyond the end")
                data += more
        finally:
            os.close(descriptor)
        return data

    def _descriptor(self, key: BlobKey) -> int:
        # Not a file object, which would make itself a buffer for one read.
        try:
            return os.open(self._name_of(key), os.O_RDONLY)
        except FileNotFoundError:
            raise NotFound() from None

    def size(self, key: BlobKey) -> int:
        return self._stat(key).st_size

    def kept_at_s(self, key: BlobKey) -> float:
        return self._stat(key).st_mtime  # renaming leaves it, and nothing is ever written again

    def _stat(self, key: BlobKey) -> os.stat_result:
        try:
            return self.path_of(key).stat()
        except FileNotFoundError:
            raise NotFound() from None

    def exists(self, key: BlobKey) -> bool:
        return is_digest(key) and os.path.isfile(self._name_of(key))  # noqa: PTH113  # as _name_of

    def delete(self, key: BlobKey) -> None:
        self.path_of(key).unlink(missing_ok=True)

    def keys(self, prefix: str = "") -> Iterator[BlobKey]:
        if not self.root.is_dir():
            return
        shards = [self.root / prefix] if prefix else sorted(self.root.iterdir())
        for shard in shards:
            if shard.is_dir():
                yield from (BlobKey(name) for name in os.listdir(shard) if is_digest(name))  # noqa: PTH208


@dataclass(eq=False)
class _Coming:
    """A file on its way into the store."""

    staged: Staged
    error: Exception | None = None


def _step(step: Callable[[], None], coming: Iterable[_Coming]) -> None:
    """What is done for these; they go no further where it fails."""
    try:
        with disk.telling_full():
            step()
    except (LightboxError, OSError) as error:
        for one in coming:
            one.error = error


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
