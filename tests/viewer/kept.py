"""Files taken in as any other, for tests that show them."""

from __future__ import annotations

from pacs.catalog.models import Instance
from pacs.ingest.arrival import arrival_from_import
from pacs.ingest.pipeline import ingest
from pacs.ingest.receipts import Stored
from pacs.storage.staging import stage_bytes


def keep(*files: bytes) -> list[Instance]:
    """Take them in; their rows, in the order given."""
    rows = []
    for file in files:
        receipt = ingest(arrival_from_import(stage_bytes(file)))
        assert isinstance(receipt, Stored), receipt
        known = Instance.objects.select_related("series__study")
        rows.append(known.get(sop_instance_uid=receipt.sop_instance_uid))
    return rows
