"""One transaction: the rows of the catalogue, the line in the trail, the announcement when both are true."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial

from pacs.access.audit import record
from pacs.bin.holding import let_go
from pacs.catalog.register import KeptFile, Outcome, Registered, register_instance
from pacs.errors import Overloaded
from pacs.ingest.announce import announce_stored
from pacs.ingest.arrival import Arrival
from pacs.ingest.checks import Examined
from pacs.ingest.receipts import Duplicate, Identifiers, Reason, Receipt, Stored
from pacs.ingest.refusal import RefusedAfterKept
from pacs.ingest.together import Shared, committed
from pacs.ingest.whose import whose
from pacs.storage.blobs import blob_store


@dataclass(frozen=True)
class Entered:
    """A kept object that was written into the catalogue, or could not be."""

    _examined: Examined
    _outcome: Future[Outcome]

    def receipt(self) -> Receipt:
        """What became of it. Raises what the database said, and RefusedAfterKept where other bytes of the same name
        came first.

        Two senders of one object meet here: the catalogue decides which is new, whatever was seen before.
        """
        outcome = self._outcome.result()
        if outcome == "new":
            return Stored(**self._examined.identifiers)
        if outcome == "duplicate":
            return Duplicate(**self._examined.identifiers)
        raise RefusedAfterKept(Reason.CONFLICT, Identifiers(**self._examined.identifiers))


def enter_each(kept: Sequence[tuple[Arrival, Examined]]) -> list[Entered]:
    """Write kept objects into the catalogue: each is there, or its receipt raises why not, when this returns."""
    outcomes = committed([partial(_write, arrival, examined) for arrival, examined in kept])
    return [Entered(examined, outcome) for (_, examined), outcome in zip(kept, outcomes, strict=True)]


def _write(arrival: Arrival, examined: Examined, shared: Shared) -> Outcome:
    staged, header = arrival.staged, examined.header
    file = KeptFile(staged.blob, staged.size_bytes, examined.transfer_syntax_uid, examined.pixels)
    of_whom = whose(arrival.origin, header, shared.turn)
    registered = register_instance(shared.turn, header, file, of_whom)
    if registered.outcome == "new":
        let_go(staged.blob)
        _require_kept(arrival)
        announce_stored(Stored(**examined.identifiers), registered.arrival)
        record(
            arrival.origin.actor,
            "object stored",
            study=registered.instance.series.study,
            behind=shared.end_of_trail,
            origin=arrival.origin.kind,
        )
        _record_patient(arrival, registered, shared)
    return registered.outcome


def _require_kept(arrival: Arrival) -> None:
    """The bytes were put into the store before the turn was taken: whoever erased the same ones meanwhile had it first.

    Raises Overloaded: nothing is acknowledged, and the sender's next try puts them anew.
    """
    if not blob_store().exists(arrival.staged.blob):
        raise Overloaded(retry_after_s=1)


def _record_patient(arrival: Arrival, registered: Registered, shared: Shared) -> None:
    """That a patient is called otherwise now is told wherever they are seen: by which file, the trail says."""
    if registered.patient_otherwise:
        record(
            arrival.origin.actor,
            "patient changed",
            study=registered.instance.series.study,
            behind=shared.end_of_trail,
            changed=", ".join(registered.patient_otherwise),
            origin=arrival.origin.kind,
        )
