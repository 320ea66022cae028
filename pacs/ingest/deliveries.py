"""A delivery is one file that somebody hands in: a DICOM object or an archive of them. Each object gets its receipt."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
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
MANY_BYTES = 16 << 20  # a larger one goes alone: nobody's verdict waits for gigabytes of others


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

    def take_in(self, make_arrival: MakeArrival) -> list[NamedReceipt | Exception]:
        """What became of each, in their order; StorageFull or Overloaded of those that are to be sent again."""
        staged = [one.content for one in self.objects if isinstance(one.content, Staged)]
        outcomes = iter(ingest_together([make_arrival(one) for one in staged]))
        told = [one.content if isinstance(one.content, Rejected) else next(outcomes) for one in self.objects]
        return [
            outcome if isinstance(outcome, Exception) else NamedReceipt(one.name, outcome)
            for one, outcome in zip(self.objects, told, strict=True)
        ]

    def discard(self) -> None:
        """Give up those that were not taken in."""
        for one in self.objects:
            one.discard()


def handfuls(objects: Iterator[Handed]) -> Generator[Handful, None, None]:
    """The objects in their order, few of them together, and of large ones fewer.

    Those that were gathered when their giver fails are given up.
    """
    gathered: list[Handed] = []
    try:
        for one in objects:
            if gathered and (len(gathered) == MOST_TOGETHER or _size_of([*gathered, one]) > MANY_BYTES):
                full, gathered = gathered, [one]
                yield Handful(full)
            else:
                gathered.append(one)
    except BaseException:
        Handful(gathered).discard()
        raise
    if gathered:
        yield Handful(gathered)


def receipts_of(handfuls_told: Iterable[Sequence[NamedReceipt | Exception]]) -> Iterator[NamedReceipt]:
    """Every receipt in its order. Raises what one of a handful has instead, once the others of it were told."""
    for told in handfuls_told:
        yield from (one for one in told if not isinstance(one, Exception))
        for one in told:
            if isinstance(one, Exception):
                raise one


def _size_of(objects: Sequence[Handed]) -> int:
    return sum(one.content.size_bytes for one in objects if isinstance(one.content, Staged))


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
