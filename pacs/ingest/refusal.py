"""The one exception that ends the walk through the pipeline as a Rejected receipt."""

from __future__ import annotations

from pacs.ingest.receipts import Identifiers, Reason


class Refused(Exception):
    """The object is not taken, for this reason; identifiers as far as they are known."""

    def __init__(self, reason: Reason, identifiers: Identifiers | None = None) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.identifiers = identifiers or Identifiers()


class RefusedAfterKept(Refused):
    """As Refused, found out by the catalogue: the bytes were put into the store already and must leave it again."""
