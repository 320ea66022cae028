"""The BlobStore protocol: where received bytes are kept, whole and unchanged (promise P2), under their digest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings

from pacs.storage.file_store import FileStore
from pacs.storage.keys import BlobKey
from pacs.storage.staging import Staged


class BlobStore(Protocol):
    """What a store must do. All raise NotFound for a key they do not hold."""

    def put(self, staged: Staged) -> None:
        """Keep the staged file; it is on the disk when this returns (P1). The same digest again changes nothing.

        Raises StorageFull.
        """

    def write_down_each(self, several: Sequence[Staged]) -> list[Exception | None]:
        """The first half of it, for several: their bytes to the disk, under no name yet. For each what it raises."""

    def name_each(self, written: Sequence[Staged]) -> list[Exception | None]:
        """The other half, of those that were written down: they are kept, and nothing is left to discard."""

    def open(self, key: BlobKey) -> BinaryIO:
        """The whole blob to read, seekable."""

    def read_range(self, key: BlobKey, offset: int, length: int) -> bytes:
        """Exactly these bytes. Raises ValueError where the blob ends before them."""

    def read_at_once(self, key: BlobKey, offset: int, length: int) -> bytes | None:
        """The same where it takes no waiting for a disk or a network; else None. For an event loop."""

    def local_path(self, key: BlobKey) -> AbstractContextManager[Path]:
        """The blob as a file of this machine for as long as the context lasts: for a child that reads it."""

    def size(self, key: BlobKey) -> int:
        """Its length in bytes."""

    def exists(self, key: BlobKey) -> bool:
        """Whether it is kept here."""

    def delete(self, key: BlobKey) -> None:
        """Forget it; nothing happens when it is not here."""

    def kept_at_s(self, key: BlobKey) -> float:
        """When it came, in seconds since 1970."""

    def keys(self, prefix: str = "") -> Iterator[BlobKey]:
        """The keys that begin with two given hex digits, or all; in no order."""


def blob_store() -> BlobStore:
    """The configured store. Raises nothing: its folder is made with the first blob."""
    return FileStore(settings.BLOB_ROOT)
