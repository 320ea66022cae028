"""A zip that is sent while it is made: of any length, in the memory of one piece."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

# Whoever unpacks it learns nothing from the clock of this machine; it is the earliest moment that a zip can tell.
MADE_AT = (1980, 1, 1, 0, 0, 0)
UNIX, READABLE = 3, 0o100644 << 16


@dataclass(frozen=True)
class Member:
    """One file of the zip. `pieces` gives its bytes, when its turn comes."""

    name: str
    size_bytes: int
    pieces: Callable[[], Iterator[bytes]]


# APPNOTE.TXT 4.3.6 to 4.3.16: bytes of each record without names and extra fields.
LOCAL_HEADER, DESCRIPTOR, DIRECTORY_HEADER, END = 30, 16, 46, 22
LONG_DESCRIPTOR, LONG_LOCAL_EXTRA, LONG_END = 24, 20, 56 + 20
EXTRA_HEAD, LONG_NUMBER = 4, 8


def zip_length(members: Iterable[Member]) -> int:
    """How many bytes zip_pieces will give, before anything of them is read."""
    position, directory, count = 0, 0, 0
    for member in members:
        name = len(member.name.encode())
        is_long = member.size_bytes > zipfile.ZIP64_LIMIT
        numbers = 2 * is_long + (position > zipfile.ZIP64_LIMIT)
        directory += DIRECTORY_HEADER + name + (EXTRA_HEAD + LONG_NUMBER * numbers if numbers else 0)
        position += LOCAL_HEADER + name + (LONG_LOCAL_EXTRA if is_long else 0)
        position += member.size_bytes + (LONG_DESCRIPTOR if is_long else DESCRIPTOR)
        count += 1
    is_far = max(position, directory) > zipfile.ZIP64_LIMIT or count > zipfile.ZIP_FILECOUNT_LIMIT
    return position + directory + (LONG_END if is_far else 0) + END


class _Outlet:
    """What zipfile writes into: it can neither seek nor tell, so nothing has to be held that was sent."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self._held.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is waited for."""

    def close(self) -> None:
        """Nothing is held open."""

    def take(self) -> bytes:
        """What was written since the last time."""
        taken, self._held = b"".join(self._held), []
        return taken


def zip_pieces(members: Iterable[Member]) -> Iterator[bytes]:
    """The zip of these files, stored and not deflated: images are compressed, or are better so by their own means.

    Files and directories may have any length (zip64).
    """
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for member in members:
            yield from _member_pieces(archive, member, outlet)
    yield outlet.take()


def _member_pieces(archive: zipfile.ZipFile, member: Member, outlet: _Outlet) -> Iterator[bytes]:
    told = zipfile.ZipInfo(member.name, MADE_AT)
    told.create_system, told.external_attr = UNIX, READABLE
    is_long = member.size_bytes > zipfile.ZIP64_LIMIT
    with archive.open(told, "w", force_zip64=is_long) as writer:
        for piece in member.pieces():
            writer.write(piece)
            yield outlet.take()
    yield outlet.take()
