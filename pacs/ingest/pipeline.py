"""The table of contents of receiving: what happens to every object, whichever way it came (promise P1).

Objects that came together go through each stop together: one visit to the sandbox, one transaction. Each has an outcome
of its own, and none suffers for another's fault. See decision 37.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial

from pacs.catalog.database import telling_full
from pacs.ingest.arrival import Arrival
from pacs.ingest.checks import Examined, Seen, check_seen, look_at_each
from pacs.ingest.duplicates import known_duplicate
from pacs.ingest.enter import Entered, enter_each
from pacs.ingest.quarantine import set_aside, take_out
from pacs.ingest.receipts import Receipt
from pacs.ingest.refusal import Refused, RefusedAfterKept
from pacs.storage.blobs import blob_store

MOST_MEANWHILE_BYTES = 8 << 20  # what is longer would keep a child from others for the sake of the disk


def ingest(arrival: Arrival) -> Receipt:
    """Take one object in. When this returns Stored or Duplicate, it is on the disk and in the catalogue (P1).

    Raises StorageFull or Overloaded: nothing is acknowledged then, and the sender may try again.
    """
    (outcome,) = ingest_together([arrival])
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def ingest_together(arrivals: Sequence[Arrival]) -> list[Receipt | Exception]:
    """Take several in: for each, in their order, what `ingest` would have returned or raised."""
    coming = [_Coming(arrival) for arrival in arrivals]
    try:
        _each(coming, _ask_whether_known)
        _look_at(coming)
        _each(coming, _check)
        _put(coming)  # bytes first: a blob without a row is harmless, the reverse is not
        _enter(coming)  # rows, trail and announcement: one transaction
        _each(coming, _acknowledge)
    finally:
        for one in coming:
            if not one.is_put:
                one.arrival.staged.discard()
    return [one.outcome for one in coming]


@dataclass(eq=False, repr=False)
class _Coming:
    """An object on its way: what each stop has found out, for the next; with its outcome it comes to no other."""

    arrival: Arrival
    is_put: bool = False  # in the store, so that no staged file is left
    seen: Seen = field(init=False)
    examined: Examined = field(init=False)
    entered: Entered = field(init=False)
    outcome: Receipt | Exception = field(init=False)


def _left(coming: Sequence[_Coming]) -> list[_Coming]:
    """Those that are still on their way."""
    return [one for one in coming if not hasattr(one, "outcome")]


def _each(coming: Sequence[_Coming], stop: Callable[[_Coming], Receipt | None]) -> None:
    """Each that is on its way comes to this stop and goes on from it, unless its outcome is told or raised there."""
    for one in _left(coming):
        try:
            receipt = _at(stop, one)
        except Exception as error:
            one.outcome = error
        else:
            if receipt is not None:
                one.outcome = receipt


def _at(stop: Callable[[_Coming], Receipt | None], one: _Coming) -> Receipt | None:
    try:
        with telling_full():
            return stop(one)
    except RefusedAfterKept as refused:
        return take_out(one.arrival, refused)
    except Refused as refused:
        return set_aside(one.arrival, refused)


def _ask_whether_known(one: _Coming) -> Receipt | None:
    return known_duplicate(one.arrival)


def _look_at(coming: Sequence[_Coming]) -> None:
    """While a child looks at them their bytes go to the disk, and otherwise afterwards."""
    left = _left(coming)
    write_down_once = cache(partial(_write_down, left))
    is_soon_down = sum(one.arrival.staged.size_bytes for one in left) <= MOST_MEANWHILE_BYTES
    seen_of_each = look_at_each(
        [one.arrival for one in left], meanwhile=write_down_once if is_soon_down else None
    )
    write_down_once()
    for one, seen in zip(left, seen_of_each, strict=True):
        one.seen = seen


def _write_down(coming: Sequence[_Coming]) -> None:
    errors = blob_store().write_down_each([one.arrival.staged for one in coming])
    for one, error in zip(coming, errors, strict=True):
        if error is not None:
            one.outcome = error


def _check(one: _Coming) -> None:
    one.examined = check_seen(one.arrival, one.seen)


def _put(coming: Sequence[_Coming]) -> None:
    left = _left(coming)
    for one, error in zip(left, blob_store().name_each([one.arrival.staged for one in left]), strict=True):
        if error is not None:
            one.outcome = error
        else:
            one.is_put = True


def _enter(coming: Sequence[_Coming]) -> None:
    left = _left(coming)
    for one, entered in zip(left, enter_each([(one.arrival, one.examined) for one in left]), strict=True):
        one.entered = entered


def _acknowledge(one: _Coming) -> Receipt:
    return one.entered.receipt()
