"""A delivery is one file that somebody hands in: a DICOM object or an archive of them. Each object gets its receipt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pacs.ingest.archives import Member, is_archive, members
from pacs.ingest.arrival import Arrival
from pacs.ingest.pipeline import ingest_together
from pacs.ingest.receipts import Receipt, Received, Rejected
from pacs.ingest.refusal import Refused
from pacs.storage.staging import Staged, stage_stream

MakeArrival = Callable[[Staged], Arrival]
LONGEST_NAME = 255
MOST_TOGETHER = 8
MANY_BYTES = 16 << 20  # at which a handful is full: nobody's verdict waits for gigabytes of others


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

    def discard(self) -> None:
        """Give it up before it was taken in."""
        if isinstance(self.content, Staged):
            self.content.discard()


@dataclass(frozen=True)
class Handful:
    """Some objects that go through the pipeline together (decision 37)."""

    objects: Sequence[Handed]

    def take_in(self, make_arrival: MakeArrival) -> list[NamedReceipt]:
        """What became of each, in their order. Raises StorageFull, Overloaded; others of them may be kept then."""
        staged = [one.content for one in self.objects if isinstance(one.content, Staged)]
        outcomes = iter(ingest_together([make_arrival(one) for one in staged]))
        told = [one.content if isinstance(one.content, Rejected) else next(outcomes) for one in self.objects]
        return [
            NamedReceipt(one.name, _receipt(outcome)) for one, outcome in zip(self.objects, told, strict=True)
        ]

    def discard(self) -> None:
        """Give up those that were not taken in."""
        for one in self.objects:
            one.discard()


def handfuls(objects: Iterator[Handed]) -> Iterator[Handful]:
    """The objects in their order, few of them together, and of large ones fewer. Raises what their giver raises, once
    those that came before are given.
    """
    gathered: list[Handed] = []
    try:
        for one in objects:
            gathered.append(one)
            if len(gathered) >= MOST_TOGETHER or sum(map(_size_of, gathered)) >= MANY_BYTES:
                yield Handful(gathered)
                gathered = []
    except Exception:
        if gathered:
            yield Handful(gathered)
        raise
    if gathered:
        yield Handful(gathered)


def _size_of(handed: Handed) -> int:
    return handed.content.size_bytes if isinstance(handed.content, Staged) else 0


def _receipt(outcome: Receipt | Exception) -> Receipt:
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


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
