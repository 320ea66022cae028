"""Looks at the file in the sandbox, then holds what came back against what an instance must have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from pacs.catalog.identity import Header, header_from_wire
from pacs.errors import Overloaded, SandboxKilled, SandboxRefused
from pacs.ingest.arrival import Arrival
from pacs.ingest.copy_marks import is_link_copy
from pacs.ingest.prescan import examine, examine_each
from pacs.ingest.receipts import Identifiers, Reason
from pacs.ingest.refusal import Refused
from pacs.ingest.scan.part10 import read_beginning
from pacs.ingest.scan.source import MemorySource
from pacs.ingest.scan.unreadable import Unreadable
from pacs.ingest.scan.whole import MEDIA_STORAGE_DIRECTORY
from pacs.sandbox.pool import Wire, run
from pacs.uids import is_uid

MOST_META_BYTES = 4 << 10
KNOWN_REASONS = frozenset(reason.value for reason in Reason)

# What a child tells of a file, or why it tells nothing.
Seen: TypeAlias = "Wire | SandboxKilled | SandboxRefused | Overloaded"


@dataclass(frozen=True)
class Examined:
    """A whole and readable instance: its header, how it is encoded, and scan.pixels.PixelFacts by name."""

    header: Header
    transfer_syntax_uid: str
    pixels: dict[str, Any]

    @property
    def identifiers(self) -> dict[str, str]:
        """The four UIDs, by the names of receipts.Identifiers."""
        return {name: getattr(self.header, name) for name in vars(Identifiers())}


def look_at_each(arrivals: Sequence[Arrival], meanwhile: Callable[[], object] | None = None) -> list[Seen]:
    """What the sandbox tells of each file. `meanwhile` may be called while it looks, once.

    One visit for all: what a child has at hand from one file is quick with the next. Where that fails each is looked at
    alone, so that nobody pays for another's file with more than time.
    """
    paths = [str(arrival.staged.path) for arrival in arrivals]
    if len(paths) == 1:
        return [_seen_alone(paths[0], meanwhile)]
    return _seen_together(paths, meanwhile) or _seen_one_by_one(paths)


def _seen_together(paths: list[str], meanwhile: Callable[[], object] | None) -> list[Seen] | None:
    if not paths:
        return []
    try:
        told = run(examine_each, paths, meanwhile=meanwhile)
    except Overloaded as error:
        return [error] * len(paths)
    except (SandboxKilled, SandboxRefused):
        return None
    return list(told) if isinstance(told, list) and len(told) == len(paths) else None


def _seen_one_by_one(paths: list[str]) -> list[Seen]:
    seen: list[Seen] = []
    for path in paths:
        told = _seen_alone(path)
        if isinstance(told, Overloaded):
            return [*seen, *[told] * (len(paths) - len(seen))]  # the others would wait as long in vain
        seen.append(told)
    return seen


def _seen_alone(path: str, meanwhile: Callable[[], object] | None = None) -> Seen:
    try:
        return run(examine, path, meanwhile=meanwhile)
    except (SandboxKilled, SandboxRefused, Overloaded) as error:
        return error


def check(arrival: Arrival) -> Examined:
    """The examined instance. Raises Refused with the reason; Overloaded when no child came free."""
    (seen,) = look_at_each([arrival])
    return check_seen(arrival, seen)


def check_seen(arrival: Arrival, seen: Seen) -> Examined:
    """The same of one that was looked at."""
    wire = _wire(arrival, seen)
    try:
        header = header_from_wire(wire.pop("identity"))
    except (ValueError, TypeError, KeyError) as error:
        raise Refused(Reason.MALFORMED) from error
    examined = Examined(header, str(wire.pop("transfer_syntax_uid")), wire)
    _require_identifiers(examined)
    addressed = arrival.addressed_study
    if addressed is not None and addressed != header.study_instance_uid:
        raise Refused(Reason.ANOTHER_STUDY, Identifiers(**examined.identifiers))
    if is_link_copy(header.deidentification_method) != (arrival.origin.kind == "copy"):
        raise Refused(Reason.LINK_COPY, Identifiers(**examined.identifiers))
    return examined


def _wire(arrival: Arrival, seen: Seen) -> dict[str, Any]:
    match seen:
        case SandboxKilled():
            raise Refused(Reason.TOO_SLOW, _named_in(arrival.staged.path)) from seen
        case SandboxRefused():
            reason = str(seen.fields["reason"])
            known = Reason(reason) if reason in KNOWN_REASONS else Reason.MALFORMED
            raise Refused(known, _named_in(arrival.staged.path)) from seen
        case Overloaded():
            raise seen
        case dict():
            return seen
        case _:
            raise Refused(Reason.MALFORMED)  # a child that answers so has been taken over


def _named_in(path: Path) -> Identifiers:
    """Which object the file meta information says it is, so that a sender of many is told which one was refused.

    Of a file that could not be read the first bytes alone are looked at here, outside of the sandbox.
    """
    try:
        with path.open("rb") as file:
            beginning = read_beginning(MemorySource(file.read(MOST_META_BYTES)))
    except Unreadable:
        return Identifiers()
    named = (beginning.media_storage_sop_class_uid, beginning.media_storage_sop_instance_uid)
    return (
        Identifiers(sop_class_uid=named[0], sop_instance_uid=named[1])
        if all(map(is_uid, named))
        else Identifiers()
    )


def _require_identifiers(examined: Examined) -> None:
    identifiers = examined.identifiers
    if identifiers["sop_class_uid"] == MEDIA_STORAGE_DIRECTORY:
        raise Refused(Reason.INDEX)
    if not all(map(is_uid, identifiers.values())):
        raise Refused(Reason.NO_IDENTIFIERS)
