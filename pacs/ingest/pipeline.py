"""The table of contents of receiving: what happens to every object, whichever way it came (promise P1)."""

from __future__ import annotations

from pacs.catalog.database import telling_full
from pacs.ingest.arrival import Arrival
from pacs.ingest.checks import Examined, check
from pacs.ingest.duplicates import known_duplicate
from pacs.ingest.enter import enter
from pacs.ingest.quarantine import set_aside, take_out
from pacs.ingest.receipts import Receipt
from pacs.ingest.refusal import Refused, RefusedAfterKept
from pacs.storage.blobs import blob_store


def ingest(arrival: Arrival) -> Receipt:
    """Take one object in. When this returns Stored or Duplicate, it is on the disk and in the catalogue (P1).

    Raises StorageFull or Overloaded: nothing is acknowledged then, and the sender may try again.
    """
    try:
        with telling_full():
            return known_duplicate(arrival) or _keep(arrival, check(arrival))
    except RefusedAfterKept as refused:
        return take_out(arrival, refused)
    except Refused as refused:
        return set_aside(arrival, refused)
    finally:
        arrival.staged.discard()


def _keep(arrival: Arrival, examined: Examined) -> Receipt:
    blob_store().put(arrival.staged)  # bytes first: a blob without a row is harmless, the reverse is not
    return enter(arrival, examined)  # rows, trail and announcement: one transaction
