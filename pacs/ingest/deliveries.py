"""A delivery is one file that somebody hands in: a DICOM object or an archive of them. Each object gets its receipt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pacs.ingest.archives import Member, is_archive, members
from pacs.ingest.arrival import Arrival
from pacs.ingest.pipeline import ingest
from pacs.ingest.receipts import Receipt, Received, Rejected
from pacs.ingest.refusal import Refused
from pacs.storage.staging import Staged, stage_stream

MakeArrival = Callable[[Staged], Arrival]
LONGEST_NAME = 255


@dataclass(frozen=True)
class NamedReceipt:
    """What became of the object that the sender calls so. The name is theirs: made printable, never a path."""

    name: str
    receipt: Receipt | Received


@dataclass(frozen=True)
class Handed:
    """One object of a delivery, staged, or the reason why it could not even be unpacked."""

    name: str
    content: Staged | Rejected

    def take_in(self, make_arrival: MakeArrival) -> NamedReceipt:
        """Send it through the pipeline. Raises StorageFull, Overloaded."""
        if isinstance(self.content, Rejected):
            return NamedReceipt(self.name, self.content)
        return NamedReceipt(self.name, ingest(make_arrival(self.content)))

    def discard(self) -> None:
        """Give it up before it was taken in."""
        if isinstance(self.content, Staged):
            self.content.discard()


def unpack(path: Path, name: str) -> Iterator[Handed]:
    """The objects of a delivery, each staged when it is asked for. Raises StorageFull."""
    if is_archive(path):
        yield from _unpack_archive(path, name)
        return
    with path.open("rb") as stream:
        staged = stage_stream(stream, path.stat().st_size)
    yield Handed(printable(name), staged)


def _unpack_archive(path: Path, name: str) -> Iterator[Handed]:
    try:
        for member in members(path):
            yield Handed(printable(f"{name}/{member.name}"), _unpack_member(member))
    except Refused as refused:
        yield Handed(printable(name), Rejected(reason=refused.reason))


def _unpack_member(member: Member) -> Staged | Rejected:
    try:
        return member.stage()
    except Refused as refused:
        return Rejected(reason=refused.reason)


def printable(name: str) -> str:
    """The name without control and format characters, which could disguise it on a terminal or a page (P10)."""
    shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name)
    return shown[:LONGEST_NAME]
