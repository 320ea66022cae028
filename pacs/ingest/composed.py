"""Objects that come in parts (PS3.18 10.5.1.4): what their metadata ask for, and the file that is made of them.

Metadata and codestreams are read in the sandbox, which answers with pieces; the file is written here. It is what the
pipeline then takes in as it takes any other: see decision 20.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from pacs.access.audit import record
from pacs.catalog.database import telling_full
from pacs.errors import SandboxKilled, SandboxRefused
from pacs.ingest.arrival import Arrival
from pacs.ingest.composing.outline import outline
from pacs.ingest.composing.part10_file import part10_pieces
from pacs.ingest.receipts import Identifiers, Reason, Rejected
from pacs.ingest.refusal import Refused
from pacs.sandbox.pool import run
from pacs.storage.staging import CHUNK_BYTES, Staged, StagedWriter, stage
from pacs.uids import is_uid

KNOWN_REASONS = frozenset(reason.value for reason in Reason)


@dataclass(frozen=True)
class Told:
    """One object as its metadata tell it: where their text lies, and the addresses of what comes apart."""

    start: int
    end: int
    identifiers: Identifiers
    values: tuple[str, ...]
    pixels: str  # empty where there are none, or none apart
    spare: tuple[str, ...]  # addresses of what is not taken over, should it come
    frames: int


@dataclass(frozen=True)
class Came:
    """A part that came: its bytes, the transfer syntax its Content-Type says, and those that it may have.

    Octets without a syntax are native. What is of a media type of no pixels may be any other value.
    """

    staged: Staged
    syntax: str = ""
    allowed: tuple[str, ...] = ()
    may_be_pixels: bool = True


@dataclass(frozen=True)
class Placed:
    """A part in its place in an object: under this address, as this frame (from 1), or as all of it (0)."""

    address: str
    frame: int
    came: Came


def objects_told(metadata: Staged) -> list[Told | Refused]:
    """The objects of the metadata, or why one cannot be made. Raises Refused for metadata that cannot be read at all,
    and Overloaded."""
    answer = _in_sandbox(outline, str(metadata.path))
    if not isinstance(answer, list):
        raise Refused(Reason.METADATA_UNCLEAR)
    return [_told(one, metadata.size_bytes) for one in answer]


def compose(metadata: Staged, told: Told, parts: Sequence[Placed]) -> Staged:
    """The object as a Part 10 file: of the same parts, always the same bytes.

    Raises Refused, StorageFull, Overloaded.
    """
    wanted = [
        {
            "address": one.address,
            "frame": one.frame,
            "path": str(one.came.staged.path),
            "size": one.came.staged.size_bytes,
            "syntax": one.came.syntax,
            "allowed": list(one.came.allowed),
            "may_be_pixels": one.came.may_be_pixels,
        }
        for one in parts
    ]
    try:
        pieces = _in_sandbox(part10_pieces, str(metadata.path), told.start, told.end, wanted)
    except Refused as refused:
        raise Refused(refused.reason, told.identifiers) from refused
    coming = metadata.size_bytes + sum(one.came.staged.size_bytes for one in parts)
    with stage(coming) as writer:
        for piece in pieces if isinstance(pieces, list) else [None]:
            _write(writer, piece, [one.came.staged for one in parts])
        return writer.finish()


def not_made(arrival: Arrival, refused: Refused) -> Rejected:
    """The receipt of an object that could not be made of the metadata that arrived; the trail has it too.

    There is no object whose bytes could be set aside.
    """
    with telling_full(), transaction.atomic():
        record(
            arrival.origin.actor,
            "object refused",
            study=refused.identifiers.study_instance_uid or None,
            outcome="refused",
            reason=refused.reason.value,
            origin=arrival.origin.kind,
        )
    return Rejected(reason=refused.reason, **vars(refused.identifiers))


def _in_sandbox(function: Any, *args: Any) -> Any:
    try:
        return run(function, *args)
    except SandboxKilled as killed:
        raise Refused(Reason.TOO_SLOW) from killed
    except SandboxRefused as refused:
        reason = str(refused.fields["reason"])
        known = Reason(reason) if reason in KNOWN_REASONS else Reason.METADATA_UNCLEAR
        raise Refused(known) from refused


def _told(answer: Any, size: int) -> Told | Refused:
    """What the child says of one object, looked at as if a stranger had sent it. Raises Refused."""
    try:
        identifiers = Identifiers(**{name: _uid(uid) for name, uid in answer["identifiers"].items()})
        if answer["reason"]:
            return Refused(Reason(answer["reason"]), identifiers)
        start, end, frames = (_count(answer[name]) for name in ("start", "end", "frames"))
        if not 0 <= start < end <= size:
            raise ValueError
        return Told(
            start,
            end,
            identifiers,
            values=tuple(map(str, answer["values"])),
            pixels=str(answer["pixels"]),
            spare=tuple(map(str, answer["spare"])),
            frames=frames,
        )
    except (TypeError, KeyError, ValueError, AttributeError):
        raise Refused(Reason.METADATA_UNCLEAR) from None


def _uid(text: Any) -> str:
    return text if isinstance(text, str) and is_uid(text) else ""


def _count(number: Any) -> int:
    if type(number) is not int or number < 0:
        raise ValueError
    return number


def _write(writer: StagedWriter, piece: Any, parts: Sequence[Staged]) -> None:
    """Bytes as they are; of a part the bytes that are named. Raises Refused for what is neither."""
    if isinstance(piece, bytes):
        writer.write(piece)
        return
    if not (isinstance(piece, list) and len(piece) == 3 and all(type(one) is int for one in piece)):
        raise Refused(Reason.METADATA_UNCLEAR)
    part, offset, length = piece
    if not (0 <= part < len(parts) and 0 <= offset <= offset + length <= parts[part].size_bytes):
        raise Refused(Reason.METADATA_UNCLEAR)
    with parts[part].path.open("rb") as file:
        file.seek(offset)
        while length:
            data = file.read(min(length, CHUNK_BYTES))
            if not data:
                raise Refused(Reason.METADATA_UNCLEAR)
            writer.write(data)
            length -= len(data)
