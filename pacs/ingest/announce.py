"""Tells the rest of Lightbox, once it is true."""

from __future__ import annotations

from pacs.events.bus import InstanceStored, publish_on_commit
from pacs.ingest.receipts import Stored


def announce_stored(stored: Stored, arrival_number: int) -> None:
    """Publish on commit: what listens (work lists, thumbnails) is not known here."""
    publish_on_commit(
        InstanceStored(
            stored.study_instance_uid, stored.series_instance_uid, stored.sop_instance_uid, arrival_number
        )
    )
