"""Opens zip archives of unknown origin (promise P11): members are read one by one, nothing is ever extracted by name.

What would let an archive cost more than it weighs is refused before its first member is read: entries, total and
ratio beyond the caps, and entries that share bytes. What concerns one member (a link, an archive within, a
password, a method nobody uses) is told of that member.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from pacs.ingest.receipts import Reason
from pacs.ingest.refusal import Refused
from pacs.storage.staging import CHUNK_BYTES, Staged, stage

MOST_ENTRIES = 100_000
MOST_DIRECTORY_BYTES = 64 << 20  # the central directory is read into memory
MOST_RATIO = 200
ALWAYS_ALLOWED_BYTES = (
    64 << 20
)  # blank images deflate better than the ratio allows, and so little harms nobody
LOCAL_HEADER = struct.Struct("<4s22xHH")
LOCAL_SIGNATURE = b"PK\x03\x04"
END_SIGNATURE = b"PK\x05\x06"
END = struct.Struct("<4s6xHII2x")
LONGEST_END_BYTES = END.size + 0xFFFF
BEGINNINGS = (LOCAL_SIGNATURE, END_SIGNATURE)
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED_FLAG = 0x1
DAMAGES = (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, struct.error, zlib.error)


def is_archive(path: Path) -> bool:
    """Whether the file begins as a zip does. A DICOM file with a zip behind it does not."""
    with path.open("rb") as file:
        return file.read(4) in BEGINNINGS


@dataclass(frozen=True)
class Member:
    """One file of an archive, to be staged before the next is asked for. name is the sender's text, never a path."""

    name: str
    _archive: zipfile.ZipFile
    _entry: zipfile.ZipInfo

    def stage(self) -> Staged:
        """Its bytes, staged. Raises Refused where it may not be unpacked, StorageFull."""
        _require_plain(self._entry)
        try:
            with self._archive.open(self._entry) as content, stage(self._entry.file_size) as writer:
                chunk = content.read(CHUNK_BYTES)
                if chunk[:4] in BEGINNINGS:
                    raise Refused(Reason.ARCHIVE_IN_ARCHIVE)
                while chunk:
                    writer.write(chunk)
                    chunk = content.read(CHUNK_BYTES)
                return writer.finish()
        except DAMAGES as error:
            raise Refused(Reason.ARCHIVE_DAMAGED) from error


def members(path: Path) -> Iterator[Member]:
    """The archive's files, in its own order; folders are left out. Raises Refused before the first one."""
    with path.open("rb") as file:
        _require_small_directory(file)
        try:
            archive = zipfile.ZipFile(file)
        except DAMAGES as error:
            raise Refused(Reason.ARCHIVE_DAMAGED) from error
        with archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _require_modest(entries, path.stat().st_size)
            _require_apart(entries, file, archive.start_dir)
            for entry in entries:
                yield Member(entry.filename, archive, entry)


def _require_small_directory(file: BinaryIO) -> None:
    """Look at the end record alone, before the library reads the whole directory into memory."""
    size = file.seek(0, 2)
    file.seek(max(0, size - LONGEST_END_BYTES))
    tail = file.read()
    at = tail.rfind(END_SIGNATURE)
    if at < 0 or len(tail) - at < END.size:
        raise Refused(Reason.ARCHIVE_DAMAGED)
    _, entries, directory_bytes, directory_offset = END.unpack_from(tail, at)
    # In a ZIP64 archive these say 0xFFFF and 0xFFFFFFFF: what lies between them and the end is the bound then.
    if directory_bytes == 0xFFFFFFFF or directory_offset == 0xFFFFFFFF:
        entries, directory_bytes = _zip64_directory(tail, at)
    if entries > MOST_ENTRIES or directory_bytes > MOST_DIRECTORY_BYTES:
        raise Refused(Reason.ARCHIVE_TOO_BIG)
    file.seek(0)


def _zip64_directory(tail: bytes, at: int) -> tuple[int, int]:
    record = tail.rfind(b"PK\x06\x06", 0, at)
    if record < 0 or len(tail) - record < 48:
        raise Refused(Reason.ARCHIVE_DAMAGED)
    entries, directory_bytes = struct.unpack_from("<QQ", tail, record + 32)
    return entries, directory_bytes


def _require_modest(entries: list[zipfile.ZipInfo], archive_bytes: int) -> None:
    total = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or any(entry.file_size > settings.MAX_UPLOAD_BYTES for entry in entries):
        raise Refused(Reason.ARCHIVE_TOO_BIG)
    if total > max(ALWAYS_ALLOWED_BYTES, archive_bytes * MOST_RATIO):
        raise Refused(Reason.ARCHIVE_TOO_BIG)


def _require_apart(entries: list[zipfile.ZipInfo], file: BinaryIO, directory_offset: int) -> None:
    """No two entries share a byte: the library accepts overlaps, by which one kilobyte becomes terabytes."""
    free_from = 0
    for entry in sorted(entries, key=lambda each: each.header_offset):
        if entry.header_offset < free_from:
            raise Refused(Reason.ARCHIVE_UNSAFE)
        file.seek(entry.header_offset)
        head = file.read(LOCAL_HEADER.size)
        if len(head) < LOCAL_HEADER.size or not head.startswith(LOCAL_SIGNATURE):
            raise Refused(Reason.ARCHIVE_DAMAGED)
        _, name_bytes, extra_bytes = LOCAL_HEADER.unpack(head)
        free_from = entry.header_offset + LOCAL_HEADER.size + name_bytes + extra_bytes + entry.compress_size
    if free_from > directory_offset:
        raise Refused(Reason.ARCHIVE_UNSAFE)


def _require_plain(entry: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise Refused(Reason.ARCHIVE_UNSAFE)  # a link, a device: not a file to be read
    if entry.flag_bits & ENCRYPTED_FLAG:
        raise Refused(Reason.ENCRYPTED)
    if entry.compress_type not in METHODS:
        raise Refused(Reason.ARCHIVE_UNSAFE)  # LZMA and the like allocate what the archive tells them to
