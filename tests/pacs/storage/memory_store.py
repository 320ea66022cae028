"""Blobs in memory: for tests that ask about a room above, not about a disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from pacs.errors import NotFound
from pacs.storage.keys import BlobKey
from pacs.storage.staging import Staged


@dataclass(frozen=True)
class MemoryStore:
    """A BlobStore that forgets everything when the process ends: nothing may be acknowledged from it."""

    _held: dict[BlobKey, bytes] = field(default_factory=dict)

    def put(self, staged: Staged) -> None:
        self._held.setdefault(staged.blob, staged.path.read_bytes())
        staged.discard()

    def write_down_each(self, several: Sequence[Staged]) -> list[Exception | None]:
        return [None] * len(several)

    def name_each(self, written: Sequence[Staged]) -> list[Exception | None]:
        for staged in written:
            self.put(staged)
        return [None] * len(written)

    def open(self, key: BlobKey) -> BinaryIO:
        return BytesIO(self._bytes_of(key))

    def read_at_once(self, key: BlobKey, offset: int, length: int) -> bytes | None:
        return self.read_range(key, offset, length)

    @contextmanager
    def local_path(self, key: BlobKey) -> Iterator[Path]:
        with NamedTemporaryFile() as file:
            file.write(self._bytes_of(key))
            file.flush()
            yield Path(file.name)

    def read_range(self, key: BlobKey, offset: int, length: int) -> bytes:
        if offset < 0 or length < 0 or offset + length > self.size(key):
            raise ValueError("a range outside the blob")
        return self._bytes_of(key)[offset : offset + length]

    def size(self, key: BlobKey) -> int:
        return len(self._bytes_of(key))

    def exists(self, key: BlobKey) -> bool:
        return key in self._held

    def delete(self, key: BlobKey) -> None:
        self._held.pop(key, None)

    def kept_at_s(self, key: BlobKey) -> float:
        self._bytes_of(key)
        return float(list(self._held).index(key))  # a dict keeps the order of arrival

    def keys(self, prefix: str = "") -> Iterator[BlobKey]:
        return iter([key for key in self._held if key.startswith(prefix)])

    def _bytes_of(self, key: BlobKey) -> bytes:
        if key not in self._held:
            raise NotFound()
        return self._held[key]
